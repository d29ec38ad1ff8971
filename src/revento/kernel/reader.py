"""The hot paths' doors to the database: asyncpg, prepared statements, no transaction (docs/adr/003, 004).

Everything else goes through `kernel.db`. Statements take `$1`-style parameters and give plain tuples, by position.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, LiteralString
from weakref import WeakKeyDictionary

import asyncpg

from revento.kernel.db import KEEPING_PLANS, PLAN_LIVES_S, Unreachable
from revento.kernel.together import Record, Together

Connection = Any  # asyncpg ships no types of its own
_SESSION: Final = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "statement_timeout": "10000",
    "default_transaction_read_only": "on",
    "max_parallel_workers_per_gather": "0",  # a page is no work to share
    "application_name": "revento-api",
}
_WRITING: Final = {
    "timezone": "UTC",
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "application_name": "revento-tokens",
}
_LEASING: Final = _WRITING | {"application_name": "revento-leases"}
# Connections of a pool: more backends than a core or two can run make each statement dearer (bench/RESULTS.md, oauth).
_FEW: Final = 4
_LOST: Final = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)


# It answers, but another transaction stood in the way for too long.
_STOOD_IN_THE_WAY: Final = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class ReaderUnreachable(Exception):
    """The database did not answer; the edge makes it a 503."""


Away: Final = (ReaderUnreachable, *Unreachable)  # through whichever door


class Pool:
    """A few connections, opened when they are first needed, handed out last-used first so that the rest may idle.

    Who waits for one gets the next that is free, in turn: `asyncio.Queue` lets a newcomer overtake whoever it woke.
    """

    def __init__(
        self, url: str, session: dict[str, str], *, size: int, wait_s: float, keeps_plans: bool = True
    ) -> None:
        self._url = url
        self._session = session | (KEEPING_PLANS if keeps_plans else {"plan_cache_mode": "force_custom_plan"})
        self._planned_at: WeakKeyDictionary[Connection, float] | None = WeakKeyDictionary() if keeps_plans else None
        self._wait_s = wait_s
        self._idle: list[Connection | None] = [None] * size
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._together: dict[str, Together] = {}

    async def ask(self, sql: LiteralString, params: Sequence[Any], *, again: bool) -> list[Record]:
        """Every row. `again`: a connection that the server has closed meanwhile is replaced once."""
        connection = self._idle.pop() if self._idle else await self._turn()
        try:
            if connection is None or connection.is_closed():
                connection = await self._connect()
            if self._planned_at is not None:
                await _plan_anew(connection, self._planned_at)
            try:
                return await connection.fetch(sql, *params)
            except _LOST:
                await _drop(connection)
                if not again:
                    raise
                connection = await self._connect()
                return await connection.fetch(sql, *params)
        except (*_LOST, *_STOOD_IN_THE_WAY, OSError, TimeoutError) as error:
            raise ReaderUnreachable(str(error) or type(error).__name__) from error
        finally:
            self._give(connection)

    def _with_others(self, sql: LiteralString, *, again: bool) -> Together:
        """Those who ask this statement at the same moment."""
        found = self._together.get(sql)
        if found is None:
            found = self._together[sql] = Together(partial(self.ask, sql, again=again))
        return found

    async def close(self) -> None:
        """Closes what is idle."""
        while self._idle:
            connection = self._idle.pop()
            if connection is not None:
                await _drop(connection)

    async def _turn(self) -> Connection | None:
        """The next connection that is given back, after those who came before. Raises `ReaderUnreachable`."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Connection | None] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(self._wait_s, _give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:  # it came too late to be wanted
                self._give(turn.result())
            raise
        finally:
            timer.cancel()

    def _give(self, connection: Connection | None) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        self._idle.append(connection)

    async def _connect(self) -> Connection:
        try:
            return await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                self._url,
                timeout=self._wait_s,  # pyright: ignore[reportArgumentType]
                server_settings=self._session,
            )
        except asyncpg.PostgresError as error:  # no place left, no such database: it answers, but not to us
            raise ReaderUnreachable(str(error)) from error


class Reader(Pool):
    """The read API's: what it asks may be asked again, so a lost connection goes unnoticed.

    A statement is planned once for any parameters. Left alone, PostgreSQL would plan most pages anew, which costs more
    than the page itself.
    """

    def __init__(self, url: str, *, size: int = _FEW, wait_s: float = 5.0, keeps_plans: bool = True) -> None:
        super().__init__(url, _SESSION, size=size, wait_s=wait_s, keeps_plans=keeps_plans)
        self._more = (url, size, wait_s)
        self._by_value: Reader | None = None

    @property
    def by_value(self) -> "Reader":
        """The same for statements whose best plan depends on their parameters, such as how old `updated_since` is."""
        if self._by_value is None:
            url, size, wait_s = self._more
            self._by_value = Reader(url, size=size, wait_s=wait_s, keeps_plans=False)
        return self._by_value

    async def maybe(self, sql: LiteralString, *params: Any) -> Record | None:
        """The first row, or `None`. Raises `ReaderUnreachable`."""
        rows = await self.all(sql, *params)
        return rows[0] if rows else None

    async def all(self, sql: LiteralString, *params: Any) -> list[Record]:
        """Every row. Raises `ReaderUnreachable`."""
        return await self.ask(sql, params, again=True)

    async def own(self, sql: LiteralString, *params: Any) -> list[Record]:
        """This caller's rows of a statement for all who ask at the same moment. Raises `ReaderUnreachable`."""
        return await self._with_others(sql, again=True).ask(params)

    async def close(self) -> None:
        """Closes what is idle."""
        if self._by_value is not None:
            await self._by_value.close()
        await super().close()


class Writer(Pool):
    """The token endpoint's: each statement a transaction of its own (docs/adr/004).

    A statement here decides by itself whether it may change anything: nothing stands before it in its transaction.
    """

    def __init__(self, url: str, *, size: int = _FEW, wait_s: float = 5.0) -> None:
        super().__init__(url, _WRITING, size=size, wait_s=wait_s)

    async def write(self, sql: LiteralString, *params: Any) -> list[Record]:
        """Every row that a change returns. It is never sent twice. Raises `ReaderUnreachable`: it may have happened."""
        return await self.ask(sql, params, again=False)

    async def read_own(self, sql: LiteralString, *params: Any) -> list[Record]:
        """This caller's rows of a statement for all who ask at the same moment. Raises `ReaderUnreachable`."""
        return await self._with_others(sql, again=True).ask(params)

    async def write_own(self, sql: LiteralString, *params: Any) -> list[Record]:
        """The same for a change, which is one transaction for all of them. Raises `ReaderUnreachable`."""
        return await self._with_others(sql, again=False).ask(params)


class Leaser(Pool):
    """A dispatcher's: claims and records, hundreds of rows at a time, many times a second.

    Rows come in a few large reads. The driver of `kernel.db` takes a turn of the loop for every 16 KiB, and in a busy
    dispatcher a turn is milliseconds.
    """

    def __init__(self, url: str, *, size: int = _FEW, wait_s: float = 10.0) -> None:
        super().__init__(url, _LEASING, size=size, wait_s=wait_s)

    async def run(self, sql: LiteralString, *params: Any) -> list[Record]:
        """Every row. Never sent twice. Raises `ReaderUnreachable`: it may have happened."""
        return await self.ask(sql, params, again=False)


async def _plan_anew(connection: Connection, planned_at: WeakKeyDictionary[Connection, float]) -> None:
    """Drops plans that have lived long enough."""
    if time.monotonic() - planned_at.get(connection, 0.0) >= PLAN_LIVES_S:
        await connection.execute("DISCARD PLANS")
        planned_at[connection] = time.monotonic()


def _give_up(turn: asyncio.Future[Connection | None]) -> None:
    if not turn.done():
        turn.set_exception(ReaderUnreachable("every connection is busy"))


async def _drop(connection: Connection) -> None:
    with suppress(*_LOST, OSError, TimeoutError):
        await connection.close(timeout=1)


def join(*parts: LiteralString) -> LiteralString:
    """A statement out of parts that several statements share; all of them literal, so nothing can be slipped in."""
    return "".join(parts)


def json_time(column: LiteralString) -> LiteralString:
    """A time for a `concat(…)` that writes JSON: to the second, or null. Cheaper than to_char."""
    return join("coalesce('\"' || replace(left(", column, "::text, 19), ' ', 'T') || 'Z\"', 'null')")


def json_word(column: LiteralString) -> LiteralString:
    """An id or a word of ours, which need no escaping, likewise."""
    return join("coalesce('\"' || ", column, " || '\"', 'null')")
