-- What a consent page showed, kept here so that the form can carry nothing but a reference (checklist 56–61).
CREATE TABLE consent_requests (
    hash bytea PRIMARY KEY,
    session_id text NOT NULL,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    event_id text NOT NULL,
    redirect_uri text NOT NULL,
    state text,
    code_challenge text NOT NULL,
    required_scopes text[] NOT NULL,
    optional_scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    location bytea
);
CREATE INDEX consent_requests_old ON consent_requests (expires_at);

CREATE TABLE token_families (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('installation', 'user')),
    client_id text NOT NULL REFERENCES clients,
    integration_id text NOT NULL REFERENCES integrations,
    installation_id text NOT NULL REFERENCES installations,
    user_grant_id text REFERENCES user_grants,
    event_id text NOT NULL,
    organization_id text NOT NULL,
    user_id text REFERENCES users,
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    generation integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    cap_at timestamptz NOT NULL,
    suspended_at timestamptz,
    revoked_at timestamptz,
    revoke_reason text,
    CHECK ((kind = 'user') = (user_grant_id IS NOT NULL)),
    CHECK ((kind = 'user') = (user_id IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL)),
    CHECK (cap_at > created_at)
);
CREATE INDEX token_families_by_installation ON token_families (installation_id) WHERE revoked_at IS NULL;
CREATE INDEX token_families_by_grant ON token_families (user_grant_id) WHERE revoked_at IS NULL;
CREATE INDEX token_families_by_integration ON token_families (integration_id) WHERE revoked_at IS NULL;

CREATE TABLE authorization_codes (
    hash bytea PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    event_id text NOT NULL,
    organization_id text NOT NULL,
    installation_id text NOT NULL REFERENCES installations,
    user_grant_id text REFERENCES user_grants,
    redirect_uri text NOT NULL,
    code_challenge text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    redeemed_at timestamptz,
    burnt_at timestamptz,
    family_id text REFERENCES token_families
);
CREATE INDEX authorization_codes_old ON authorization_codes (expires_at);

CREATE TABLE access_tokens (
    hash bytea PRIMARY KEY,
    family_id text NOT NULL REFERENCES token_families ON DELETE CASCADE,
    generation integer NOT NULL,
    scopes text[] NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    revoke_reason text
);
CREATE INDEX access_tokens_by_family ON access_tokens (family_id, generation);
CREATE INDEX access_tokens_old ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    hash bytea PRIMARY KEY,
    family_id text NOT NULL REFERENCES token_families ON DELETE CASCADE,
    generation integer NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    spent_scopes text[],
    UNIQUE (family_id, generation)
);
-- Exactly one live refresh token per family (contract §2.3).
CREATE UNIQUE INDEX refresh_tokens_live ON refresh_tokens (family_id) WHERE spent_at IS NULL;

CREATE TABLE token_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    action text NOT NULL,
    client_id text,
    integration_id text,
    installation_id text,
    event_id text,
    organization_id text,
    user_id text,
    family_id text,
    scopes text[] NOT NULL DEFAULT '{}',
    reason text,
    address text,
    request_id text
);
CREATE INDEX token_audit_by_integration ON token_audit (integration_id, id);
CREATE INDEX token_audit_by_event ON token_audit (event_id, id);
