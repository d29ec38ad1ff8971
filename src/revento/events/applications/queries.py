"""SQL of applications: finding, locking and changing one. The queue and the history are in `reviews`."""

from datetime import datetime
from typing import Any

from revento.events.applications.models import Application, Draft, Status
from revento.kernel.db import Json, Tx
from revento.kernel.ids import ApplicationId, EventId, ParticipantId, UserId, WaveId

FIND = """
    SELECT a.id, a.event_id, a.user_id, p.id AS participant_id, p.display_name, a.role, a.status, a.answers,
           a.registration_wave_id, a.assigned_to, a.submitted_at, a.registered_at, a.withdrawn_at,
           a.last_reviewed_at, a.last_reviewer_id, a.last_review_action, a.version, a.created_at, a.updated_at,
           e.title AS event_title, e.archived_at IS NOT NULL AS event_archived, e.organization_id,
           ARRAY(SELECT f.key FROM form_fields f
                  WHERE f.event_id = a.event_id AND f.is_shared ORDER BY f.position, f.key) AS shared_keys
      FROM applications a
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
      JOIN events e ON e.id = a.event_id
     WHERE a.event_id = %(event_id)s AND a.id = %(id)s
"""


async def find(tx: Tx, event_id: EventId, id: ApplicationId) -> Application | None:
    """One application of this event."""
    return await tx.maybe(Application, FIND, event_id=event_id, id=id)


LOCK = """
    SELECT a.id, a.event_id, a.user_id, p.id AS participant_id, p.display_name, a.role, a.status, a.answers,
           a.registration_wave_id, a.assigned_to, a.submitted_at, a.registered_at, a.withdrawn_at,
           a.last_reviewed_at, a.last_reviewer_id, a.last_review_action, a.version, a.created_at, a.updated_at,
           e.title AS event_title, e.archived_at IS NOT NULL AS event_archived, e.organization_id,
           ARRAY(SELECT f.key FROM form_fields f
                  WHERE f.event_id = a.event_id AND f.is_shared ORDER BY f.position, f.key) AS shared_keys
      FROM applications a
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
      JOIN events e ON e.id = a.event_id
     WHERE a.event_id = %(event_id)s AND a.id = ANY(%(ids)s)
     ORDER BY a.id
       FOR UPDATE OF a
"""


async def lock(tx: Tx, event_id: EventId, id: ApplicationId) -> Application:
    """One application of this event, locked until the transaction ends. Raises `NoRow`."""
    return await tx.one(Application, LOCK, event_id=event_id, ids=[id])


async def lock_many(tx: Tx, event_id: EventId, ids: list[ApplicationId]) -> list[Application]:
    """Many of them, in the order of their ids, so that two who lock the same ones don't wait for each other."""
    return await tx.all(Application, LOCK, event_id=event_id, ids=ids)


FIND_BY_USER = """
    SELECT id FROM applications WHERE event_id = %(event_id)s AND user_id = %(user_id)s
"""


async def find_by_user(tx: Tx, event_id: EventId, user_id: UserId) -> ApplicationId | None:
    """The person's application for this event."""
    found = await tx.maybe(str, FIND_BY_USER, event_id=event_id, user_id=user_id)
    return None if found is None else ApplicationId(found)


LIST_APPLIED = """
    SELECT lower(u.email)
      FROM users u
      JOIN applications a ON a.event_id = %(event_id)s AND a.user_id = u.id
     WHERE lower(u.email) = ANY(%(emails)s) AND u.deleted_at IS NULL
"""


async def list_applied(tx: Tx, event_id: EventId, emails: list[str]) -> list[str]:
    """Which of these addresses, in small letters, belong to people who have applied for this event."""
    return await tx.all(str, LIST_APPLIED, event_id=event_id, emails=emails)


INSERT = """
    WITH application AS (
        INSERT INTO applications (event_id, id, user_id, role, status, answers, registration_wave_id, submitted_at,
                                  created_at, updated_at)
        VALUES (%(event_id)s, %(id)s, %(user_id)s, %(role)s, 'pending', %(answers)s, %(wave_id)s, %(now)s, %(now)s,
                %(now)s)
        RETURNING event_id, id, user_id
    )
    INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
    SELECT event_id, %(participant_id)s, user_id, id, %(display_name)s, %(now)s, %(now)s FROM application
"""


async def insert(
    tx: Tx,
    event_id: EventId,
    id: ApplicationId,
    participant_id: ParticipantId,
    *,
    user_id: UserId,
    display_name: str,
    role: str,
    answers: dict[str, Any],
    wave_id: WaveId | None,
    now: datetime,
) -> None:
    """Writes an application and its participant. Raises `UniqueViolation` when the person has one already."""
    await tx.run(
        INSERT,
        event_id=event_id,
        id=id,
        participant_id=participant_id,
        user_id=user_id,
        display_name=display_name,
        role=role,
        answers=Json(answers),
        wave_id=wave_id,
        now=now,
    )


async def insert_many(tx: Tx, event_id: EventId, rows: list[dict[str, Any]], *, now: datetime) -> None:
    """Writes many without a wave, in one round trip. Raises `UniqueViolation` when one of them is there already."""
    same = {"event_id": event_id, "wave_id": None, "now": now}
    await tx.run_many(INSERT, [row | {"answers": Json(row["answers"])} | same for row in rows])


SET_REVIEW = """
    UPDATE applications
       SET status = %(status)s, last_reviewed_at = %(now)s, last_reviewer_id = %(by)s,
           last_review_action = %(status)s,
           registered_at = CASE WHEN %(status)s = 'approved' THEN %(now)s END,
           version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = ANY(%(ids)s)
"""


async def set_review(
    tx: Tx, event_id: EventId, ids: list[ApplicationId], status: Status, *, by: UserId, now: datetime
) -> None:
    """Writes the same decision about each; an approval confirms the place."""
    await tx.run(SET_REVIEW, event_id=event_id, ids=ids, status=status.value, by=by, now=now)


SET_STATUS = """
    UPDATE applications
       SET status = %(status)s,
           registered_at = CASE WHEN %(status)s = 'approved' THEN registered_at END,
           withdrawn_at = CASE WHEN %(status)s = 'withdrawn' THEN %(now)s::timestamptz END,
           version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def set_status(tx: Tx, event_id: EventId, id: ApplicationId, status: Status, *, now: datetime) -> None:
    """Moves an application without a review: withdrawn, reopened, undone."""
    await tx.run(SET_STATUS, event_id=event_id, id=id, status=status.value, now=now)


SET_LAST_REVIEW = """
    UPDATE applications a
       SET (last_reviewed_at, last_reviewer_id, last_review_action) = (
               SELECT r.at, r.reviewer_id, r.action FROM application_reviews r
                WHERE r.event_id = a.event_id AND r.application_id = a.id AND r.undone_at IS NULL
                ORDER BY r.at DESC LIMIT 1)
     WHERE a.event_id = %(event_id)s AND a.id = %(id)s
"""


async def set_last_review(tx: Tx, event_id: EventId, id: ApplicationId) -> None:
    """Points back to the newest decision that stands; none when all were undone."""
    await tx.run(SET_LAST_REVIEW, event_id=event_id, id=id)


SET_ANSWERS = """
    UPDATE applications
       SET answers = %(answers)s, role = %(role)s, registration_wave_id = %(wave_id)s, status = 'pending',
           submitted_at = %(now)s, registered_at = NULL, withdrawn_at = NULL, version = version + 1,
           updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def set_answers(
    tx: Tx,
    event_id: EventId,
    id: ApplicationId,
    *,
    answers: dict[str, Any],
    role: str,
    wave_id: WaveId | None,
    now: datetime,
) -> None:
    """Writes a resubmission: new answers, pending again."""
    await tx.run(SET_ANSWERS, event_id=event_id, id=id, answers=Json(answers), role=role, wave_id=wave_id, now=now)


SET_ASSIGNED = """
    UPDATE applications SET assigned_to = %(user_id)s WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def set_assigned(tx: Tx, event_id: EventId, id: ApplicationId, user_id: UserId | None) -> int:
    """Gives the application to a reviewer, or to nobody."""
    return await tx.run(SET_ASSIGNED, event_id=event_id, id=id, user_id=user_id)


SET_DISPLAY_NAME = """
    UPDATE participants SET display_name = %(display_name)s, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND application_id = %(id)s
"""


async def set_display_name(tx: Tx, event_id: EventId, id: ApplicationId, display_name: str, *, now: datetime) -> None:
    """Changes what the person is called in this event."""
    await tx.run(SET_DISPLAY_NAME, event_id=event_id, id=id, display_name=display_name, now=now)


PUT_DRAFT = """
    INSERT INTO application_drafts (event_id, user_id, role, display_name, answers, updated_at)
    VALUES (%(event_id)s, %(user_id)s, %(role)s, %(display_name)s, %(answers)s, %(now)s)
    ON CONFLICT (event_id, user_id) DO UPDATE
       SET role = EXCLUDED.role, display_name = EXCLUDED.display_name, answers = EXCLUDED.answers,
           updated_at = EXCLUDED.updated_at
"""


async def put_draft(
    tx: Tx,
    event_id: EventId,
    user_id: UserId,
    *,
    role: str,
    display_name: str,
    answers: dict[str, Any],
    now: datetime,
) -> None:
    """Keeps what the person has typed so far."""
    await tx.run(
        PUT_DRAFT,
        event_id=event_id,
        user_id=user_id,
        role=role,
        display_name=display_name,
        answers=Json(answers),
        now=now,
    )


FIND_DRAFT = """
    SELECT role, display_name, answers, updated_at
      FROM application_drafts WHERE event_id = %(event_id)s AND user_id = %(user_id)s
"""


async def find_draft(tx: Tx, event_id: EventId, user_id: UserId) -> Draft | None:
    """What the person had typed."""
    return await tx.maybe(Draft, FIND_DRAFT, event_id=event_id, user_id=user_id)


DROP_DRAFTS = "DELETE FROM application_drafts WHERE event_id = %(event_id)s AND user_id = ANY(%(user_ids)s)"


async def drop_drafts(tx: Tx, event_id: EventId, user_ids: list[UserId]) -> None:
    """Forgets what was typed once it was sent."""
    await tx.run(DROP_DRAFTS, event_id=event_id, user_ids=user_ids)
