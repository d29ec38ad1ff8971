-- Who read what. Written in batches off the request path, so without foreign keys; partitions are dropped by age.
CREATE TABLE api_requests (
    at timestamptz NOT NULL,
    request_id uuid NOT NULL,
    integration_id text,
    client_id text,
    installation_id text,
    event_id text,
    user_id text,
    family_id text,
    -- The participant that a request named, or whose own token it came with.
    participant_id text,
    token_kind text,
    method text NOT NULL,
    endpoint text NOT NULL,
    path text NOT NULL,
    query text NOT NULL DEFAULT '',
    scope text,
    version text NOT NULL DEFAULT '',
    status smallint NOT NULL,
    error text,
    rows integer NOT NULL DEFAULT 0,
    people integer NOT NULL DEFAULT 0,
    duration_ms real NOT NULL,
    address text
) PARTITION BY RANGE (at);
CREATE TABLE api_requests_default PARTITION OF api_requests DEFAULT;
-- Serves the organizer's ledger and what it said about one participant.
CREATE INDEX api_requests_by_event ON api_requests (event_id, at);
-- Serves the integrator's request log and its figures.
CREATE INDEX api_requests_by_integration ON api_requests (integration_id, at);
-- Serves the integrator's search for one error; refusals only.
CREATE INDEX api_requests_by_error ON api_requests (integration_id, error, at) WHERE error IS NOT NULL;
-- Serve the integrator's search for what her limits refused and for what failed here; they hold that only.
CREATE INDEX api_requests_limited ON api_requests (integration_id, at) WHERE status = 429;
CREATE INDEX api_requests_failed ON api_requests (integration_id, at) WHERE status >= 500;
-- Serves the search by request id.
CREATE INDEX api_requests_by_id ON api_requests (request_id);

-- The log added up by the hour as it is written, so that a week's figures are some hundred rows instead of a million.
-- An empty text stands for what is not known; latency counts answers per bucket of access.hours.rules.
CREATE TABLE api_hours (
    integration_id text NOT NULL,
    hour timestamptz NOT NULL,
    client_id text NOT NULL,
    installation_id text NOT NULL,
    endpoint text NOT NULL,
    version text NOT NULL,
    scope text NOT NULL,
    requests integer NOT NULL,
    refused integer NOT NULL,
    rejected integer NOT NULL,
    limited integer NOT NULL,
    failed integer NOT NULL,
    people bigint NOT NULL,
    latency integer[] NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (integration_id, hour, client_id, installation_id, endpoint, version, scope)
);
-- Serves the operator's figures, who still calls what goes away, and the dropping of old hours.
CREATE INDEX api_hours_by_hour ON api_hours (hour);
-- Serves which scopes an integration uses, connection by connection.
CREATE INDEX api_hours_by_use ON api_hours (installation_id, scope, hour);
