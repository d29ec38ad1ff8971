"""Who calls: the client's proof, and what its failure costs (contract §5.2: 60 a minute and address)."""

from datetime import datetime
from typing import Any

from litestar import Response

from revento.contract import errors
from revento.contract.errors import Reason
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials.models import ProvenClient
from revento.kernel.db import Tx
from revento.oauth.audit import actions as audit
from revento.oauth.leaks.actions import ANYBODY
from revento.web.oauth.wire import AnyRequest, Shown
from revento.web.shared.edge import Services
from revento.web.shared.errors import answer


async def prove(tx: Tx, shown: Shown | None, *, now: datetime) -> ProvenClient | Reason:
    """The proven client, or `INVALID_CLIENT`, which is audited: the same words whether it is unknown or wrong."""
    client = await credentials.prove(tx, shown.client_id, shown.secret, now=now) if shown else None
    if client is None:
        await audit.note(tx, ANYBODY, "token.refused", reason=errors.INVALID_CLIENT.code, now=now)
        return errors.INVALID_CLIENT
    return client


async def refused(request: AnyRequest, provided: Services, reason: Reason) -> Response[Any]:
    """A no to a client. Who could not prove itself too often from one address is told to wait instead."""
    limited = await too_many(request, provided) if reason is errors.INVALID_CLIENT else None
    return limited or answer(request, reason)


async def too_many(request: AnyRequest, provided: Services) -> Response[Any] | None:
    """Counts a call by nobody we know; the answer when it is one too many."""
    address = request.client.host if request.client else ""
    wait = await provided.limits.stranger(address, provided.clock.now())
    if wait is None:
        return None
    response = answer(request, errors.RATE_LIMIT_EXCEEDED, window="minute")
    response.headers["Retry-After"] = str(wait)
    return response
