"""Webhook dispatch as a process: `await run(settings, …)`; see `dispatcher` for what it does."""

import asyncio

from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.kernel.secrets import Box
from revento.webhooks.deliver import Sender
from revento.workers.dispatch.dispatcher import ClockOff, Dispatcher

__all__ = ["ClockOff", "Dispatcher", "run"]


async def run(
    settings: Settings, db: Database, box: Box, clock: Clock, stop: asyncio.Event, *, ready: asyncio.Event | None = None
) -> None:
    """Dispatches webhooks until `stop` is set; then finishes what is in flight (10 s at most) and returns.

    Needs a pool of at least 6 connections. Raises `ClockOff` when this machine's clock cannot be trusted to sign.
    """
    sender = Sender(allowed=settings.webhook_allow_nets)
    try:
        await Dispatcher(db, sender, box, clock, ladder=settings.retry_schedule).run(stop, ready=ready)
    finally:
        await sender.close()
