"""The database: a pool, a transaction with four verbs, rows as structs. The only place that knows the driver."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, LiteralString, TypeVar

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg import sql as quoted
from psycopg.rows import AsyncRowFactory, TupleRow, tuple_row
from psycopg.types.json import Jsonb, set_json_dumps
from psycopg_pool import AsyncConnectionPool, PoolTimeout

T = TypeVar("T")

Json = Jsonb
UniqueViolation = psycopg.errors.UniqueViolation
CheckViolation = psycopg.errors.CheckViolation
ForeignKeyViolation = psycopg.errors.ForeignKeyViolation
ExclusionViolation = psycopg.errors.ExclusionViolation
SerializationFailure = psycopg.errors.SerializationFailure
LockNotAvailable = psycopg.errors.LockNotAvailable
Unreachable = (psycopg.OperationalError, PoolTimeout)

OLDEST_SERVER: Final = 150_000  # PostgreSQL's own way of writing 15.0
# A forgotten transaction must not hold back vacuum, nor a stuck one a person's click.
_SESSION: Final = (
    "-c timezone=UTC -c idle_in_transaction_session_timeout=30000 -c statement_timeout=30000 -c lock_timeout=10000"
)
# For statements that are asked all the time and find their rows by keys: planning one costs more than running it. A
# plan that was made while a table was tiny would read all of it, and go on doing so as it grows: so none reads a whole
# table, and none lives for more than a second.
KEEPING_PLANS: Final = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
PLAN_LIVES_S: Final = 1.0
_encoder = msgspec.json.Encoder()
set_json_dumps(_encoder.encode)


class NoRow(LookupError):
    """A row that had to be there was not."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a query returns: columns become fields by name; a missing, surplus or mistyped one is refused."""


class Tx:
    """One open transaction. Opened and committed at the edge only (architecture §4.3)."""

    __slots__ = ("_binary", "_connection")

    def __init__(self, connection: AsyncConnection[TupleRow], *, binary: bool = False) -> None:
        self._connection = connection
        self._binary = binary

    async def all(self, kind: type[T], sql: LiteralString, **params: Any) -> list[T]:
        """Every row, as `kind`: a struct by column name, or the single column when `kind` is a plain type."""
        cursor = await self._connection.execute(sql, params or None, binary=self._binary)
        rows = await cursor.fetchall()
        if not rows:
            return []
        if not issubclass(kind, msgspec.Struct):
            return [row[0] for row in rows]
        names = [column.name for column in cursor.description or ()]
        return [msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows]

    async def maybe(self, kind: type[T], sql: LiteralString, **params: Any) -> T | None:
        """The one row, or `None`."""
        rows = await self.all(kind, sql, **params)
        if len(rows) > 1:
            raise AssertionError("a statement meant for one row returned several")
        return rows[0] if rows else None

    async def one(self, kind: type[T], sql: LiteralString, **params: Any) -> T:
        """The one row. Raises `NoRow`."""
        row = await self.maybe(kind, sql, **params)
        if row is None:
            raise NoRow(sql.split(maxsplit=6)[:6])
        return row

    async def run(self, sql: LiteralString, **params: Any) -> int:
        """Runs a statement; how many rows it touched."""
        cursor = await self._connection.execute(sql, params or None)
        return cursor.rowcount

    async def run_many(self, sql: LiteralString, rows: list[dict[str, Any]]) -> None:
        """Runs one statement for many parameter sets, pipelined: one round trip for all of them."""
        if rows:
            async with self._connection.cursor() as cursor:
                await cursor.executemany(sql, rows)

    @asynccontextmanager
    async def part(self) -> AsyncGenerator[None]:
        """A part that PostgreSQL may refuse: what was done before it stays, and the transaction goes on."""
        async with self._connection.transaction():
            yield

    @property
    def connection(self) -> AsyncConnection[TupleRow]:
        """The driver's connection, for the job queue, which enlists in our transaction."""
        return self._connection


_TUPLES: AsyncRowFactory[TupleRow] = tuple_row


class _Connection(AsyncConnection[TupleRow]):
    """A connection that knows when its plans were made."""

    planned_at = 0.0


async def _plan_anew(connection: AsyncConnection[TupleRow]) -> None:
    """Drops plans that have lived long enough, before the connection is handed out."""
    assert isinstance(connection, _Connection)
    if time.monotonic() - connection.planned_at >= PLAN_LIVES_S:
        await connection.execute("DISCARD PLANS")
        connection.planned_at = time.monotonic()


class Database:
    """A pool of connections and the door to transactions."""

    def __init__(
        self, pool: AsyncConnectionPool[AsyncConnection[TupleRow]], url: str, *, keeps_plans: bool = False
    ) -> None:
        self._pool = pool
        self._binary = keeps_plans
        self.url = url

    @classmethod
    async def open(cls, url: str, *, size: int = 10, wait_s: float = 10.0, keeps_plans: bool = False) -> "Database":
        """Connects. `size` is the most connections at once. Raises `Unreachable` after `wait_s`.

        `keeps_plans`: for statements that run many times a second and find their rows by keys. Rows come in binary.
        """
        kept = KEEPING_PLANS if keeps_plans else {}
        pool: AsyncConnectionPool[AsyncConnection[TupleRow]] = AsyncConnectionPool(
            url,
            connection_class=_Connection,
            min_size=1,
            max_size=size,
            open=False,
            timeout=wait_s,
            check=_plan_anew if keeps_plans else None,
            kwargs={
                "autocommit": True,
                "row_factory": _TUPLES,
                "options": " ".join([_SESSION, *[f"-c {name}={value}" for name, value in kept.items()]]),
                "prepare_threshold": 3,
            },
        )
        await pool.open(wait=True, timeout=wait_s)
        return cls(pool, url, keeps_plans=keeps_plans)

    @asynccontextmanager
    async def tx(self) -> AsyncGenerator[Tx]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with self._pool.connection() as connection, connection.transaction():
            yield Tx(connection, binary=self._binary)

    @asynccontextmanager
    async def pipeline(self) -> AsyncGenerator[Tx]:
        """A transaction in as few round trips as it asks for answers; BEGIN and COMMIT go out with statements.

        What PostgreSQL refuses is told with a later statement or at the end.
        """
        async with self._pool.connection() as connection, connection.pipeline(), connection.transaction():
            yield Tx(connection, binary=self._binary)

    @asynccontextmanager
    async def statement(self) -> AsyncGenerator[Tx]:
        """For one single statement that is a transaction by itself: committed as it ends, in one round trip."""
        async with self._pool.connection() as connection:
            yield Tx(connection, binary=self._binary)

    @asynccontextmanager
    async def listen(self, channel: LiteralString) -> AsyncGenerator[AsyncConnection[TupleRow]]:
        """A dedicated connection that listens on `channel`; iterate `connection.notifies(timeout=…)`."""
        connection = await AsyncConnection.connect(self.url, autocommit=True)
        try:
            await connection.execute(quoted.SQL("LISTEN {}").format(quoted.Identifier(channel)))
            yield connection
        finally:
            await connection.close()

    async def close(self) -> None:
        """Closes every connection."""
        await self._pool.close()


def reach(url: str, *, wait_s: int = 5) -> None:
    """Proves that the server at `url` answers and is new enough. Raises `Unreachable` with its own words."""
    with psycopg.connect(url, connect_timeout=wait_s) as connection:
        version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise psycopg.OperationalError(f"it is PostgreSQL {version // 10_000}, {OLDEST_SERVER // 10_000} is the oldest")
