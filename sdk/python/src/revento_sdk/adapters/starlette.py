"""Starlette and FastAPI.

`app.add_route("/webhooks/revento", webhook_route(receiver, log, handler), methods=["POST"])`
"""

import inspect
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from revento_sdk.adapters.outcome import AsyncHandler, Handler, aanswer, as_json
from revento_sdk.webhooks import Delivery, DeliveryLog, Receiver


def webhook_route(
    receiver: Receiver, log: DeliveryLog, handler: Handler | AsyncHandler
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for one route. The body is read as it came, before any model is validated.

    An `async def` handler is awaited; a plain one runs in a thread, as these frameworks do it with plain endpoints.
    """

    async def handled(delivery: Delivery) -> None:
        is_async = inspect.iscoroutinefunction(handler)
        result = handler(delivery) if is_async else await run_in_threadpool(handler, delivery)
        if inspect.isawaitable(result):
            await result

    async def revento_webhook(request: Request) -> Response:
        outcome = await aanswer(receiver, log, handled, dict(request.headers), await request.body())
        return Response(as_json(outcome), outcome[0], media_type="application/json")

    return revento_webhook
