"""The edge of a request: its services, its one transaction, its clock, its id (architecture §4.3)."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency as Given
from litestar.di import Provide

from revento.access.buffer import Buffer
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database, Tx
from revento.kernel.reader import Reader, Writer
from revento.kernel.secrets import Box, Keys
from revento.web.shared.limits import Limits

__all__ = ["DEPENDENCIES", "Asked", "Given", "Services", "ask", "ask_until", "services", "transaction"]

T = TypeVar("T")
_LOOK_S: Final = 0.3  # a long poll looks this often; each time a transaction of a millisecond


class Services(msgspec.Struct, frozen=True):
    """What the composition root made once for the whole process."""

    settings: Settings
    db: Database
    clock: Clock
    keys: Keys
    box: Box
    tokens: Reader  # token checks, always on the primary
    writer: Writer  # the token endpoint's straight way
    reader: Reader  # what integrations read; a replica's, when there is one
    limits: Limits
    ledger: Buffer


async def ask(provided: Services, work: Callable[[Tx], Awaitable[T]]) -> T:
    """`work` in a transaction of its own, for handlers that must not hold one for as long as they last."""
    async with provided.db.tx() as tx:
        return await work(tx)


async def ask_until(provided: Services, work: Callable[[Tx], Awaitable[T | None]], *, until: float) -> T | None:
    """The same again and again until there is an answer or the monotonic time `until` has come."""
    while True:
        found = await ask(provided, work)
        left = until - time.monotonic()
        if found is not None or left <= 0:
            return found
        await asyncio.sleep(min(_LOOK_S, left))


class Asked(msgspec.Struct, frozen=True):
    """Where a request came from, for audit rows: the peer's address and the request id."""

    address: str
    request_id: str


def services(state: State) -> Services:
    """The process's services, as the composition root stored them."""
    found: Services = state["services"]
    return found


async def _services(state: State) -> Services:
    return services(state)


async def _tx(state: State) -> AsyncGenerator[Tx]:
    """The request's transaction: the answer is made, then COMMIT, then the first byte; a raise rolls back."""
    async with services(state).db.tx() as opened:
        yield opened


@asynccontextmanager
async def transaction(provided: Services) -> AsyncGenerator[Tx]:
    """The same for handlers that read the whole request before they take a connection: COMMIT when the block ends."""
    async with provided.db.tx() as opened:
        yield opened


async def _clock(state: State) -> Clock:
    return services(state).clock


async def _settings(state: State) -> Settings:
    return services(state).settings


async def _keys(state: State) -> Keys:
    return services(state).keys


async def _asked(request: Request[Any, Any, State]) -> Asked:
    return Asked(request.client.host if request.client else "", str(request.scope.get("request_id", "")))


DEPENDENCIES: Final = {
    "tx": Provide(_tx),
    "clock": Provide(_clock),
    "settings": Provide(_settings),
    "keys": Provide(_keys),
    "provided": Provide(_services),
    "asked": Provide(_asked),
}
