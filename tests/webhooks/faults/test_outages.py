"""The database, the network, a machine or its clock fail under load; afterwards every message has arrived."""

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from revento.kernel import migrations
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Unreachable
from revento.kernel.embedded import Embedded
from revento.workers.dispatch import Dispatcher
from tests.conftest import NOT_DURABLE
from tests.webhooks import processes, receivers, world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until
from tests.webhooks.faults.test_crashes import lapse

LADDER = (0, *[1] * 19)


class Server:
    """A PostgreSQL of one test's own, which keeps what it has answered with success, and may crash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = self.start()

    def start(self) -> Embedded:
        return Embedded.start(self.folder, settings=NOT_DURABLE | {"synchronous_commit": "on"})

    def crash(self) -> None:
        """It drops dead, as after `pg_ctl stop -m immediate`, and comes back."""
        os.kill(int((self.folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        self.postgres.stop()
        self.postgres = self.start()


@pytest.fixture
async def own(tmp_path) -> AsyncGenerator[tuple[Server, Database]]:
    """Such a server, and its database opened."""
    tmp_path.chmod(0o755)
    server = Server(tmp_path / "pg")
    migrations.upgrade(server.postgres.url)
    db = await Database.open(server.postgres.url, size=10)
    yield server, db
    await db.close()
    server.postgres.stop()


async def tell_for(seconds: float, db: Database, con: world.World) -> None:
    """Changes one after the other; those that the database refuses never happened."""
    until_then = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until_then:
        try:
            await world.happen(db, con)
        except Unreachable:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.005)


async def assert_all_arrived(db: Database, receiver: receivers.Receiver) -> Counter[str]:
    """Every committed message was delivered and numbered without a gap; how often each delivery was seen."""
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT DISTINCT state FROM delivery_log") == ["delivered"]
        ids = set(await tx.all(str, "SELECT id::text FROM delivery_log"))
        assert await tx.one(int, "SELECT count(*) FROM messages") == len(ids)
    seen = Counter(one.id for one in receiver.got)
    assert set(seen) == ids
    assert {one.sequence for one in receiver.got} == set(range(1, len(ids) + 1))
    return seen


async def test_the_database_crashes_under_load_and_nothing_is_lost_and_no_attempt_is_spent(own, receiver) -> None:
    server, db = own
    async with db.tx() as tx:
        con = await world.make(tx)
        await world.connect(tx, con, receiver.url)
    async with dispatching(db, ladder=LADDER):
        telling = asyncio.create_task(tell_for(3, db, con))
        await receiver.count(20, within=30)
        await asyncio.to_thread(server.crash)
        await telling
        await lapse_when_back(db)
        await until(db, NOTHING_LEFT, within=60)
        seen = await assert_all_arrived(db, receiver)
    assert max(one.attempt for one in receiver.got) == 1
    # Sent, and the record of it not yet written when the server died: at most what one endpoint may have in flight.
    assert sum(seen.values()) - len(seen) <= 4 + 50


async def lapse_when_back(db: Database) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                return await lapse(db)
            except Unreachable:
                await asyncio.sleep(0.1)


async def test_a_dispatcher_that_froze_beyond_its_lease_closes_nothing_that_others_have_sent(
    db, database_url, con, receiver, tmp_path
) -> None:
    receiver.hold = asyncio.Event()
    async with processes.dispatching(database_url, tmp_path) as frozen:
        await world.happen(db, con, 10)
        await receiver.count(1, within=30)
        frozen.send(signal.SIGSTOP)
        async with db.tx() as tx:
            held = await tx.all(str, "SELECT id::text FROM deliveries WHERE state = 1")
            await tx.run("UPDATE dispatch_shards SET owned_until = now() - interval '1 second'")
            await tx.run("UPDATE dispatchers SET seen_at = now() - interval '1 minute'")
        receiver.hold.set()
        async with dispatching(db):
            await lapse(db)
            await until(db, NOTHING_LEFT, within=30)
        async with db.tx() as tx:
            closed = await tx.all(datetime, "SELECT finished_at FROM delivery_log ORDER BY no")
        frozen.send(signal.SIGCONT)
        await until(db, "SELECT seen_at > now() - interval '1 second' FROM dispatchers", within=30)
        await world.happen(db, con)
        await until(db, "SELECT count(*) = 11 FROM delivery_log", within=30)
        await until(db, "SELECT (figures->>'lost_leases')::integer > 0 FROM dispatchers", within=30)
        frozen.send(signal.SIGTERM)
        assert await frozen.ends() == 0
    async with db.tx() as tx:
        assert await tx.all(datetime, "SELECT finished_at FROM delivery_log ORDER BY no LIMIT 10") == closed
    seen = await assert_all_arrived(db, receiver)
    assert {id for id, times in seen.items() if times > 1} <= set(held)
    assert max(seen.values()) == 2


@pytest.mark.parametrize("minutes", [10, -10])
async def test_a_clock_that_jumps_stops_the_signing_until_it_is_right_again(db, con, receiver, minutes) -> None:
    clock = Jumping()
    async with dispatching(db, clock=clock) as dispatcher:
        await world.happen(db, con)
        await receiver.count(1)
        clock.off_s = minutes * 60.0
        await noticed(dispatcher, may_sign=False)
        await world.happen(db, con, 3)
        await until(db, "SELECT count(*) = 3 FROM deliveries WHERE state = 0", within=20)
        await asyncio.sleep(0.3)
        assert len(receiver.got) == 1
        clock.off_s = 0.0
        await until(db, NOTHING_LEFT, within=20)
    seen = await assert_all_arrived(db, receiver)
    assert set(seen.values()) == {1}
    now = datetime.now(UTC).timestamp()
    assert all(abs(int(one.headers["X-Revento-Timestamp"]) - now) < 60 for one in receiver.got)


class Jumping(Clock):
    """The right time, or off by so many seconds."""

    def __init__(self) -> None:
        self.off_s = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(super().now().timestamp() + self.off_s, UTC)


async def noticed(dispatcher: Dispatcher, *, may_sign: bool) -> None:
    async with asyncio.timeout(20):
        while True:
            if dispatcher._may_sign is may_sign:
                return
            await asyncio.sleep(0.02)


async def test_a_receiver_that_was_cut_off_gets_everything_when_it_is_back(db, con, receiver) -> None:
    port = urlsplit(receiver.url).port
    await move(db, con, f"http://127.0.0.2:{port}/hook")
    async with dispatching(db, ladder=LADDER):
        async with receivers.listening(receiver, host="127.0.0.2", port=port or 0):
            await world.happen(db, con, 5)
            await receiver.count(5)
        await world.happen(db, con, 20)
        await until(db, "SELECT count(*) > 0 FROM attempts WHERE outcome IN ('connect', 'reset')", within=20)
        async with receivers.listening(receiver, host="127.0.0.2", port=port or 0):
            await until(db, NOTHING_LEFT, within=30)
    seen = await assert_all_arrived(db, receiver)
    assert set(seen.values()) == {1}


async def test_what_waits_follows_a_corrected_address(db, con, receiver) -> None:
    right = receiver.url
    await move(db, con, "http://127.0.0.1:9/hook")
    async with dispatching(db, ladder=LADDER):
        await world.happen(db, con, 5)
        await until(db, "SELECT count(*) > 0 FROM attempts WHERE outcome = 'connect'", within=20)
        await move(db, con, right)
        await until(db, NOTHING_LEFT, within=30)
    assert set((await assert_all_arrived(db, receiver)).values()) == {1}


async def test_a_name_that_moved_is_looked_up_again_after_the_first_failure(db, con, receiver, monkeypatch) -> None:
    port, machine = urlsplit(receiver.url).port, ["127.0.0.2"]

    def answers(_host, port, *_more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (machine[0], port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    await move(db, con, f"http://moving.example:{port}/hook")
    async with dispatching(db, ladder=LADDER):
        await world.happen(db, con)
        await until(db, "SELECT count(*) > 0 FROM attempts WHERE outcome = 'connect'", within=20)
        machine[0] = "127.0.0.1"
        await until(db, NOTHING_LEFT, within=20)
    assert len(receiver.got) == 1


async def move(db: Database, con: world.World, url: str) -> None:
    async with db.tx() as tx:
        await world.move_to(tx, con.connections[0], url)
