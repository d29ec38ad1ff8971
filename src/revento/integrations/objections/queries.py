"""SQL of objections."""

from datetime import datetime

from revento.integrations.objections.models import Objection
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, InstallationId, UserId

INSERT = """
    INSERT INTO objections (id, event_id, user_id, installation_id, reason, created_at)
    VALUES (%(id)s, %(event_id)s, %(user_id)s, %(installation_id)s, %(reason)s, %(now)s)
"""


async def insert(
    tx: Tx,
    id: str,
    *,
    event_id: EventId,
    user_id: UserId,
    installation_id: InstallationId,
    reason: str,
    now: datetime,
) -> None:
    """Objects."""
    await tx.run(
        INSERT, id=id, event_id=event_id, user_id=user_id, installation_id=installation_id, reason=reason, now=now
    )


LIST_OBJECTIONS = """
    SELECT b.id, b.event_id, b.user_id, coalesce(p.display_name, u.name) AS person_name, b.installation_id,
           g.name AS integration_name, e.title AS event_title, b.reason, b.created_at, b.answer, b.answered_by,
           b.answered_at
      FROM objections b
      JOIN users u ON u.id = b.user_id
      JOIN installations i ON i.id = b.installation_id
      JOIN integrations g ON g.id = i.integration_id
      JOIN events e ON e.id = b.event_id
      LEFT JOIN participants p ON p.event_id = b.event_id AND p.user_id = b.user_id
     WHERE (%(event_id)s::text IS NULL OR b.event_id = %(event_id)s)
       AND (%(user_id)s::text IS NULL OR b.user_id = %(user_id)s)
     ORDER BY b.answered_at IS NOT NULL, b.created_at DESC, b.id
     LIMIT 200
"""


async def list_by_event(tx: Tx, event_id: EventId) -> list[Objection]:
    """The objections in an event, unanswered ones first; index objections_by_event."""
    return await tx.all(Objection, LIST_OBJECTIONS, event_id=event_id, user_id=None)


async def list_by_user(tx: Tx, user_id: UserId) -> list[Objection]:
    """A person's own objections."""
    return await tx.all(Objection, LIST_OBJECTIONS, event_id=None, user_id=user_id)


SET_ANSWER = """
    UPDATE objections SET answer = %(answer)s, answered_by = %(by)s, answered_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s AND answered_at IS NULL
    RETURNING user_id
"""


async def set_answer(tx: Tx, event_id: EventId, id: str, *, answer: str, by: UserId, now: datetime) -> UserId | None:
    """Answers, once; who had objected, `None` when there is none to answer."""
    found = await tx.maybe(str, SET_ANSWER, event_id=event_id, id=id, answer=answer, by=by, now=now)
    return None if found is None else UserId(found)
