"""`revento dispatch` as operators run it."""

import signal

from tests.webhooks import processes, world
from tests.webhooks.conftest import NOTHING_LEFT, until


async def test_the_command_delivers_and_leaves_politely(db, database_url, con, receiver, tmp_path) -> None:
    async with processes.dispatching(database_url, tmp_path) as process:
        await world.happen(db, con, 3)
        await receiver.count(3)
        await until(db, NOTHING_LEFT)
        process.send(signal.SIGTERM)
        assert await process.ends() == 0
    assert [one.sequence for one in receiver.got] == [1, 2, 3]
    async with db.tx() as tx:
        assert await tx.one(int, "SELECT count(*) FROM dispatchers") == 0
        assert await tx.one(int, "SELECT count(*) FROM dispatch_shards WHERE owner IS NOT NULL") == 0


async def test_without_a_database_the_command_says_so_in_one_line(tmp_path) -> None:
    async with processes.dispatching("postgresql://127.0.0.1:1/none", tmp_path) as process:
        assert await process.ends() == 1
    (line,) = (tmp_path / "dispatch.log").read_text().splitlines()
    assert line.startswith("revento: DATABASE_URL: cannot reach the database")
