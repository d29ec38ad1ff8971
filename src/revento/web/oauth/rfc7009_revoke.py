"""`POST /oauth/revoke` (RFC 7009): a client gives a token of its own back."""

from typing import Any, Final

from litestar import Response, post

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.oauth.families import actions as families
from revento.web.oauth import clients, wire
from revento.web.oauth.wire import AnyRequest
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services


@post("/oauth/revoke", status_code=200)
async def revoke(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """200 whatever the token was, so that a client's clean-up never fails; `token_type_hint` is not needed."""
    fields = await wire.read(request)
    shown = wire.shown(request, fields)
    now = provided.clock.now()
    async with edge.transaction(provided) as tx:
        client = await clients.prove(tx, shown, now=now)
        if not isinstance(client, Reason):
            if "token" not in fields:
                raise Refused(errors.INVALID_REQUEST, "token is missing.")
            await families.revoke(tx, client, fields["token"], now=now)
    return await clients.refused(request, provided, client) if isinstance(client, Reason) else wire.answer({})


HANDLERS: Final = [revoke]
