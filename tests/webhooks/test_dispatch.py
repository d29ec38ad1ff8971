"""From a committed change to the receiver, through PostgreSQL and real HTTP."""

import asyncio

from revento.webhooks.claim import queries
from revento.workers.dispatch import recording
from revento.workers.dispatch.dispatcher import end_all
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until


async def test_a_committed_change_reaches_the_receiver_once(db, con, receiver) -> None:
    async with dispatching(db):
        (message_id,) = await world.happen(db, con, title="Winter Con")
        (got,) = await receiver.count(1)
        await until(db, NOTHING_LEFT)
    assert got.json["id"] == message_id
    assert got.json["type"] == "event.updated"
    assert got.json["data"]["title"] == "Winter Con"
    assert got.attempt == 1
    assert got.sequence == 1
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT state FROM delivery_log") == ["delivered"]
        assert await tx.all(str, "SELECT outcome FROM attempts") == ["ok"]


async def test_a_refused_delivery_is_tried_again_and_dies_at_the_end_of_the_ladder(db, con, receiver) -> None:
    receiver.then = 500
    async with dispatching(db, ladder=(0, 1, 1)):
        await world.happen(db, con)
        await receiver.count(3)
        await until(db, NOTHING_LEFT)
    assert [one.attempt for one in receiver.got] == [1, 2, 3]
    assert len({one.id for one in receiver.got}) == 1
    assert len({one.body for one in receiver.got}) == 1
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT state FROM delivery_log") == ["dead"]
        assert await tx.all(int, "SELECT status::int FROM attempts ORDER BY n") == [500, 500, 500]


async def test_a_thousand_changes_arrive_with_gapless_numbers(db, con, receiver) -> None:
    async with dispatching(db):
        async with db.tx() as tx:
            for _ in range(1000):
                await world.tell(tx, con)
        await receiver.count(1000)
        await until(db, NOTHING_LEFT)
    assert sorted(one.sequence for one in receiver.got) == list(range(1, 1001))


async def test_recording_finds_its_rows_by_their_key_however_many_are_out(db) -> None:
    async with db.tx() as tx:
        plan = await tx.all(str, "EXPLAIN " + queries.FINISH, tried="[]")
    assert "deliveries_leased" not in "\n".join(plan)


async def test_the_one_plan_of_a_claim_reads_a_batch_and_not_the_queue(db) -> None:
    """20,000 wait for one endpoint; the one plan for any parameters must not be made for a tenth of them."""
    async with db.tx() as tx:
        await tx.run(
            """INSERT INTO deliveries (endpoint_no, shard, id, seq, message_id, message_at, topic, resource_key)
               SELECT 1, 1, gen_random_uuid(), n, 'evt_delivery_1', now(), 'event.updated', 'evt_1'
                 FROM generate_series(1, 20000) AS n"""
        )
        await tx.run("ANALYZE deliveries")
        plan = "\n".join(await tx.all(str, "EXPLAIN (GENERIC_PLAN) " + queries.CLAIM))
    assert "Index Scan using deliveries_pkey on deliveries d" in plan
    assert "Seq Scan on deliveries" not in plan


async def test_hourly_figures_are_written_though_no_result_comes_after_them(db, con, receiver, monkeypatch) -> None:
    monkeypatch.setattr(recording, "HOURS_EVERY_S", 0.5)
    async with dispatching(db):
        for number in (1, 2, 3):
            await world.happen(db, con)
            await receiver.count(number)
        await until(db, "SELECT sum(succeeded) = 3 FROM endpoint_hours", within=15)
    async with db.tx() as tx:
        assert await tx.all(int, "SELECT failed FROM endpoint_hours") == [0]


async def test_a_loop_that_swallows_a_cancel_is_cancelled_again() -> None:
    cancelled = 0

    async def deaf() -> None:
        nonlocal cancelled
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    async with asyncio.timeout(15):
        await end_all([task])
    assert cancelled == 2
