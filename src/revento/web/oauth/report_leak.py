"""`POST /oauth/report-leak`: whoever finds one of our tokens in the open ends it here (contract §3.3)."""

from typing import Any, Final

from litestar import Response, post

from revento.contract import errors
from revento.contract.errors import Refused
from revento.oauth.leaks import actions as leaks
from revento.web.oauth import clients, wire
from revento.web.oauth.wire import AnyRequest
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services


@post("/oauth/report-leak", status_code=200)
async def report_leak(request: AnyRequest, provided: Given[Services]) -> Response[Any]:
    """Ends the token at once and tells the integration's people. The answer says what it led to."""
    if limited := await clients.too_many(request, provided):
        return limited
    fields = await wire.read(request)
    if "token" not in fields:
        raise Refused(errors.INVALID_REQUEST, "token is missing.")
    base_url, now = provided.settings.base_url, provided.clock.now()
    async with edge.transaction(provided) as tx:
        told = await leaks.report(tx, fields["token"], base_url=base_url, now=now)
    return wire.answer({"ended": told.ended, "reported": told.reported})


HANDLERS: Final = [report_leak]
