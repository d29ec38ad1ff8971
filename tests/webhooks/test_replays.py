"""Sending many again: bulk replays, single ones, backfills for a new connection."""

from datetime import UTC, datetime, timedelta

import pytest

from revento.contract.errors import Refused
from revento.webhooks.console import queries as console
from revento.webhooks.console.models import Search
from revento.webhooks.replays import actions, queries
from revento.webhooks.replays.models import Wish
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until
from tests.webhooks.test_console import the_endpoints

REPLAYED = "SELECT NOT EXISTS (SELECT FROM replays WHERE state = 'running')"


def wish(**change: object) -> Wish:
    now = datetime.now(UTC)
    return Wish(**({"since": now - timedelta(hours=1), "until": now, "rate_per_s": 1000} | change))


async def order(db, con, wanted: Wish) -> str:
    async with db.tx() as tx:
        return await actions.order(tx, con.connections[0].client_id, wanted, by="usr_ada", now=datetime.now(UTC))


async def test_a_replay_sends_what_was_asked_for_marked_and_under_new_ids(db, con, receiver) -> None:
    receiver.answers[:] = [200, 500, 200]
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
        first = list(receiver.got)
        id = await order(db, con, wish(states=["dead", "delivered"]))
        await until(db, REPLAYED)
        await until(db, NOTHING_LEFT)
    again = receiver.got[3:]
    assert [one.headers.get("X-Revento-Replay") for one in first] == [None] * 3
    assert [one.headers["X-Revento-Replay"] for one in again] == ["true"] * 3
    assert {one.id for one in again}.isdisjoint(one.id for one in first)
    assert sorted((one.sequence, one.body) for one in again) == sorted((one.sequence, one.body) for one in first)
    async with db.tx() as tx:
        done = await queries.find(tx, [con.connections[0].client_id], id)
    assert done is not None
    assert (done.state, done.queued, done.total) == ("done", 3, 3)


async def test_a_replay_of_dead_letters_leaves_the_others_alone(db, con, receiver) -> None:
    receiver.answers[:] = [200, 500]
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
        await order(db, con, wish())
        await until(db, REPLAYED)
        await until(db, NOTHING_LEFT)
    assert [one.sequence for one in receiver.got] == [1, 2, 2]


async def test_a_replay_goes_no_faster_than_it_may_and_goes_on_after_a_stop(db, con, receiver) -> None:
    async with dispatching(db):
        await world.happen(db, con, 6)
        await until(db, NOTHING_LEFT)
    id = await order(db, con, wish(states=["delivered"], rate_per_s=2))
    async with db.tx() as tx:
        await tx.run("UPDATE replays SET moved_at = now() - interval '2 seconds'")
        assert await actions.advance(tx, now=datetime.now(UTC)) == 2
    async with db.tx() as tx:
        assert await actions.advance(tx, now=datetime.now(UTC)) == 0
    async with dispatching(db):
        await receiver.until(lambda one: len(one.got) == 12)
        await until(db, REPLAYED)
    assert sorted(one.sequence for one in receiver.got[6:]) == [1, 2, 3, 4, 5, 6]
    async with db.tx() as tx:
        done = await queries.find(tx, [con.connections[0].client_id], id)
        assert done is not None
        assert done.queued == 6


async def test_a_replay_waits_while_its_receiver_has_enough_to_do(db, con) -> None:
    async with dispatching(db):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
    await order(db, con, wish(states=["delivered"]))
    async with db.tx() as tx:
        await tx.run("UPDATE replays SET moved_at = now() - interval '2 seconds'")
        await tx.run(
            """INSERT INTO deliveries (endpoint_no, shard, id, seq, message_id, message_at, topic, resource_key)
               SELECT no, shard, gen_random_uuid(), 0, 'x', now(), 'event.updated', 'x'
                 FROM endpoints, generate_series(1, %(n)s)""",
            n=actions.BUSY_AT,
        )
        assert await actions.advance(tx, now=datetime.now(UTC)) == 0


async def test_a_cancelled_replay_adds_nothing_more(db, con) -> None:
    async with dispatching(db):
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
    id = await order(db, con, wish(states=["delivered"], rate_per_s=1))
    async with db.tx() as tx:
        assert not await actions.cancel(tx, ["cli_other"], id, now=datetime.now(UTC))
        assert await actions.cancel(tx, [con.connections[0].client_id], id, now=datetime.now(UTC))
        await tx.run("UPDATE replays SET moved_at = now() - interval '2 seconds'")
        assert await actions.advance(tx, now=datetime.now(UTC)) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": datetime(2020, 1, 1, tzinfo=UTC)}, "until"),
        ({"topics": ["application.eaten"]}, "topics"),
        ({"states": ["waiting"]}, "states"),
        ({"rate_per_s": 0}, "rate_per_s"),
        ({"rate_per_s": 100_000}, "rate_per_s"),
    ],
)
def test_a_wish_that_makes_no_sense_is_told_so(change, field) -> None:
    with pytest.raises(Refused) as refused:
        actions.checked(wish(**change), datetime.now(UTC))
    assert list(refused.value.extra["fields"]) == [field]


async def test_one_delivery_is_replayed_under_a_new_id(db, con, receiver) -> None:
    async with dispatching(db):
        await world.happen(db, con, 1)
        await until(db, NOTHING_LEFT)
        async with db.tx() as tx:
            nos = await the_endpoints(tx, con)
            (entry,) = await console.page(tx, nos, Search(), limit=5)
            assert await actions.replay(tx, [nos[0] + 1], [entry.id]) == []
            (again,) = await actions.replay(tx, nos, [entry.id])
        await until(db, NOTHING_LEFT)
    assert [one.id for one in receiver.got] == [str(again.id), str(again.new_id)]
    assert receiver.got[1].headers["X-Revento-Replay"] == "true"


async def test_a_new_connection_is_told_what_happened_before(db, con, receiver) -> None:
    async with dispatching(db):
        await world.happen(db, con, 3)
        await receiver.count(3)
        async with db.tx() as tx:
            late = await world.connect(tx, con, receiver.url.replace("hook", "late"))
            now = datetime.now(UTC)
            since = now - timedelta(days=1)
            id = await actions.backfill(tx, late.installation_id, since=since, by="usr_ada", now=now, rate_per_s=1000)
        await until(db, REPLAYED)
        await until(db, NOTHING_LEFT)
    late_ones = [one for one in receiver.got if one.path == "/late"]
    assert [one.sequence for one in late_ones] == [1, 2, 3]
    assert [one.body for one in late_ones] == [one.body for one in receiver.got if one.path == "/hook"]
    assert {one.headers["X-Revento-Replay"] for one in late_ones} == {"true"}
    async with db.tx() as tx:
        done = await queries.find(tx, [late.client_id], id)
    assert done is not None
    assert (done.state, done.queued, done.total) == ("done", 3, 3)


async def test_a_backfill_brings_only_what_is_declared_and_granted(db, con, receiver) -> None:
    async with dispatching(db):
        await world.happen(db, con, 1)
        await receiver.count(1)
        async with db.tx() as tx:
            now = datetime.now(UTC)
            blind = await world.connect(tx, con, receiver.url, scopes=["program.read"])
            await actions.backfill(tx, blind.installation_id, since=now - timedelta(days=1), by="usr_ada", now=now)
            silent = await world.connect(tx, con, receiver.url, declared=[])
            with pytest.raises(Refused):
                await actions.backfill(tx, silent.installation_id, since=now - timedelta(days=1), by="u", now=now)
        await until(db, REPLAYED)
        await until(db, NOTHING_LEFT)
    assert len(receiver.got) == 1
