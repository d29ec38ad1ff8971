"""SQL of sessions."""

from datetime import datetime

from revento.identity.sessions.models import Session, SignedIn
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

FIND_LIVE = """
    SELECT u.id AS user_id, s.id AS session_id, u.name, u.email, u.email_verified_at, u.locale, u.time_zone,
           u.is_operator AND c.id IS NULL AS is_operator, s.authenticated_at, s.last_seen_at,
           CASE WHEN c.id IS NOT NULL THEN s.user_id END AS acted_by, c.expires_at AS acting_until,
           c.id IS NOT NULL AND u.is_sandbox AS is_persona
      FROM sessions s
      LEFT JOIN act_as_consents c ON c.id = s.act_as_id AND c.ended_at IS NULL AND c.expires_at > %(now)s
           AND EXISTS (SELECT 1 FROM users o WHERE (o.id = s.user_id AND o.is_operator)
                                                OR (o.id = c.user_id AND o.is_sandbox))
      JOIN users u ON u.id = coalesce(c.user_id, s.user_id) AND u.deleted_at IS NULL
     WHERE s.hash = %(hash)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s
"""


async def find_live(tx: Tx, hash: bytes, *, now: datetime) -> SignedIn | None:
    """The person behind a session that is neither revoked nor too old."""
    return await tx.maybe(SignedIn, FIND_LIVE, hash=hash, now=now)


INSERT = """
    INSERT INTO sessions (hash, id, user_id, created_at, last_seen_at, authenticated_at, expires_at, user_agent,
                          address)
    VALUES (%(hash)s, %(id)s, %(user_id)s, %(now)s, %(now)s, %(now)s, %(expires_at)s, %(user_agent)s, %(address)s)
"""


async def insert(
    tx: Tx,
    hash: bytes,
    id: str,
    *,
    user_id: UserId,
    expires_at: datetime,
    user_agent: str,
    address: str,
    now: datetime,
) -> None:
    """Opens a session."""
    await tx.run(
        INSERT,
        hash=hash,
        id=id,
        user_id=user_id,
        expires_at=expires_at,
        user_agent=user_agent,
        address=address,
        now=now,
    )


SET_SEEN = """
    UPDATE sessions SET last_seen_at = %(now)s, expires_at = %(expires_at)s WHERE id = %(id)s
"""


async def set_seen(tx: Tx, id: str, *, expires_at: datetime, now: datetime) -> None:
    """Slides a session's life."""
    await tx.run(SET_SEEN, id=id, expires_at=expires_at, now=now)


REVOKE = """
    UPDATE sessions SET revoked_at = %(now)s WHERE user_id = %(user_id)s AND id = %(id)s AND revoked_at IS NULL
"""


async def revoke(tx: Tx, user_id: UserId, id: str, *, now: datetime) -> int:
    """Ends one of a person's sessions; 0 when it is not hers or over."""
    return await tx.run(REVOKE, user_id=user_id, id=id, now=now)


REVOKE_ALL = """
    UPDATE sessions SET revoked_at = %(now)s
     WHERE user_id = %(user_id)s AND revoked_at IS NULL AND (%(keep)s::text IS NULL OR id <> %(keep)s)
"""


async def revoke_all(tx: Tx, user_id: UserId, *, keep: str | None, now: datetime) -> int:
    """Ends all of a person's sessions but one."""
    return await tx.run(REVOKE_ALL, user_id=user_id, keep=keep, now=now)


LIST_LIVE = """
    SELECT id, created_at, last_seen_at, user_agent, address
      FROM sessions
     WHERE user_id = %(user_id)s AND revoked_at IS NULL AND expires_at > %(now)s
     ORDER BY last_seen_at DESC
     LIMIT 100
"""


async def list_live(tx: Tx, user_id: UserId, *, now: datetime) -> list[Session]:
    """A person's open sessions, the latest used first."""
    return await tx.all(Session, LIST_LIVE, user_id=user_id, now=now)
