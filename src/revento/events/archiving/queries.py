"""SQL that reads a whole event, for its archive."""

from revento.events.archiving.models import (
    ActivityRow,
    ApplicationRow,
    ConnectionRow,
    ConsentRow,
    EventRow,
    LocationRow,
    NoteRow,
    PersonRow,
    ReviewRow,
    SignUpRow,
    ThreadRow,
)
from revento.kernel.db import Tx
from revento.kernel.ids import EventId

GET_EVENT = """
    SELECT title, description, publish_status, starts_at, ends_at, time_zone, min_age, location_name, website_url,
           is_template, answer_within_days, source_dialect, source_key
      FROM events WHERE id = %(event_id)s
"""


async def get_event(tx: Tx, event_id: EventId) -> EventRow:
    """The event. Raises `NoRow`."""
    return await tx.one(EventRow, GET_EVENT, event_id=event_id)


# Everybody who applied, decided, remarked, connected or consented; by address, so that the order owes nothing to ids.
LIST_PEOPLE = """
    SELECT u.id, CASE WHEN u.deleted_at IS NULL THEN u.email END AS email, u.name
      FROM users u
     WHERE u.id IN (
           SELECT user_id FROM applications WHERE event_id = %(event_id)s
           UNION SELECT last_reviewer_id FROM applications WHERE event_id = %(event_id)s
           UNION SELECT assigned_to FROM applications WHERE event_id = %(event_id)s
           UNION SELECT reviewer_id FROM application_reviews WHERE event_id = %(event_id)s
           UNION SELECT author_id FROM application_notes WHERE event_id = %(event_id)s
           UNION SELECT connected_by FROM installations WHERE event_id = %(event_id)s
           UNION SELECT user_id FROM user_grants WHERE event_id = %(event_id)s
           UNION SELECT connected_by FROM former_connections WHERE event_id = %(event_id)s
           UNION SELECT user_id FROM former_consents WHERE event_id = %(event_id)s)
     ORDER BY u.deleted_at IS NOT NULL, CASE WHEN u.deleted_at IS NULL THEN lower(u.email) END, u.name
"""


async def list_people(tx: Tx, event_id: EventId) -> list[PersonRow]:
    """The people whom the event knows."""
    return await tx.all(PersonRow, LIST_PEOPLE, event_id=event_id)


LIST_APPLICATIONS = """
    SELECT a.id, p.id AS participant_id, a.user_id, p.display_name, a.role, a.status, a.answers, a.registration_wave_id,
           a.assigned_to, a.submitted_at, a.registered_at, a.withdrawn_at, a.last_reviewed_at, a.last_reviewer_id,
           a.last_review_action
      FROM applications a
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
      JOIN users u ON u.id = a.user_id
     WHERE a.event_id = %(event_id)s
     ORDER BY a.submitted_at, CASE WHEN u.deleted_at IS NULL THEN lower(u.email) END, p.display_name
"""


async def list_applications(tx: Tx, event_id: EventId) -> list[ApplicationRow]:
    """The applications in the order of coming, each with its participant."""
    return await tx.all(ApplicationRow, LIST_APPLICATIONS, event_id=event_id)


LIST_REVIEWS = """
    SELECT application_id, reviewer_id, action, note, fields, previous_status, at, undone_at
      FROM application_reviews WHERE event_id = %(event_id)s ORDER BY at, id
"""


async def list_reviews(tx: Tx, event_id: EventId) -> list[ReviewRow]:
    """Every decision, undone ones too."""
    return await tx.all(ReviewRow, LIST_REVIEWS, event_id=event_id)


LIST_NOTES = """
    SELECT application_id, author_id, text, created_at
      FROM application_notes WHERE event_id = %(event_id)s ORDER BY created_at, id
"""


async def list_notes(tx: Tx, event_id: EventId) -> list[NoteRow]:
    """Every remark."""
    return await tx.all(NoteRow, LIST_NOTES, event_id=event_id)


LIST_THREADS = """
    SELECT id, title, description, color, source_key FROM threads
     WHERE event_id = %(event_id)s ORDER BY position, title, id
"""


async def list_threads(tx: Tx, event_id: EventId) -> list[ThreadRow]:
    """The threads in their order."""
    return await tx.all(ThreadRow, LIST_THREADS, event_id=event_id)


LIST_LOCATIONS = """
    SELECT id, parent_id, level, kind, name, capacity, accessibility, position, source_key FROM locations
     WHERE event_id = %(event_id)s ORDER BY level, position, name, id
"""


async def list_locations(tx: Tx, event_id: EventId) -> list[LocationRow]:
    """The locations, those that hold others first."""
    return await tx.all(LocationRow, LIST_LOCATIONS, event_id=event_id)


LIST_ACTIVITIES = """
    SELECT a.id, a.title, a.description, a.status, a.is_published, a.starts_at, a.ends_at, a.thread_id, a.location_id,
           a.min_age, a.language, a.capacity, a.signups_open, a.tags, a.source_dialect, a.source_key, a.source_names,
           a.source_slot,
           coalesce((SELECT jsonb_agg(jsonb_build_object('participant_id', h.participant_id,
                                                         'display_name', h.display_name) ORDER BY h.position)
                       FROM activity_hosts h WHERE h.event_id = a.event_id AND h.activity_id = a.id), '[]') AS hosts
      FROM activities a
     WHERE a.event_id = %(event_id)s
     ORDER BY a.starts_at, a.ends_at, a.title, a.source_key, a.id
"""


async def list_activities(tx: Tx, event_id: EventId) -> list[ActivityRow]:
    """Every activity, drafts too, by start; index activities_by_start."""
    return await tx.all(ActivityRow, LIST_ACTIVITIES, event_id=event_id)


LIST_SIGNUPS = """
    SELECT activity_id, participant_id, state, created_at, moved_up_at
      FROM activity_signups WHERE event_id = %(event_id)s ORDER BY activity_id, place
"""


async def list_signups(tx: Tx, event_id: EventId) -> list[SignUpRow]:
    """Every place and every wait, in the order of coming."""
    return await tx.all(SignUpRow, LIST_SIGNUPS, event_id=event_id)


LIST_CONNECTIONS = """
    SELECT i.id AS key, g.name AS integration, i.granted_scopes AS scopes, i.connected_by, i.created_at AS at,
           i.ended_at, i.end_reason
      FROM installations i JOIN integrations g ON g.id = i.integration_id
     WHERE i.event_id = %(event_id)s
     UNION ALL
    SELECT position::text, integration, scopes, connected_by, connected_at, ended_at, end_reason
      FROM former_connections WHERE event_id = %(event_id)s
     ORDER BY at, integration, key
"""


async def list_connections(tx: Tx, event_id: EventId) -> list[ConnectionRow]:
    """Every connection that there is or was, here and where the event came from."""
    return await tx.all(ConnectionRow, LIST_CONNECTIONS, event_id=event_id)


LIST_CONSENTS = """
    SELECT installation_id AS key, user_id, scopes, created_at AS at, ended_at, end_reason
      FROM user_grants WHERE event_id = %(event_id)s
     UNION ALL
    SELECT connection::text, user_id, scopes, given_at, ended_at, end_reason
      FROM former_consents WHERE event_id = %(event_id)s
     ORDER BY at, user_id
"""


async def list_consents(tx: Tx, event_id: EventId) -> list[ConsentRow]:
    """Every consent that there is or was."""
    return await tx.all(ConsentRow, LIST_CONSENTS, event_id=event_id)
