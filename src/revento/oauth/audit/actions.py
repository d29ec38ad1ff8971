"""Writing the token audit."""

from datetime import datetime
from typing import Final

import structlog

from revento.kernel.db import Tx
from revento.oauth.audit import queries
from revento.oauth.audit.models import Origin

SYSTEM: Final = "system"
# Every action there is, in the order of a token's life; what filters offer.
ACTIONS: Final = (
    "consent.approved",
    "consent.denied",
    "consent.refused",
    "token.issued",
    "token.refreshed",
    "token.repeated",
    "token.refused",
    "token.suspended",
    "token.resumed",
    "token.revoked",
    "access_token.revoked",
    "token.leaked",
)


def origin() -> Origin:
    """Address and request id of the request that is being answered."""
    context = structlog.contextvars.get_contextvars()
    return Origin(context.get("address"), context.get("request_id"))


async def note(
    tx: Tx,
    actor: str,
    action: str,
    *,
    now: datetime,
    client_id: str | None = None,
    integration_id: str | None = None,
    installation_id: str | None = None,
    event_id: str | None = None,
    organization_id: str | None = None,
    user_id: str | None = None,
    family_id: str | None = None,
    scopes: list[str] | None = None,
    reason: str | None = None,
) -> None:
    """Appends who (`cli_…`, `usr_…`, `anonymous`, `system`) did what, with the change that it reports. No secret."""
    await queries.insert(
        tx,
        actor=actor,
        action=action,
        client_id=client_id,
        integration_id=integration_id,
        installation_id=installation_id,
        event_id=event_id,
        organization_id=organization_id,
        user_id=user_id,
        family_id=family_id,
        scopes=scopes or [],
        reason=reason,
        origin=origin(),
        now=now,
    )
