CREATE TABLE integrations (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('public', 'in_house', 'script')),
    organization_id text REFERENCES organizations,
    name text NOT NULL CHECK (name <> ''),
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'sandbox', 'submitted', 'approved', 'published', 'suspended', 'unpublished')),
    state_before_suspension text,
    suspended_at timestamptz,
    suspension_reason text,
    publisher_verified_at timestamptz,
    published_at timestamptz,
    unpublished_at timestamptz,
    marketing_copy text NOT NULL DEFAULT '',
    screenshots text[] NOT NULL DEFAULT '{}',
    created_by text REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- What was never published may be anybody's: a script on a laptop, tried in the sandbox.
    CHECK (kind = 'public' OR organization_id IS NOT NULL OR published_at IS NULL),
    CHECK ((state = 'suspended') = (suspended_at IS NOT NULL))
);
-- Serves the operator's list.
CREATE INDEX integrations_newest ON integrations (created_at, id);
CREATE INDEX integrations_catalogue ON integrations (state, kind, name);
CREATE INDEX integrations_by_organization ON integrations (organization_id);

CREATE TABLE integration_members (
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'developer', 'viewer')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (integration_id, user_id)
);
CREATE INDEX integration_members_by_user ON integration_members (user_id);

-- Every version ever submitted; the current one of each environment is named by its client.
CREATE TABLE manifests (
    id text PRIMARY KEY,
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    environment text NOT NULL CHECK (environment IN ('sandbox', 'production')),
    version integer NOT NULL,
    document jsonb NOT NULL,
    created_by text REFERENCES users,
    created_at timestamptz NOT NULL,
    UNIQUE (integration_id, environment, version)
);

-- Sandbox and production credentials are separate clients of the same integration (contract §2.1).
CREATE TABLE clients (
    id text PRIMARY KEY,
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    environment text NOT NULL CHECK (environment IN ('sandbox', 'production')),
    manifest_id text NOT NULL REFERENCES manifests,
    created_at timestamptz NOT NULL,
    UNIQUE (integration_id, environment)
);

CREATE TABLE client_secrets (
    id text PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    ended_at timestamptz,
    last_used_at timestamptz,
    lent_by text REFERENCES users, -- by `revento login`: whose approval, and the machine's name in its own words
    lent_to text
);
CREATE INDEX client_secrets_live ON client_secrets (client_id) WHERE ended_at IS NULL;
-- END_LENT: what leaves with a person.
CREATE INDEX client_secrets_lent ON client_secrets (lent_by) WHERE lent_by IS NOT NULL;

-- A command line that asks for credentials (`revento login`): both codes as hashes, for ten minutes.
CREATE TABLE device_logins (
    id text PRIMARY KEY,
    device_hash bytea NOT NULL UNIQUE,
    user_hash bytea NOT NULL UNIQUE,
    machine text NOT NULL,
    address text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text REFERENCES users,
    client_id text REFERENCES clients ON DELETE CASCADE,
    polled_at timestamptz,
    collected_at timestamptz,
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (client_id IS NULL OR decided_at IS NOT NULL),
    CHECK (collected_at IS NULL OR client_id IS NOT NULL)
);
-- Serves forgetting them.
CREATE INDEX device_logins_old ON device_logins (expires_at);

CREATE TABLE signing_secrets (
    id text PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    sealed bytea NOT NULL,
    hint text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX signing_secrets_live ON signing_secrets (client_id, created_at) WHERE ended_at IS NULL;

CREATE TABLE installations (
    id text PRIMARY KEY,
    event_id text NOT NULL,
    organization_id text NOT NULL,
    integration_id text NOT NULL REFERENCES integrations,
    client_id text NOT NULL REFERENCES clients,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
    granted_scopes text[] NOT NULL CHECK (cardinality(granted_scopes) > 0),
    connected_by text NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    paused_at timestamptz,
    ends_at timestamptz NOT NULL,
    warned_at timestamptz,
    unused_told_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    last_used_at timestamptz,
    FOREIGN KEY (organization_id, event_id) REFERENCES events (organization_id, id),
    UNIQUE (event_id, id),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((state = 'ended') = (end_reason IS NOT NULL))
);
-- One active installation per event and integration (contract §1).
CREATE UNIQUE INDEX installations_active ON installations (event_id, integration_id) WHERE state = 'active';
CREATE INDEX installations_by_integration ON installations (integration_id, created_at);
CREATE INDEX installations_ending ON installations (ends_at) WHERE state = 'active';

CREATE TABLE user_grants (
    id text PRIMARY KEY,
    event_id text NOT NULL REFERENCES events,
    user_id text NOT NULL REFERENCES users,
    integration_id text NOT NULL REFERENCES integrations,
    client_id text NOT NULL REFERENCES clients,
    installation_id text NOT NULL REFERENCES installations,
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    last_used_at timestamptz,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX user_grants_active ON user_grants (event_id, user_id, integration_id) WHERE ended_at IS NULL;
CREATE INDEX user_grants_by_user ON user_grants (user_id, created_at);
CREATE INDEX user_grants_by_installation ON user_grants (installation_id) WHERE ended_at IS NULL;

CREATE TABLE deletion_requests (
    id text PRIMARY KEY,
    event_id text NOT NULL,
    organization_id text NOT NULL,
    integration_id text NOT NULL REFERENCES integrations,
    installation_id text NOT NULL REFERENCES installations,
    subject text NOT NULL CHECK (subject IN ('event', 'participant')),
    participant_id text,
    user_id text,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    confirmed_by text,
    CHECK (deadline_at > opened_at)
);
CREATE INDEX deletion_requests_by_integration ON deletion_requests (integration_id, opened_at);
CREATE INDEX deletion_requests_by_event ON deletion_requests (event_id, opened_at);
CREATE INDEX deletion_requests_by_user ON deletion_requests (user_id);
-- Serves the operator's queue of deletions past their deadline.
CREATE INDEX deletion_requests_open ON deletion_requests (deadline_at) WHERE confirmed_at IS NULL;

CREATE TABLE objections (
    id text PRIMARY KEY,
    event_id text NOT NULL,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    installation_id text NOT NULL REFERENCES installations,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    answer text,
    answered_by text REFERENCES users,
    answered_at timestamptz
);
CREATE INDEX objections_by_event ON objections (event_id, created_at);

CREATE TABLE rate_limits (
    id text PRIMARY KEY,
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    installation_id text REFERENCES installations,
    kind text NOT NULL CHECK (kind IN ('installation', 'user')),
    per_hour integer NOT NULL CHECK (per_hour > 0),
    per_minute integer NOT NULL CHECK (per_minute > 0),
    in_flight integer NOT NULL CHECK (in_flight > 0),
    reason text NOT NULL DEFAULT '',
    set_by text NOT NULL REFERENCES users,
    set_at timestamptz NOT NULL,
    ends_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (integration_id, installation_id, kind)
);

CREATE TABLE submissions (
    id text PRIMARY KEY,
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    manifest_id text NOT NULL REFERENCES manifests,
    state text NOT NULL DEFAULT 'submitted' CHECK (state IN ('submitted', 'changes_requested', 'approved', 'withdrawn')),
    notes text NOT NULL DEFAULT '',
    demo_url text NOT NULL DEFAULT '',
    marketing_copy text NOT NULL DEFAULT '',
    screenshots text[] NOT NULL DEFAULT '{}',
    submitted_by text NOT NULL REFERENCES users,
    submitted_at timestamptz NOT NULL,
    decided_by text REFERENCES users,
    decided_at timestamptz,
    CHECK ((state = 'submitted') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX submissions_open ON submissions (integration_id) WHERE state = 'submitted';
-- Serves the review queue, the longest waiting first.
CREATE INDEX submissions_waiting ON submissions (submitted_at, id) WHERE state = 'submitted';
-- Serves what has left it, the newest decision first.
CREATE INDEX submissions_decided ON submissions (state, decided_at, id) WHERE state <> 'submitted';
-- Serves the developer's history of submissions.
CREATE INDEX submissions_by_integration ON submissions (integration_id, submitted_at);

CREATE TABLE submission_comments (
    id text PRIMARY KEY,
    submission_id text NOT NULL REFERENCES submissions ON DELETE CASCADE,
    author_id text NOT NULL REFERENCES users,
    text text NOT NULL CHECK (text <> ''),
    -- A request that shows the finding again, as a curl command line.
    request text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL
);
CREATE INDEX submission_comments_by_submission ON submission_comments (submission_id, created_at);

-- Reports of the conformance kit, signed by the integration that sent them. The checklist is read from the newest.
CREATE TABLE conformance_reports (
    id text PRIMARY KEY,
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    received_at timestamptz NOT NULL,
    passed integer NOT NULL,
    failed integer NOT NULL,
    report jsonb NOT NULL
);
CREATE INDEX conformance_reports_newest ON conformance_reports (client_id, received_at);

-- The examination that goes on after listing: what a listed endpoint answered to a forged or a stale message.
CREATE TABLE examinations (
    id text PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    integration_id text NOT NULL REFERENCES integrations ON DELETE CASCADE,
    url text NOT NULL,
    probe text NOT NULL CHECK (probe IN ('bad_signature', 'stale_timestamp')),
    at timestamptz NOT NULL,
    status smallint,
    accepted boolean NOT NULL,
    detail text NOT NULL DEFAULT '',
    step text NOT NULL DEFAULT 'none' CHECK (step IN ('none', 'warned', 'paused'))
);
CREATE INDEX examinations_newest ON examinations (client_id, at);
CREATE INDEX examinations_accepted ON examinations (at) WHERE accepted;

CREATE TABLE deprecations (
    id text PRIMARY KEY,
    title text NOT NULL,
    description text NOT NULL,
    version text NOT NULL,
    path text,
    link text NOT NULL,
    announced_at timestamptz NOT NULL,
    sunset_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    announced_by text NOT NULL REFERENCES users,
    CHECK (sunset_at >= announced_at + interval '6 months')
);

CREATE TABLE webview_pages (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('text', 'webview')),
    title text NOT NULL CHECK (title <> ''),
    url text,
    body text NOT NULL DEFAULT '',
    integration_id text REFERENCES integrations,
    requires_auth boolean NOT NULL DEFAULT false,
    visibility text NOT NULL DEFAULT 'participants'
        CHECK (visibility IN ('participants', 'organizers', 'registered', 'everyone')),
    position integer NOT NULL DEFAULT 0,
    is_published boolean NOT NULL DEFAULT false,
    looked_at timestamptz,
    found text CHECK (found IN ('shown', 'refuses', 'elsewhere', 'fails', 'silent', 'unknown')),
    found_detail text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id),
    CHECK ((kind = 'webview') = (url IS NOT NULL)),
    CHECK (NOT requires_auth OR integration_id IS NOT NULL),
    CHECK ((looked_at IS NULL) = (found IS NULL))
);
-- webview_pages.queries.LIST_DUE
CREATE INDEX webview_pages_looked ON webview_pages (looked_at) WHERE kind = 'webview';
