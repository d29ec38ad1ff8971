"""Handing in a report of the conformance kit, with the client's credentials (contract §10)."""

from typing import Any, Final

from litestar import Request, Response, post
from litestar.datastructures import State

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.v1.integration import Reported
from revento.contract.v1.wire import Wire
from revento.integrations.conformance import actions
from revento.integrations.credentials.models import ProvenClient
from revento.kernel.db import Tx
from revento.web.api.integration import served
from revento.web.shared import edge
from revento.web.shared.edge import Given, Services


@post("/api/v1/integration/conformance", status_code=200)
async def report(request: Request[Any, Any, State], provided: Given[Services]) -> Response[Any]:
    """Takes in the file that `revento check --report` wrote; the console's checklist is filled from it."""
    raw = await request.body()

    async def work(client: ProvenClient) -> Wire:
        async def take(tx: Tx) -> tuple[int, int]:
            now, id = provided.clock.now(), client.client_id
            return await actions.receive(tx, id, client.integration_id, raw, by=id, box=provided.box, now=now)

        try:
            passed, failed = await edge.ask(provided, take)
        except Refused as refused:
            raise Refused(errors.INVALID_REQUEST, refused.say, field="report", expected=refused.say) from refused
        return Reported(passed=passed, failed=failed)

    return await served(request, provided, work)


HANDLERS: Final = (report,)
