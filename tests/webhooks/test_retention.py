"""A partition a day, 30 days kept."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from revento.contract import topics
from revento.kernel.config import Settings
from revento.kernel.partitions import queries as partitions
from revento.webhooks.erasing import actions as erasing
from revento.webhooks.outbox import actions as outbox
from revento.webhooks.retention import actions
from revento.workers import retention
from revento.workers.tools import Tools
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until


@pytest.fixture
def tools(db, clock, database_url) -> Tools:
    return Tools(Settings.read({"DATABASE_URL": database_url}), db, clock, world.KEYS, world.BOX)


async def days(db, table: str) -> list[str]:
    async with db.tx() as tx:
        return [day.isoformat() for day in await partitions.list_days(tx, table)]


@pytest.mark.parametrize("table", actions.PARTITIONED)
async def test_days_are_made_ahead_and_dropped_after_thirty(db, tools, clock, table) -> None:
    today = clock.now().date()
    await retention.keep(tools, table)
    ahead = [(today + timedelta(days=n)).isoformat() for n in range(8)]
    assert await days(db, table) == ahead
    await retention.keep(tools, table)
    assert await days(db, table) == ahead
    clock.pass_(days=33)
    await retention.keep(tools, table)
    kept = await days(db, table)
    assert kept[0] == (today + timedelta(days=3)).isoformat()
    assert kept[-1] == (today + timedelta(days=40)).isoformat()


async def test_rows_land_in_their_day_and_go_with_it(db, con, receiver, tools, clock) -> None:
    for table in actions.PARTITIONED:
        await retention.keep(tools, table)
    async with dispatching(db):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
    name = f"delivery_log_{datetime.now(UTC):%Y%m%d}"
    async with db.tx() as tx:
        where = "SELECT DISTINCT tableoid::regclass::text FROM delivery_log"
        assert await tx.all(str, where) == [name]
    clock.pass_(days=32)
    for table in actions.PARTITIONED:
        await retention.keep(tools, table)
    async with db.tx() as tx:
        for table in ("messages", "delivery_log", "attempts"):
            assert await tx.one(int, "SELECT count(*) FROM " + table) == 0


async def test_what_lies_in_the_default_partition_ages_too(db, con, receiver, tools, clock) -> None:
    async with dispatching(db):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
    await retention.keep(tools, "messages")
    assert clock.now().date().isoformat() not in await days(db, "messages")
    clock.pass_(days=32)
    await retention.keep(tools, "messages")
    async with db.tx() as tx:
        assert await tx.one(int, "SELECT count(*) FROM messages") == 0


async def test_a_delivery_whose_message_is_gone_is_closed_with_its_reason(db, con, receiver) -> None:
    async with dispatching(db):
        async with db.tx() as tx:
            await tx.run("UPDATE installations SET paused_at = now()")
        await world.happen(db, con)
        await until(db, "SELECT count(*) = 1 FROM deliveries WHERE state = 4")
        async with db.tx() as tx:
            await tx.run("DELETE FROM messages")
            await tx.run("UPDATE installations SET paused_at = NULL")
        await until(db, NOTHING_LEFT, within=20)
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT state || ' ' || last_error FROM delivery_log") == ["cancelled expired"]


async def test_a_person_who_leaves_is_erased_from_what_is_still_to_be_told(db, con, receiver) -> None:
    async with db.tx() as tx:
        await world.tell(tx, con, title="Cyd Leaver")
        await world.tell(tx, con, title="Cyd Leaver and friends")
        await outbox.put(
            tx,
            topics.EVENT_UPDATED,
            event_id=con.event_id,
            organization_id=con.organization_id,
            data=world.event_updated(con, title="Cyd Leaver"),
            now=datetime.now(UTC),
            debounce=timedelta(seconds=1),
        )
        await erasing.erase(tx, ["evt_other"], ["app_1"], {"Summer Con"}, pseudonym="Somebody")
        await erasing.erase(tx, [con.event_id], ["app_1"], {"Cyd Leaver"}, pseudonym="Somebody")
    async with dispatching(db):
        await receiver.count(3, within=20)
        await until(db, NOTHING_LEFT)
    titles = Counter(one.json["data"]["title"] for one in receiver.got)
    assert titles == {"Somebody": 2, "Cyd Leaver and friends": 1}
    assert {one.sequence for one in receiver.got} == {1, 2, 3}


async def test_small_rows_are_forgotten(db, clock) -> None:
    async with db.tx() as tx:
        await tx.run("INSERT INTO delivery_ticks VALUES (now() - interval '40 days', 1), (now(), 2)")
        await tx.run("INSERT INTO dispatchers (id, host, pid, seen_at) VALUES ('a', 'h', 1, now() - interval '1 day')")
        await actions.forget(tx, now=clock.now())
        assert await tx.one(int, "SELECT count(*) FROM delivery_ticks") == 1
        assert await tx.one(int, "SELECT count(*) FROM dispatchers") == 0
