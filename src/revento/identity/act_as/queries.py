"""SQL of consents to act, and of the sessions that use them."""

from datetime import datetime

from revento.identity.act_as.models import Acting, Consent
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

FIND_LIVE = """
    SELECT id, user_id, reason, given_at, expires_at, ended_at
      FROM act_as_consents
     WHERE user_id = %(user_id)s AND ended_at IS NULL AND expires_at > %(now)s
     ORDER BY expires_at DESC
     LIMIT 1
"""


async def find_live(tx: Tx, user_id: UserId, *, now: datetime) -> Consent | None:
    """The person's consent that holds now."""
    return await tx.maybe(Consent, FIND_LIVE, user_id=user_id, now=now)


INSERT = """
    INSERT INTO act_as_consents (id, user_id, reason, given_at, expires_at)
    VALUES (%(id)s, %(user_id)s, %(reason)s, %(now)s, %(expires_at)s)
"""


async def insert(tx: Tx, id: str, *, user_id: UserId, reason: str, expires_at: datetime, now: datetime) -> None:
    """Keeps a consent."""
    await tx.run(INSERT, id=id, user_id=user_id, reason=reason, expires_at=expires_at, now=now)


END_ALL = """
    UPDATE act_as_consents SET ended_at = %(now)s
     WHERE user_id = %(user_id)s AND ended_at IS NULL AND expires_at > %(now)s
"""


async def end_all(tx: Tx, user_id: UserId, *, now: datetime) -> int:
    """Takes every consent back; sessions that use one are the operator's own again at once."""
    return await tx.run(END_ALL, user_id=user_id, now=now)


SET_SESSION = "UPDATE sessions SET act_as_id = %(consent_id)s WHERE id = %(session_id)s"


async def set_session(tx: Tx, session_id: str, consent_id: str | None) -> None:
    """Lets a session act under a consent, or be its owner's again."""
    await tx.run(SET_SESSION, session_id=session_id, consent_id=consent_id)


# Index sessions_acting.
LIST_ACTING = """
    SELECT u.name, s.last_seen_at
      FROM act_as_consents c
      JOIN sessions s ON s.act_as_id = c.id AND s.revoked_at IS NULL AND s.expires_at > %(now)s
      JOIN users u ON u.id = s.user_id AND u.is_operator
     WHERE c.user_id = %(user_id)s AND c.ended_at IS NULL AND c.expires_at > %(now)s
     ORDER BY u.name
"""


async def list_acting(tx: Tx, user_id: UserId, *, now: datetime) -> list[Acting]:
    """Who acts for the person now."""
    return await tx.all(Acting, LIST_ACTING, user_id=user_id, now=now)
