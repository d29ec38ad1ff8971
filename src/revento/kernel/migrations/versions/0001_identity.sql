CREATE TABLE users (
    id text PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    password_hash text,
    email_verified_at timestamptz,
    locale text NOT NULL DEFAULT 'en',
    time_zone text,
    birth_date date, -- asked only by activities with an age limit; never leaves the house
    is_operator boolean NOT NULL DEFAULT false,
    is_sandbox boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);
-- Serves sign-in and invitations: addresses are compared without regard to case.
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted_at IS NULL;
-- Serves the operator's list of people.
CREATE INDEX users_newest ON users (created_at, id);

-- A person lets the operators act for her, for a limited time, and may take it back at any moment.
CREATE TABLE act_as_consents (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    reason text NOT NULL,
    given_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (expires_at > given_at)
);
CREATE INDEX act_as_consents_live ON act_as_consents (user_id, expires_at) WHERE ended_at IS NULL;

CREATE TABLE sessions (
    hash bytea PRIMARY KEY,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    -- Set while an operator acts for the person who consented; ends with the consent.
    act_as_id text REFERENCES act_as_consents ON DELETE SET NULL,
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT ''
);
-- Serves the person's list of sessions and "sign out everywhere".
CREATE INDEX sessions_by_user ON sessions (user_id, created_at) WHERE revoked_at IS NULL;
-- Serves the person's own page: who acts for her now.
CREATE INDEX sessions_acting ON sessions (act_as_id) WHERE act_as_id IS NOT NULL;

CREATE TABLE passkeys (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

CREATE TABLE passkey_challenges (
    hash bytea PRIMARY KEY,
    challenge bytea NOT NULL,
    user_id text REFERENCES users ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('register', 'sign_in')),
    expires_at timestamptz NOT NULL
);

CREATE TABLE email_tokens (
    hash bytea PRIMARY KEY,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('verify', 'reset', 'change', 'back')),
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX email_tokens_by_user ON email_tokens (user_id, purpose);

-- Addresses that a person had before: what was written to them is hers to take along and to erase.
CREATE TABLE former_addresses (
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    email text NOT NULL,
    left_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, email)
);

-- Failures counted per account and per address, so that guessing slows down without locking the owner out.
CREATE TABLE sign_in_failures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bytea NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_by_account ON sign_in_failures (account, at);
CREATE INDEX sign_in_failures_by_address ON sign_in_failures (address, at);

CREATE TABLE organizations (
    id text PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL DEFAULT 'informal' CHECK (kind IN ('informal', 'formal')),
    verification_status text NOT NULL DEFAULT 'unverified'
        CHECK (verification_status IN ('unverified', 'pending', 'verified', 'rejected', 'lost')),
    is_sandbox boolean NOT NULL DEFAULT false,
    website_url text NOT NULL DEFAULT '',
    description text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    verified_at timestamptz,
    created_by text REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (verification_status <> 'verified' OR (kind = 'formal' AND verified_at IS NOT NULL))
);

-- Serves the operator's list of organizations.
CREATE INDEX organizations_newest ON organizations (created_at, id);

CREATE TABLE verification_requests (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    legal_name text NOT NULL,
    registration_number text NOT NULL,
    country text NOT NULL,
    documents text NOT NULL DEFAULT '',
    submitted_by text NOT NULL REFERENCES users,
    submitted_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected')),
    decided_by text REFERENCES users,
    decided_at timestamptz,
    note text NOT NULL DEFAULT '',
    CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX verification_requests_open ON verification_requests (organization_id) WHERE state = 'pending';

CREATE TABLE memberships (
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'organizer', 'reviewer', 'viewer')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE invitations (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'organizer', 'reviewer', 'viewer')),
    token_hash bytea NOT NULL UNIQUE,
    invited_by text NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX invitations_open ON invitations (organization_id, lower(email))
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

-- Append-only. Rows are sealed into a hash chain afterwards (audit_seals), so that writers never queue for each other.
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    organization_id text,
    event_id text,
    integration_id text,
    address text,
    request_id text,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_by_event ON audit_log (event_id, id);
CREATE INDEX audit_log_by_organization ON audit_log (organization_id, id);
CREATE INDEX audit_log_by_integration ON audit_log (integration_id, id);
CREATE INDEX audit_log_by_subject ON audit_log (subject, id);
-- Serve the operator's filters by person and by kind of deed, and the search by request id.
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
CREATE INDEX audit_log_by_action ON audit_log (action text_pattern_ops, id);
-- Serves what was done for a person by operators, on her own page.
CREATE INDEX audit_log_done_for ON audit_log (actor, id) WHERE detail ? 'acted_by';
CREATE INDEX audit_log_by_request ON audit_log (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE audit_seals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    rows integer NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CHECK (last_id >= first_id)
);
-- The chain has no forks: every seal follows another one, and no two follow the same.
CREATE UNIQUE INDEX audit_seals_chain ON audit_seals (previous_hash);

CREATE TABLE mails (
    id text PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    failure text
);
CREATE INDEX mails_newest ON mails (created_at);
