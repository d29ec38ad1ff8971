"""SQL of participants. Answers are filtered to shared fields by the statement itself: the rest never leaves it."""

from datetime import datetime

from revento.events.participants.models import Participant
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, ParticipantId

FIND = """
    SELECT p.id, p.event_id, p.user_id, p.application_id, p.display_name, a.role, a.status AS application_status,
           a.submitted_at, a.registered_at, a.registration_wave_id, a.last_reviewed_at, a.last_reviewer_id,
           a.last_review_action,
           (SELECT coalesce(jsonb_object_agg(f.key, a.answers -> f.key ORDER BY f.position), '{}')
              FROM form_fields f WHERE f.event_id = p.event_id AND f.is_shared) AS shared_answers,
           p.created_at, p.updated_at
      FROM participants p
      JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id
     WHERE p.event_id = %(event_id)s AND p.id = ANY(%(ids)s)
     ORDER BY p.id
"""


async def find(tx: Tx, event_id: EventId, id: ParticipantId) -> Participant | None:
    """One participant of this event."""
    return await tx.maybe(Participant, FIND, event_id=event_id, ids=[id])


async def get(tx: Tx, event_id: EventId, id: ParticipantId) -> Participant:
    """One participant of this event. Raises `NoRow`."""
    return await tx.one(Participant, FIND, event_id=event_id, ids=[id])


async def list_by_id(tx: Tx, event_id: EventId, ids: list[ParticipantId]) -> list[Participant]:
    """Those of this event with these ids."""
    return await tx.all(Participant, FIND, event_id=event_id, ids=ids)


# Serves GET /events/{event_id}/participants; index participants_page (event_id, created_at, id).
PAGE = """
    SELECT p.id, p.event_id, p.user_id, p.application_id, p.display_name, a.role, a.status AS application_status,
           a.submitted_at, a.registered_at, a.registration_wave_id, a.last_reviewed_at, a.last_reviewer_id,
           a.last_review_action,
           (SELECT coalesce(jsonb_object_agg(f.key, a.answers -> f.key ORDER BY f.position), '{}')
              FROM form_fields f WHERE f.event_id = p.event_id AND f.is_shared) AS shared_answers,
           p.created_at, p.updated_at
      FROM participants p
      JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id
     WHERE p.event_id = %(event_id)s
       AND (p.created_at, p.id) > (%(after_at)s, %(after_id)s)
       AND (%(status)s::text IS NULL OR a.status = %(status)s)
       AND (%(role)s::text IS NULL OR a.role = %(role)s)
       AND (%(updated_since)s::timestamptz IS NULL OR p.updated_at >= %(updated_since)s)
       AND (%(search)s::text IS NULL OR strpos(lower(p.display_name), lower(%(search)s)) > 0)
     ORDER BY p.created_at, p.id
     LIMIT %(limit)s
"""


async def page(
    tx: Tx,
    event_id: EventId,
    after: tuple[datetime, str],
    *,
    status: str | None = None,
    role: str | None = None,
    updated_since: datetime | None = None,
    search: str | None = None,
    limit: int,
) -> list[Participant]:
    """Participants from a position on, in order of creation."""
    return await tx.all(
        Participant,
        PAGE,
        event_id=event_id,
        after_at=after[0],
        after_id=after[1],
        status=status,
        role=role,
        updated_since=updated_since,
        search=search,
        limit=limit,
    )


SAMPLE = """
    SELECT id FROM participants WHERE event_id = %(event_id)s ORDER BY created_at, id LIMIT 1
"""


async def sample(tx: Tx, event_id: EventId) -> ParticipantId | None:
    """Some participant, to show what an integration would see."""
    found = await tx.maybe(str, SAMPLE, event_id=event_id)
    return None if found is None else ParticipantId(found)


COUNT = "SELECT count(*) FROM participants WHERE event_id = %(event_id)s"


async def count(tx: Tx, event_id: EventId) -> int:
    """How many people have an application, whatever its status."""
    return await tx.one(int, COUNT, event_id=event_id)


SET_DISPLAY_NAME = """
    UPDATE participants SET display_name = %(display_name)s, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def set_display_name(tx: Tx, event_id: EventId, id: ParticipantId, display_name: str, *, now: datetime) -> None:
    """Changes what a person is called in this event."""
    await tx.run(SET_DISPLAY_NAME, event_id=event_id, id=id, display_name=display_name, now=now)


SET_ROLE = """
    UPDATE applications a SET role = %(role)s, version = version + 1, updated_at = %(now)s
      FROM participants p
     WHERE p.event_id = %(event_id)s AND p.id = %(id)s AND a.event_id = p.event_id AND a.id = p.application_id
"""


async def set_role(tx: Tx, event_id: EventId, id: ParticipantId, role: str, *, now: datetime) -> None:
    """Gives a participant another role."""
    await tx.run(SET_ROLE, event_id=event_id, id=id, role=role, now=now)


# Serves a change of the form; the event's participants, until one is found.
ARE_DOCUMENTS_STALE = """
    SELECT EXISTS (SELECT FROM participants p, (SELECT shared_keys(%(event_id)s) AS keys OFFSET 0) s
                    WHERE p.event_id = %(event_id)s AND p.document_keys <> s.keys)
"""


async def are_documents_stale(tx: Tx, event_id: EventId) -> bool:
    """Whether some were made with other shared fields than those of now."""
    return await tx.one(bool, ARE_DOCUMENTS_STALE, event_id=event_id)


# Serves the job after such a change: the trigger writes what an update leaves alone.
REWRITE_DOCUMENTS = """
    UPDATE participants p SET document_keys = '{}'
     WHERE p.event_id = %(event_id)s
       AND p.id IN (SELECT o.id FROM participants o, (SELECT shared_keys(%(event_id)s) AS keys OFFSET 0) s
                     WHERE o.event_id = %(event_id)s AND o.document_keys <> s.keys
                     LIMIT %(most)s)
"""


async def rewrite_documents(tx: Tx, event_id: EventId, most: int) -> int:
    """Writes documents anew that were made with other shared fields than those of now; how many, up to `most`."""
    return await tx.run(REWRITE_DOCUMENTS, event_id=event_id, most=most)
