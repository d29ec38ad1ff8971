"""Starlette and FastAPI.

`app.add_route("/webhooks/revento", webhook_route(receiver, log, handler), methods=["POST"])`
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from revento_sdk.adapters.outcome import AsyncHandler, aanswer, as_json
from revento_sdk.webhooks import DeliveryLog, Receiver


def webhook_route(
    receiver: Receiver, log: DeliveryLog, handler: AsyncHandler
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for one route. The body is read as it came, before any model is validated."""

    async def revento_webhook(request: Request) -> Response:
        outcome = await aanswer(receiver, log, handler, dict(request.headers), await request.body())
        return Response(as_json(outcome), outcome[0], media_type="application/json")

    return revento_webhook
