"""`POST /oauth/introspect` (RFC 7662): what a client's own token is worth right now."""

from typing import Any, Final

from litestar import Response, post

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.contract.v1.token import Inactive
from revento.oauth.families import actions as families
from revento.oauth.families import shapes
from revento.web.oauth import clients, wire
from revento.web.oauth.wire import AnyRequest
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services


@post("/oauth/introspect", status_code=200)
async def introspect(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """A live token of one's own in full; of everything else only that it is not active."""
    fields = await wire.read(request)
    shown = wire.shown(request, fields)
    now = provided.clock.now()
    async with edge.transaction(provided) as tx:
        client = await clients.prove(tx, shown, now=now)
        found = None
        if not isinstance(client, Reason):
            if "token" not in fields:
                raise Refused(errors.INVALID_REQUEST, "token is missing.")
            found = await families.find_live(tx, client, fields["token"], now=now)
    if isinstance(client, Reason):
        return await clients.refused(request, provided, client)
    return wire.answer(shapes.introspected(found, provided.settings.base_url) if found else Inactive(active=False))


HANDLERS: Final = [introspect]
