"""`POST /oauth/report-leak`: whoever finds one of our tokens in the open ends it here (contract §3.3)."""

from typing import Any, Final

from litestar import Response, post

from revento.contract import errors
from revento.contract.errors import Refused
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.oauth.leaks import actions as leaks
from revento.web.oauth import wire
from revento.web.oauth.wire import AnyRequest
from revento.web.shared.edge import Given


@post("/oauth/report-leak", status_code=200)
async def report_leak(
    request: AnyRequest, tx: Given[Tx], clock: Given[Clock], settings: Given[Settings]
) -> Response[Any]:
    """Ends the token at once and tells the integration's people. The answer says whether there was something to end."""
    fields = await wire.read(request)
    if "token" not in fields:
        raise Refused(errors.INVALID_REQUEST, "token is missing.")
    ended = await leaks.report(tx, fields["token"], base_url=settings.base_url, now=clock.now())
    return wire.answer({"ended": ended})


HANDLERS: Final = [report_leak]
