"""SQL of dispatchers and their shards. Correctness never hangs on it (claims are fenced); fairness and caps do."""

from datetime import datetime
from typing import Any

from revento.kernel.db import Json, Row, Tx

# A dispatcher is counted for 5 s after its last beat; a shard is free 6 s after its owner's.
BEAT = """
    INSERT INTO dispatchers AS d (id, host, pid, figures) VALUES (%(id)s, %(host)s, %(pid)s, %(figures)s)
    ON CONFLICT (id) DO UPDATE SET seen_at = now(), figures = excluded.figures
    RETURNING now() AS now, (SELECT count(*) FROM dispatchers o
                              WHERE o.id <> %(id)s AND o.seen_at > now() - interval '5 seconds') AS others
"""


class Beat(Row, frozen=True):
    """The database's time and how many other dispatchers are alive."""

    now: datetime
    others: int


async def beat(tx: Tx, id: str, *, host: str, pid: int, figures: dict[str, Any]) -> Beat:
    """Says that this dispatcher lives, and how it is doing."""
    return await tx.one(Beat, BEAT, id=id, host=host, pid=pid, figures=Json(figures))


RENEW = """
    UPDATE dispatch_shards SET owned_until = now() + interval '6 seconds' WHERE owner = %(id)s RETURNING shard
"""


async def renew(tx: Tx, id: str) -> list[int]:
    """Keeps the shards that are still mine; which."""
    return await tx.all(int, RENEW, id=id)


TAKE = """
    UPDATE dispatch_shards s SET owner = %(id)s, owned_until = now() + interval '6 seconds'
      FROM (SELECT shard FROM dispatch_shards WHERE owner IS NULL OR owned_until < now()
             ORDER BY shard LIMIT %(most)s FOR UPDATE SKIP LOCKED) free
     WHERE s.shard = free.shard
    RETURNING s.shard
"""


async def take(tx: Tx, id: str, *, most: int) -> list[int]:
    """Takes up to `most` free shards; which."""
    return await tx.all(int, TAKE, id=id, most=most)


DROP = "UPDATE dispatch_shards SET owner = NULL, owned_until = NULL WHERE owner = %(id)s AND shard = ANY (%(shards)s)"


async def drop(tx: Tx, id: str, shards: list[int]) -> None:
    """Gives shards up, for others to take."""
    await tx.run(DROP, id=id, shards=shards)


LEAVE = "DELETE FROM dispatchers WHERE id = %(id)s"


async def leave(tx: Tx, id: str) -> None:
    """This dispatcher is gone."""
    await tx.run(LEAVE, id=id)


FORGET = "DELETE FROM dispatchers WHERE seen_at < now() - interval '1 hour'"


async def forget(tx: Tx) -> int:
    """Forgets dispatchers that ended without a word; how many."""
    return await tx.run(FORGET)


LIST = """
    SELECT id, host, pid, started_at, seen_at, seen_at > now() - interval '5 seconds' AS is_alive, figures
      FROM dispatchers ORDER BY started_at, id
"""


class Dispatcher(Row, frozen=True):
    """A dispatcher as it described itself at its last beat; alive when that was within 5 s."""

    id: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    figures: dict[str, Any]


async def list_all(tx: Tx) -> list[Dispatcher]:
    """Every dispatcher of the last hour."""
    return await tx.all(Dispatcher, LIST)
