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
CREATE INDEX api_requests_by_event ON api_requests (event_id, at);
CREATE INDEX api_requests_by_integration ON api_requests (integration_id, at);
CREATE INDEX api_requests_by_id ON api_requests (request_id);
