"""What an endpoint answers, the same in every framework."""

import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from revento_sdk.webhooks import Busy, Delivery, DeliveryLog, NotGenuine, Receiver, once

Handler = Callable[[Delivery], object]
AsyncHandler = Callable[[Delivery], Awaitable[object]]
MOST_BYTES: Final = 1 << 20
"""No delivery is larger; whoever sends more is not Revento."""

Outcome = tuple[int, Mapping[str, Any]]
_TOO_LARGE: Final[Outcome] = (413, {"error": "payload_too_large"})
_BUSY: Final[Outcome] = (503, {"error": "busy"})
_NOT_GENUINE: Final[Outcome] = (401, {"error": "not_genuine"})
_OK: Final[Outcome] = (200, {"ok": True})


def plain(handler: Handler) -> Handler:
    """The handler, unless nobody would ever await it. Raises `TypeError` then, when your site starts."""
    if inspect.iscoroutinefunction(handler):
        raise TypeError("an async handler would never run here: give a plain function")
    return handler


def answer(receiver: Receiver, log: DeliveryLog, handler: Handler, headers: Mapping[str, str], raw: bytes) -> Outcome:
    """Status and body. What the handler raises is raised on: the framework's 500 makes Revento try again."""
    if len(raw) > MOST_BYTES:
        return _TOO_LARGE
    try:
        delivery = receiver.receive(headers, raw)
        with once(log, delivery) as first:
            if first:
                handler(delivery)
    except NotGenuine:
        return _NOT_GENUINE
    except Busy:
        return _BUSY
    return _OK


async def aanswer(
    receiver: Receiver, log: DeliveryLog, handler: AsyncHandler, headers: Mapping[str, str], raw: bytes
) -> Outcome:
    """The same for a handler that is awaited."""
    if len(raw) > MOST_BYTES:
        return _TOO_LARGE
    try:
        delivery = receiver.receive(headers, raw)
        with once(log, delivery) as first:
            if first:
                await handler(delivery)
    except NotGenuine:
        return _NOT_GENUINE
    except Busy:
        return _BUSY
    return _OK


def as_json(outcome: Outcome) -> bytes:
    """The body as bytes."""
    return json.dumps(outcome[1]).encode()
