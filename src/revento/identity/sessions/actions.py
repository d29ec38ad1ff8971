"""The doors through which sessions come and go."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.audit import actions as audit
from revento.identity.sessions import queries
from revento.identity.sessions.models import SignedIn
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

LIFE: Final = timedelta(days=30)
SEEN_EVERY: Final = timedelta(minutes=5)  # a read must not cost a write each time
PREFIX: Final = "rev_session_"
_AGENT_LENGTH: Final = 200


class Opened(msgspec.Struct, frozen=True):
    """A new session: the cookie's value (kept only as a hash) and whose it is."""

    token: str
    session_id: str
    user_id: UserId


async def open_for(tx: Tx, user_id: UserId, *, address: str, user_agent: str, now: datetime) -> Opened:
    """Opens a session of its own name: nothing from before the sign-in lives on in it (checklist 65)."""
    token, id = secrets.new_secret(PREFIX), ids.new("ses")
    await queries.insert(
        tx,
        secrets.sha256(token),
        id,
        user_id=user_id,
        expires_at=now + LIFE,
        user_agent=user_agent[:_AGENT_LENGTH],
        address=address,
        now=now,
    )
    await audit.note(tx, user_id, "session.opened", id, now=now)
    return Opened(token, id, user_id)


async def resume(tx: Tx, token: str, *, now: datetime) -> SignedIn | None:
    """Who a cookie belongs to; slides the session's life, at most every few minutes."""
    if not secrets.is_well_formed(token, PREFIX):
        return None
    person = await queries.find_live(tx, secrets.sha256(token), now=now)
    if person is not None and now - person.last_seen_at > SEEN_EVERY:
        await queries.set_seen(tx, person.session_id, expires_at=now + LIFE, now=now)
    return person


async def revoke(tx: Tx, user_id: UserId, session_id: str, *, now: datetime) -> None:
    """Ends one of one's own sessions. Raises `NOT_FOUND`."""
    if not await queries.revoke(tx, user_id, session_id, now=now):
        raise Refused(errors.NOT_FOUND)
    await audit.note(tx, user_id, "session.revoked", session_id, now=now)


async def revoke_all(tx: Tx, user_id: UserId, *, keep: str | None = None, now: datetime) -> int:
    """Ends all of one's sessions, but the one to `keep`; how many."""
    ended = await queries.revoke_all(tx, user_id, keep=keep, now=now)
    await audit.note(tx, user_id, "session.all_revoked", user_id, now=now)
    return ended
