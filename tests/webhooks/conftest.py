"""A world with one connection, a receiver, and dispatchers that end with the test."""

import asyncio
import ipaddress
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.secrets import Box
from revento.webhooks.deliver import Sender
from revento.workers.dispatch import Dispatcher
from tests.webhooks import receivers, world

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@pytest.fixture
async def receiver() -> AsyncGenerator[receivers.Receiver]:
    """Somebody who listens."""
    async with receivers.listening() as listening:
        yield listening


@pytest.fixture
async def con(db: Database, receiver: receivers.Receiver) -> world.World:
    """An event with one integration connected, whose webhooks go to `receiver`."""
    async with db.tx() as tx:
        made = await world.make(tx)
        await world.connect(tx, made, receiver.url)
    return made


@asynccontextmanager
async def dispatching(
    db: Database,
    *,
    ladder: tuple[int, ...] = (0, 1, 1, 1),
    sender: Sender | None = None,
    clock: Clock | None = None,
    box: Box = world.BOX,
) -> AsyncGenerator[Dispatcher]:
    """A dispatcher at work; stopped cleanly at the end."""
    own, busy = sender or Sender(allowed=LOOPBACK), await Database.open(db.url, size=6, keeps_plans=True)
    dispatcher = Dispatcher(db, busy, own, box, clock or Clock(), ladder=ladder)
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(dispatcher.run(stop, ready=ready))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            yield dispatcher
    finally:
        stop.set()
        waiting.cancel()
        try:
            await task
        finally:
            await own.close()
            await busy.close()


async def until(db: Database, sql: Any, *, within: float = 60.0, **params: Any) -> None:
    """Waits until a query says true."""
    async with asyncio.timeout(within):
        while True:
            async with db.tx() as tx:
                if await tx.one(bool, sql, **params):
                    return
            await asyncio.sleep(0.02)


NOTHING_LEFT = """
    SELECT NOT EXISTS (SELECT FROM deliveries) AND NOT EXISTS (SELECT FROM message_queue)
"""
Making = Callable[[], Any]
