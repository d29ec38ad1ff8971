"""SQL of consent pages that were shown."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId
from revento.oauth.consent.models import AuthorizationRequest, Pending

INSERT = """
    INSERT INTO consent_requests (hash, session_id, user_id, client_id, event_id, redirect_uri, state, code_challenge,
                                  required_scopes, optional_scopes, created_at, expires_at)
    VALUES (%(hash)s, %(session_id)s, %(user_id)s, %(client_id)s, %(event_id)s, %(redirect_uri)s, %(state)s,
            %(code_challenge)s, %(required_scopes)s, %(optional_scopes)s, %(now)s, %(expires_at)s)
"""


async def insert(
    tx: Tx,
    hash: bytes,
    request: AuthorizationRequest,
    *,
    event_id: EventId,
    session_id: str,
    user_id: UserId,
    required_scopes: list[str],
    optional_scopes: list[str],
    expires_at: datetime,
    now: datetime,
) -> None:
    """Keeps what a page shows."""
    await tx.run(
        INSERT,
        hash=hash,
        session_id=session_id,
        user_id=user_id,
        client_id=request.client_id,
        event_id=event_id,
        redirect_uri=request.redirect_uri,
        state=request.state,
        code_challenge=request.code_challenge,
        required_scopes=required_scopes,
        optional_scopes=optional_scopes,
        expires_at=expires_at,
        now=now,
    )


LOCK = """
    SELECT session_id, user_id, client_id, event_id, redirect_uri, state, code_challenge, required_scopes,
           optional_scopes, expires_at, location
      FROM consent_requests
     WHERE hash = %(hash)s
       FOR UPDATE
"""


async def lock(tx: Tx, hash: bytes) -> Pending | None:
    """A page by its reference, locked: of two clicks the second sees the first's answer."""
    return await tx.maybe(Pending, LOCK, hash=hash)


SET_DECIDED = "UPDATE consent_requests SET decided_at = %(now)s, location = %(location)s WHERE hash = %(hash)s"


async def set_decided(tx: Tx, hash: bytes, location: bytes, *, now: datetime) -> None:
    """Keeps where the browser was sent on, sealed."""
    await tx.run(SET_DECIDED, hash=hash, location=location, now=now)
