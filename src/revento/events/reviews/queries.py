"""SQL of the review: the queue, its counts, the history of decisions, notes among reviewers."""

from datetime import datetime

from revento.events.applications.models import Application, Status
from revento.events.reviews.models import Note, QueueRow, Review, StatusCount
from revento.kernel import likeness
from revento.kernel.db import Tx
from revento.kernel.ids import ApplicationId, EventId, UserId

# Serves the queue; index applications_queue (event_id, status, submitted_at, id).
PAGE_QUEUE = """
    SELECT a.id, p.id AS participant_id, p.display_name, a.role, a.status, a.assigned_to, g.name AS assigned_name,
           a.submitted_at, a.last_reviewed_at, r.name AS last_reviewer_name, a.version
      FROM applications a
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
      LEFT JOIN users g ON g.id = a.assigned_to
      LEFT JOIN users r ON r.id = a.last_reviewer_id
     WHERE a.event_id = %(event_id)s
       AND (%(status)s::text IS NULL OR a.status = %(status)s)
       AND (%(role)s::text IS NULL OR a.role = %(role)s)
       AND (%(search)s::text IS NULL OR p.display_name ILIKE %(search)s OR a.answers::text ILIKE %(search)s)
       AND (%(assigned_to)s::text IS NULL OR a.assigned_to = %(assigned_to)s)
       AND (a.submitted_at, a.id) > (%(after_at)s, %(after_id)s)
     ORDER BY a.submitted_at, a.id
     LIMIT %(limit)s
"""


async def page_queue(
    tx: Tx,
    event_id: EventId,
    after: tuple[datetime, str],
    *,
    status: Status | None = None,
    role: str | None = None,
    search: str | None = None,
    assigned_to: UserId | None = None,
    limit: int = 50,
) -> list[QueueRow]:
    """The queue from a position on, the longest waiting first; `search` looks at names and answers."""
    return await tx.all(
        QueueRow,
        PAGE_QUEUE,
        event_id=event_id,
        status=status,
        role=role,
        search=None if search is None else likeness.anywhere(search),
        assigned_to=assigned_to,
        after_at=after[0],
        after_id=after[1],
        limit=limit,
    )


COUNT_BY_STATUS = """
    SELECT status, count(*) AS count, min(submitted_at) AS oldest_at
      FROM applications
     WHERE event_id = %(event_id)s
     GROUP BY status
"""


async def count_by_status(tx: Tx, event_id: EventId) -> list[StatusCount]:
    """How many have which status."""
    return await tx.all(StatusCount, COUNT_BY_STATUS, event_id=event_id)


INSERT_REVIEW = """
    INSERT INTO application_reviews (event_id, id, application_id, reviewer_id, action, note, fields,
                                     previous_status, at)
    VALUES (%(event_id)s, %(id)s, %(application_id)s, %(reviewer_id)s, %(action)s, %(note)s, %(fields)s,
            %(previous_status)s, %(now)s)
"""


async def insert_review(
    tx: Tx,
    event_id: EventId,
    id: str,
    *,
    application_id: ApplicationId,
    reviewer_id: UserId,
    action: str,
    note: str,
    fields: list[str],
    previous_status: Status,
    now: datetime,
) -> None:
    """Appends a decision to the history; `fields` are those that need another look."""
    await tx.run(
        INSERT_REVIEW,
        event_id=event_id,
        id=id,
        application_id=application_id,
        reviewer_id=reviewer_id,
        action=action,
        note=note,
        fields=fields,
        previous_status=previous_status.value,
        now=now,
    )


async def insert_reviews(
    tx: Tx, event_id: EventId, made: dict[str, Application], *, reviewer_id: UserId, action: str, now: datetime
) -> None:
    """Appends the same decision about many, by the ids of the decisions, in one round trip."""
    same: dict[str, object] = {
        "event_id": event_id,
        "reviewer_id": reviewer_id,
        "action": action,
        "note": "",
        "fields": [],
        "now": now,
    }
    rows = [
        {"id": id, "application_id": each.id, "previous_status": each.status.value, **same} for id, each in made.items()
    ]
    await tx.run_many(INSERT_REVIEW, rows)


LIST_REVIEWS = """
    SELECT r.id, r.reviewer_id, u.name AS reviewer_name, r.action, r.note, r.fields, r.previous_status, r.at,
           r.undone_at
      FROM application_reviews r
      JOIN users u ON u.id = r.reviewer_id
     WHERE r.event_id = %(event_id)s AND r.application_id = %(application_id)s
     ORDER BY r.at DESC, r.id DESC
"""


async def list_reviews(tx: Tx, event_id: EventId, application_id: ApplicationId) -> list[Review]:
    """Every decision about an application, the newest first."""
    return await tx.all(Review, LIST_REVIEWS, event_id=event_id, application_id=application_id)


FIND_REVIEW = """
    SELECT r.id, r.reviewer_id, u.name AS reviewer_name, r.action, r.note, r.fields, r.previous_status, r.at,
           r.undone_at
      FROM application_reviews r
      JOIN users u ON u.id = r.reviewer_id
     WHERE r.event_id = %(event_id)s AND r.application_id = %(application_id)s AND r.id = %(id)s
"""


async def find_review(tx: Tx, event_id: EventId, application_id: ApplicationId, id: str) -> Review | None:
    """One decision."""
    return await tx.maybe(Review, FIND_REVIEW, event_id=event_id, application_id=application_id, id=id)


SET_UNDONE = """
    UPDATE application_reviews SET undone_at = %(now)s WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def set_undone(tx: Tx, event_id: EventId, id: str, *, now: datetime) -> None:
    """Marks a decision as taken back."""
    await tx.run(SET_UNDONE, event_id=event_id, id=id, now=now)


INSERT_NOTE = """
    INSERT INTO application_notes (event_id, id, application_id, author_id, text, created_at)
    VALUES (%(event_id)s, %(id)s, %(application_id)s, %(author_id)s, %(text)s, %(now)s)
"""


async def insert_note(
    tx: Tx,
    event_id: EventId,
    id: str,
    *,
    application_id: ApplicationId,
    author_id: UserId,
    text: str,
    now: datetime,
) -> None:
    """Adds a remark among reviewers."""
    await tx.run(
        INSERT_NOTE,
        event_id=event_id,
        id=id,
        application_id=application_id,
        author_id=author_id,
        text=text,
        now=now,
    )


LIST_NOTES = """
    SELECT n.id, n.author_id, u.name AS author_name, n.text, n.created_at
      FROM application_notes n
      JOIN users u ON u.id = n.author_id
     WHERE n.event_id = %(event_id)s AND n.application_id = %(application_id)s
     ORDER BY n.created_at, n.id
"""


async def list_notes(tx: Tx, event_id: EventId, application_id: ApplicationId) -> list[Note]:
    """The reviewers' remarks, the oldest first."""
    return await tx.all(Note, LIST_NOTES, event_id=event_id, application_id=application_id)
