-- What a consent page showed, kept here so that the form can carry nothing but a reference (checklist 56–61).
-- `location` is where the browser was sent on, sealed: a second click gets the very same answer.
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
    location bytea,
    CHECK ((decided_at IS NULL) = (location IS NULL))
);
-- Serves the purge of pages that nobody decided.
CREATE INDEX consent_requests_old ON consent_requests (expires_at);

-- One consent's tokens. `generation` names the one live refresh token: what has a lower number is spent. So a refresh
-- locks this row alone, and two live refresh tokens of a family cannot be written down.
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
    rotated_at timestamptz NOT NULL,
    cap_at timestamptz NOT NULL,
    -- A suspension: access tokens up to this generation are dead, also after it was lifted (contract §2.5).
    cut_generation integer NOT NULL DEFAULT -1,
    cut_at timestamptz,
    suspended_at timestamptz,
    revoked_at timestamptz,
    revoke_reason text,
    CHECK ((kind = 'user') = (user_grant_id IS NOT NULL)),
    CHECK ((kind = 'user') = (user_id IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL)),
    CHECK (suspended_at IS NULL OR cut_at IS NOT NULL),
    CHECK (cap_at > created_at)
) WITH (fillfactor = 70);
-- Serve the endings, and the lists of an installation's and a person's tokens.
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
    -- The server's own clock at redemption: tells a loser of the race, who began before it, from a replay.
    settled_at timestamptz,
    burnt_at timestamptz,
    family_id text REFERENCES token_families,
    CHECK ((redeemed_at IS NULL) = (family_id IS NULL))
);
-- Serves the purge of old codes.
CREATE INDEX authorization_codes_old ON authorization_codes (expires_at);
-- Serves the purge of families, which looks for codes that name them.
CREATE INDEX authorization_codes_by_family ON authorization_codes (family_id) WHERE family_id IS NOT NULL;

CREATE TABLE access_tokens (
    hash bytea PRIMARY KEY,
    family_id text NOT NULL REFERENCES token_families ON DELETE CASCADE,
    generation integer NOT NULL,
    scopes text[] NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    revoke_reason text,
    -- Serves the repeated refresh, which looks up a generation's pair (contract §2.3).
    UNIQUE (family_id, generation),
    CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
) WITH (fillfactor = 90);
-- Serves the purge; rows come in this order, so that a few pages' ranges are enough.
CREATE INDEX access_tokens_old ON access_tokens USING brin (expires_at);

CREATE TABLE refresh_tokens (
    hash bytea PRIMARY KEY,
    family_id text NOT NULL REFERENCES token_families ON DELETE CASCADE,
    generation integer NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (family_id, generation)
);
-- Serves the purge, likewise.
CREATE INDEX refresh_tokens_old ON refresh_tokens USING brin (expires_at);

-- Append-only: every consent, issue, refresh, refusal and end of a token (checklist K; shown to three audiences).
-- Refreshes that went well are forgotten after 90 days.
CREATE TABLE token_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
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
-- Serve the audit pages of integrator and organizer; both also the integrator's search by event and by connection.
CREATE INDEX token_audit_by_client ON token_audit (client_id, id);
CREATE INDEX token_audit_by_event ON token_audit (event_id, id);
-- Serves the search by request id, and by an address that few rows name: says which few pages may hold it. Trees of
-- both would double what a refresh costs here; this costs it nothing, pages are summed up once they are full.
CREATE INDEX token_audit_search ON token_audit
    USING brin (request_id text_bloom_ops, address text_bloom_ops (n_distinct_per_range = 100))
    WITH (pages_per_range = 32, autosummarize = on);
-- Serves the integrator's page for one kind of entry. Refreshes are most of the log, need no index and shall not pay for one.
CREATE INDEX token_audit_by_action ON token_audit (integration_id, action, id) WHERE action <> 'token.refreshed';
-- Serves the purge; rows come in this order.
CREATE INDEX token_audit_old ON token_audit USING brin (at);
