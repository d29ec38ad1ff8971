CREATE TABLE events (
    id text PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations,
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL DEFAULT '',
    publish_status text NOT NULL DEFAULT 'draft' CHECK (publish_status IN ('draft', 'published', 'archived')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    time_zone text NOT NULL,
    min_age text NOT NULL DEFAULT 'age_all'
        CHECK (min_age IN ('age_all', 'age_12_plus', 'age_16_plus', 'age_18_plus')),
    location_name text,
    website_url text,
    is_template boolean NOT NULL DEFAULT false,
    answer_within_days integer NOT NULL DEFAULT 7 CHECK (answer_within_days BETWEEN 1 AND 90),
    source_dialect text,
    source_key text,
    published_at timestamptz,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (ends_at >= starts_at),
    CHECK ((publish_status = 'archived') = (archived_at IS NOT NULL)),
    UNIQUE (organization_id, id)
);

CREATE TABLE registration_waves (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    title text NOT NULL CHECK (title <> ''),
    role text NOT NULL DEFAULT 'participant' CHECK (role IN ('participant', 'host', 'staff', 'volunteer', 'guest')),
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    capacity integer CHECK (capacity > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id),
    CHECK (closes_at > opens_at)
);

CREATE TABLE form_fields (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,62}$'),
    label text NOT NULL CHECK (label <> ''),
    type text NOT NULL CHECK (type IN ('text', 'long_text', 'number', 'boolean', 'date', 'choice', 'multi_choice')),
    required boolean NOT NULL DEFAULT false,
    options text[] NOT NULL DEFAULT '{}',
    help_text text NOT NULL DEFAULT '',
    is_shared boolean NOT NULL DEFAULT false,
    position integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, key),
    CHECK ((type IN ('choice', 'multi_choice')) = (cardinality(options) > 0))
);

CREATE TABLE applications (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES users,
    role text NOT NULL DEFAULT 'participant' CHECK (role IN ('participant', 'host', 'staff', 'volunteer', 'guest')),
    status text NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'revision_requested', 'withdrawn')),
    answers jsonb NOT NULL DEFAULT '{}',
    registration_wave_id text,
    assigned_to text REFERENCES users,
    submitted_at timestamptz NOT NULL,
    registered_at timestamptz,
    withdrawn_at timestamptz,
    last_reviewed_at timestamptz,
    last_reviewer_id text REFERENCES users,
    last_review_action text CHECK (last_review_action IN ('approved', 'rejected', 'revision_requested')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id),
    UNIQUE (event_id, user_id),
    FOREIGN KEY (event_id, registration_wave_id) REFERENCES registration_waves (event_id, id),
    CHECK ((last_review_action IS NULL) = (last_reviewed_at IS NULL)),
    CHECK (registered_at IS NULL OR status IN ('approved', 'withdrawn'))
);
-- Serves the review queue by status, oldest first.
CREATE INDEX applications_queue ON applications (event_id, status, submitted_at, id);
-- Serves the queue of every status.
CREATE INDEX applications_in_turn ON applications (event_id, submitted_at, id);
CREATE INDEX applications_by_user ON applications (user_id);
CREATE INDEX applications_by_wave ON applications (event_id, registration_wave_id);

CREATE TABLE application_drafts (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL DEFAULT 'participant',
    display_name text NOT NULL DEFAULT '',
    answers jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, user_id)
);
-- Serves a person's own events.
CREATE INDEX application_drafts_by_user ON application_drafts (user_id);

-- One row per decision; an undone one stays, marked.
CREATE TABLE application_reviews (
    event_id text NOT NULL,
    id text NOT NULL,
    application_id text NOT NULL,
    reviewer_id text NOT NULL REFERENCES users,
    action text NOT NULL CHECK (action IN ('approved', 'rejected', 'revision_requested')),
    note text NOT NULL DEFAULT '',
    fields text[] NOT NULL DEFAULT '{}',
    previous_status text NOT NULL,
    at timestamptz NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (event_id, id),
    FOREIGN KEY (event_id, application_id) REFERENCES applications (event_id, id) ON DELETE CASCADE
);
CREATE INDEX application_reviews_by_application ON application_reviews (event_id, application_id, at);

CREATE TABLE application_notes (
    event_id text NOT NULL,
    id text NOT NULL,
    application_id text NOT NULL,
    author_id text NOT NULL REFERENCES users,
    text text NOT NULL CHECK (text <> ''),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id),
    FOREIGN KEY (event_id, application_id) REFERENCES applications (event_id, id) ON DELETE CASCADE
);
CREATE INDEX application_notes_by_application ON application_notes (event_id, application_id, created_at);

CREATE TABLE saved_views (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    query text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, user_id, name)
);

-- A participant is the person inside the event; it comes into being with its application and shares its life.
-- updated_at moves whenever anything in the participant's wire shape changes, the application's status included.
CREATE TABLE participants (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES users,
    application_id text NOT NULL,
    display_name text NOT NULL CHECK (display_name <> ''),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    document bytea NOT NULL,
    document_keys text[] NOT NULL,
    PRIMARY KEY (event_id, id),
    UNIQUE (event_id, user_id),
    UNIQUE (event_id, application_id),
    FOREIGN KEY (event_id, application_id) REFERENCES applications (event_id, id) ON DELETE CASCADE
);
-- Serves GET /events/{event_id}/participants.
CREATE INDEX participants_page ON participants (event_id, created_at, id);
-- Serves the same with updated_since.
CREATE INDEX participants_updated ON participants (event_id, updated_at);
CREATE INDEX participants_by_user ON participants (user_id);
-- Serve the organizer's search: the beginning of a name, or of its last word.
CREATE INDEX participants_by_name ON participants (event_id, (lower(display_name) COLLATE "C"));
CREATE INDEX participants_by_last_name ON participants (event_id, (lower(substring(display_name FROM '[^ ]+$')) COLLATE "C"));

-- The keys of the fields that the organizers share with integrations, in the form's order.
CREATE FUNCTION shared_keys(event text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(key ORDER BY position, key), '{}') FROM form_fields WHERE event_id = event AND is_shared
$$;

-- JSON to the second, or null; likewise an id or a word of ours, which need no escaping.
CREATE FUNCTION json_time(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce('"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '"', 'null')
$$;
CREATE FUNCTION json_word(word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce('"' || word || '"', 'null')
$$;

-- A participant in the shape of contract/v1, with the answers to these fields and to no others.
CREATE FUNCTION participant_document(p participants, a applications, keys text[]) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(concat('{"id":"', p.id, '","event_id":"', p.event_id, '","user_id":"', p.user_id,
        '","application_id":"', p.application_id, '","display_name":', to_json(p.display_name), ',"role":"', a.role,
        '","application_status":"', a.status, '","submitted_at":', json_time(a.submitted_at),
        ',"registered_at":', json_time(a.registered_at),
        ',"registration_wave_id":', json_word(a.registration_wave_id),
        ',"last_reviewed_at":', json_time(a.last_reviewed_at), ',"last_reviewer_id":', json_word(a.last_reviewer_id),
        ',"last_review_action":', json_word(a.last_review_action), ',"custom_form_fields":',
        coalesce((SELECT json_object_agg(key, a.answers -> key) FROM unnest(keys) key), '{}'),
        ',"created_at":', json_time(p.created_at), ',"updated_at":', json_time(p.updated_at), '}'), 'UTF8')
$$;

-- Written with every change of the participant or of what it shows of its application (docs/adr/011). A document whose
-- keys are not those that are shared now is never shown.
CREATE FUNCTION write_participant_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.document_keys := shared_keys(NEW.event_id);
    SELECT participant_document(NEW, a, NEW.document_keys) INTO NEW.document
      FROM applications a WHERE a.event_id = NEW.event_id AND a.id = NEW.application_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER participants_document BEFORE INSERT OR UPDATE ON participants
    FOR EACH ROW EXECUTE FUNCTION write_participant_document();

-- A participant has changed when what it shows of its application has: one write moves both, and updated_since finds it.
CREATE FUNCTION rewrite_participant_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE participants SET updated_at = greatest(updated_at, NEW.updated_at)
     WHERE event_id = NEW.event_id AND application_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER applications_document AFTER UPDATE ON applications
    FOR EACH ROW
    WHEN ((OLD.role, OLD.status, OLD.answers, OLD.registration_wave_id, OLD.submitted_at, OLD.registered_at,
           OLD.last_reviewed_at, OLD.last_reviewer_id, OLD.last_review_action)
          IS DISTINCT FROM
          (NEW.role, NEW.status, NEW.answers, NEW.registration_wave_id, NEW.submitted_at, NEW.registered_at,
           NEW.last_reviewed_at, NEW.last_reviewer_id, NEW.last_review_action))
    EXECUTE FUNCTION rewrite_participant_document();

CREATE TABLE threads (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL DEFAULT '',
    color text NOT NULL CHECK (color ~ '^#[0-9a-f]{6}$'),
    position integer NOT NULL DEFAULT 0,
    source_key text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id)
);
CREATE INDEX threads_page ON threads (event_id, created_at, id);

-- A tree without cycles by construction: a parent's level is always above its child's.
CREATE TABLE locations (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    parent_id text,
    parent_level smallint,
    kind text NOT NULL CHECK (kind IN ('venue', 'building', 'floor', 'room')),
    level smallint NOT NULL GENERATED ALWAYS AS (
        CASE kind WHEN 'venue' THEN 1 WHEN 'building' THEN 2 WHEN 'floor' THEN 3 ELSE 4 END) STORED,
    name text NOT NULL CHECK (name <> ''),
    capacity integer CHECK (capacity > 0),
    accessibility text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 0,
    source_key text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id),
    UNIQUE (event_id, id, level),
    FOREIGN KEY (event_id, parent_id, parent_level) REFERENCES locations (event_id, id, level),
    CHECK ((parent_id IS NULL) = (parent_level IS NULL)),
    CHECK (parent_level < CASE kind WHEN 'venue' THEN 1 WHEN 'building' THEN 2 WHEN 'floor' THEN 3 ELSE 4 END)
);
CREATE INDEX locations_page ON locations (event_id, created_at, id);
CREATE INDEX locations_children ON locations (event_id, parent_id);

CREATE TABLE activities (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    id text NOT NULL UNIQUE,
    thread_id text,
    location_id text,
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'cancelled')),
    is_published boolean NOT NULL DEFAULT false,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    min_age text NOT NULL DEFAULT 'age_all'
        CHECK (min_age IN ('age_all', 'age_12_plus', 'age_16_plus', 'age_18_plus')),
    language text,
    capacity integer CHECK (capacity >= 0),
    signups_open boolean NOT NULL DEFAULT true,
    signup_count integer NOT NULL DEFAULT 0 CHECK (signup_count >= 0),
    waitlist_count integer NOT NULL DEFAULT 0 CHECK (waitlist_count >= 0),
    tags text[] NOT NULL DEFAULT '{}',
    source_dialect text,
    source_key text,
    -- Every name under which any dialect has known it, and the room in the source's words: how an import finds it again.
    source_names text[] NOT NULL DEFAULT '{}',
    source_slot text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, id),
    FOREIGN KEY (event_id, thread_id) REFERENCES threads (event_id, id),
    FOREIGN KEY (event_id, location_id) REFERENCES locations (event_id, id),
    CHECK (ends_at >= starts_at),
    CHECK (capacity IS NULL OR signup_count <= capacity)
);
-- Serves GET /events/{event_id}/activities; a draft appears nowhere outside the organizer's app.
CREATE INDEX activities_page ON activities (event_id, created_at, id) WHERE is_published;
-- Serves the program grid, conflicts and "now and next".
CREATE INDEX activities_by_start ON activities (event_id, starts_at, id);
CREATE INDEX activities_by_thread ON activities (event_id, thread_id);
CREATE INDEX activities_by_location ON activities (event_id, location_id);
CREATE INDEX activities_updated ON activities (event_id, updated_at);

CREATE TABLE activity_hosts (
    event_id text NOT NULL,
    activity_id text NOT NULL,
    position integer NOT NULL,
    participant_id text,
    display_name text NOT NULL CHECK (display_name <> ''),
    PRIMARY KEY (event_id, activity_id, position),
    FOREIGN KEY (event_id, activity_id) REFERENCES activities (event_id, id) ON DELETE CASCADE,
    FOREIGN KEY (event_id, participant_id) REFERENCES participants (event_id, id)
);
CREATE INDEX activity_hosts_by_participant ON activity_hosts (event_id, participant_id);

CREATE TABLE activity_signups (
    event_id text NOT NULL,
    activity_id text NOT NULL,
    participant_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('going', 'waiting')),
    place bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL,
    moved_up_at timestamptz,
    PRIMARY KEY (event_id, activity_id, participant_id),
    FOREIGN KEY (event_id, activity_id) REFERENCES activities (event_id, id) ON DELETE CASCADE,
    FOREIGN KEY (event_id, participant_id) REFERENCES participants (event_id, id) ON DELETE CASCADE
);
CREATE INDEX activity_signups_waiting ON activity_signups (event_id, activity_id, place) WHERE state = 'waiting';
CREATE INDEX activity_signups_by_participant ON activity_signups (event_id, participant_id);

CREATE TABLE favourites (
    event_id text NOT NULL,
    activity_id text NOT NULL,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, user_id, activity_id),
    FOREIGN KEY (event_id, activity_id) REFERENCES activities (event_id, id) ON DELETE CASCADE
);
-- Serves a person's home (mine.queries.LIST_CALLS) and her download.
CREATE INDEX favourites_by_user ON favourites (user_id, event_id);

-- A file that somebody has sent and not yet decided about. Kept for an hour, so that its preview survives a restart and
-- every node can show it; gone as soon as it is brought in or put away. No event: it is for a new one.
CREATE TABLE uploads (
    id text PRIMARY KEY,
    event_id text REFERENCES events ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    content bytea NOT NULL,
    time_zone text,
    wall_clock boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
-- Serves putting a person's earlier file for the same event away, and erasing her.
CREATE INDEX uploads_by_user ON uploads (user_id, event_id);
CREATE INDEX uploads_by_event ON uploads (event_id);
-- Serves dropping what is older than an hour.
CREATE INDEX uploads_expiring ON uploads (expires_at);

-- What the archive of an event says about connections and consents at the Revento from which it came: for reading, and for
-- the next archive. Nothing here gives anybody access to anything.
CREATE TABLE former_connections (
    event_id text NOT NULL REFERENCES events ON DELETE CASCADE,
    position integer NOT NULL,
    integration text NOT NULL CHECK (integration <> ''),
    scopes text[] NOT NULL,
    connected_by text NOT NULL REFERENCES users,
    connected_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    PRIMARY KEY (event_id, position),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);

CREATE TABLE former_consents (
    event_id text NOT NULL,
    connection integer NOT NULL,
    position integer NOT NULL,
    user_id text NOT NULL REFERENCES users,
    scopes text[] NOT NULL,
    given_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    PRIMARY KEY (event_id, connection, position),
    FOREIGN KEY (event_id, connection) REFERENCES former_connections (event_id, position) ON DELETE CASCADE,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX former_consents_by_user ON former_consents (user_id);
