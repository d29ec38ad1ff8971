"""Webhook dispatch as a process: `await run(settings, …)`; see `dispatcher` for what it does."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final

from revento.kernel.clock import Clock
from revento.kernel.config import Misconfigured, Settings
from revento.kernel.db import Database
from revento.kernel.secrets import Box, Keys, load_or_create_key
from revento.webhooks.deliver import Sender
from revento.workers.dispatch.dispatcher import ClockOff, Dispatcher

__all__ = ["ClockOff", "Dispatcher", "run"]

_CONNECTIONS: Final = 4  # for what happens now and then
_BUSY: Final = 6  # for routing, two claims, recording, and room for one that hangs


async def run(
    settings: Settings, stop: asyncio.Event, *, clock: Clock | None = None, ready: asyncio.Event | None = None
) -> None:
    """Dispatches webhooks until `stop` is set; then finishes what is in flight (10 s at most) and returns.

    Raises `ClockOff` when this machine's clock cannot be trusted to sign, and `Misconfigured`.
    """
    if settings.database_url is None:
        raise Misconfigured("DATABASE_URL", "is missing; `revento up` brings a database of its own")
    box = Box(Keys(settings.secret_key or load_or_create_key(settings.data_dir)))
    async with AsyncExitStack() as open_until_the_end:
        db = await Database.open(settings.database_url, size=_CONNECTIONS)
        open_until_the_end.push_async_callback(db.close)
        busy = await Database.open(settings.database_url, size=_BUSY, keeps_plans=True)
        open_until_the_end.push_async_callback(busy.close)
        sender = Sender(allowed=settings.webhook_allow_nets)
        open_until_the_end.push_async_callback(sender.close)
        dispatcher = Dispatcher(db, busy, sender, box, clock or Clock(), ladder=settings.retry_schedule)
        await dispatcher.run(stop, ready=ready)
