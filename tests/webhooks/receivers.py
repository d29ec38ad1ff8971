"""A real receiver on loopback that tests command: what it answers, how slowly, and what it got."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def id(self) -> str:
        return self.headers["X-Revento-Delivery-Id"]

    @property
    def attempt(self) -> int:
        return int(self.headers["X-Revento-Attempt"])

    @property
    def sequence(self) -> int:
        return int(self.headers["X-Revento-Sequence"])

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers 200 unless told otherwise; `answers` are used up first."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    then: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hold: asyncio.Event | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, enough: Callable[["Receiver"], bool], *, within: float = 60.0) -> None:
        """Waits for requests until `enough` says so."""
        async with asyncio.timeout(within):
            while not enough(self):
                self._changed.clear()
                await self._changed.wait()

    async def count(self, n: int, *, within: float = 60.0) -> list[Got]:
        """Waits for `n` requests."""
        await self.until(lambda one: len(one.got) >= n, within=within)
        return self.got

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.got.append(Got(dict(request.headers), body, request.path_qs))
        self._changed.set()
        if self.hold is not None:
            await self.hold.wait()
        status = self.answers.pop(0) if self.answers else self.then
        return web.Response(status=status, text="said the receiver", headers=self.headers)


@asynccontextmanager
async def listening(
    receiver: Receiver | None = None, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncGenerator[Receiver]:
    """A receiver for one test; one that was cut off may be given again, with the port that it had."""
    receiver = receiver or Receiver()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", receiver.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://{host}:{port}/hook"
    yield receiver
    if receiver.hold is not None:
        receiver.hold.set()
    await runner.cleanup()
