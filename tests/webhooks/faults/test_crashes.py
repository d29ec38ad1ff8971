"""Dispatchers that die, freeze or lose their lease: nothing lost, duplicates explained, numbers without a gap."""

import asyncio
import signal
from collections import Counter

from tests.webhooks import processes, world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until

ROUNDS, EACH = 4, 60


async def lapse(db) -> None:
    """The leases of those who are gone run out now instead of in a minute."""
    async with db.tx() as tx:
        await tx.run("UPDATE deliveries SET lease_until = now() - interval '1 second' WHERE state = 1")


async def test_killed_again_and_again_under_load_nothing_is_lost(db, database_url, con, receiver, tmp_path) -> None:
    left_leased = 0
    for _ in range(ROUNDS):
        before = len(receiver.got)
        process = await processes.start(database_url, tmp_path)
        telling = asyncio.create_task(world.happen(db, con, EACH))
        await receiver.until(lambda one, before=before: len(one.got) >= before + 10, within=40)
        await process.kill()
        await telling
        async with db.tx() as tx:
            left_leased += await tx.one(int, "SELECT count(*) FROM deliveries WHERE state = 1")
        await lapse(db)
    async with processes.dispatching(database_url, tmp_path) as last:
        await until(db, NOTHING_LEFT, within=60)
        last.send(signal.SIGTERM)
        assert await last.ends() == 0
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT DISTINCT state FROM delivery_log") == ["delivered"]
        assert await tx.one(int, "SELECT count(*) FROM delivery_log") == ROUNDS * EACH
    seen = Counter(one.id for one in receiver.got)
    numbers = {one.sequence for one in receiver.got}
    assert numbers == set(range(1, ROUNDS * EACH + 1))
    assert sum(seen.values()) - len(seen) <= left_leased


async def test_two_dispatchers_share_the_work_and_nothing_is_sent_twice(db, con, receiver) -> None:
    async with db.tx() as tx:
        for _ in range(7):
            await world.connect(tx, con, receiver.url)
    async with dispatching(db), dispatching(db):
        await until(db, "SELECT count(DISTINCT owner) = 2 FROM dispatch_shards", within=20)
        await world.happen(db, con, 20)
        await until(db, NOTHING_LEFT, within=30)
    assert len(receiver.got) == len({one.id for one in receiver.got}) == 160


async def test_lost_lease_cannot_close_another_workers_delivery(db, con, receiver) -> None:
    receiver.hold = asyncio.Event()
    async with dispatching(db) as slow:
        await world.happen(db, con)
        await receiver.count(1)
        async with db.tx() as tx:
            await tx.run("UPDATE deliveries SET lease_token = 42")
        receiver.hold.set()
        await until(db, "SELECT count(*) = 1 FROM deliveries WHERE state = 1 AND lease_token = 42")
        await until(db, "SELECT EXISTS (SELECT FROM dispatchers WHERE (figures->>'lost_leases')::integer = 1)")
        assert slow.counts.lost_leases == 1
        await lapse(db)
        await until(db, NOTHING_LEFT)
    assert [one.id for one in receiver.got] == [receiver.got[0].id] * 2
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT state FROM delivery_log") == ["delivered"]


async def test_a_rolled_back_change_is_never_told(db, con, receiver) -> None:
    async with dispatching(db):
        try:
            async with db.tx() as tx:
                await world.tell(tx, con, title="never happened")
                raise LookupError
        except LookupError:
            pass
        await world.happen(db, con, title="happened")
        await until(db, NOTHING_LEFT)
    assert [one.json["data"]["title"] for one in receiver.got] == ["happened"]
    assert receiver.got[0].sequence == 1
