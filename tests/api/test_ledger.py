"""The ledger: batched, bounded, kept as long as promised; and who runs into limits is raised."""

from datetime import timedelta

from revento.access import actions, queries
from revento.access import buffer as buffers
from revento.access.buffer import Buffer
from revento.access.models import Read
from revento.kernel.db import Database
from revento.kernel.partitions import queries as partitions
from revento.workers import access, ledger
from tests.api import world as worlds
from tests.api.conftest import Api
from tests.api.world import World
from tests.conftest import MovableClock

REQUEST = "5a6f0a3e-6a55-4a43-8f35-0a4b6b1c9d10"


def a_read(at, **more) -> Read:
    fields = {"method": "GET", "endpoint": "/api/v1/me/profile", "path": "/api/v1/me/profile", "query": ""}
    return Read(
        **{**fields, "at": at, "request_id": REQUEST, "version": "v1", "status": 200, "duration_ms": 1.5, **more}
    )


def test_a_full_buffer_loses_the_newest_and_counts_them(clock: MovableClock) -> None:
    buffer = Buffer(most=3)
    for n in range(5):
        buffer.note(a_read(clock.now(), rows=n))
    assert [read.rows for read in buffer.take()] == [0, 1, 2]


def test_what_could_not_be_written_comes_first_next_time(clock: MovableClock) -> None:
    buffer = Buffer(most=3)
    for n in range(3):
        buffer.note(a_read(clock.now(), rows=n))
    taken = buffer.take(2)
    buffer.put_back(taken)
    assert [read.rows for read in buffer.take()] == [0, 1, 2]


async def test_the_ledger_tells_last_use_and_keeps_no_secret(api: Api, world: World, token: str) -> None:
    await api.read(f"/events/{world.event_id}?access_token={token}", token)
    await ledger.flush(world.db, api.services.ledger)
    async with world.db.tx() as tx:
        used = await tx.one(bool, "SELECT last_used_at = %(now)s FROM installations", now=world.now)
        marked = await tx.one(bool, "SELECT used_at = %(now)s FROM access_tokens", now=world.now)
        query = await tx.one(str, "SELECT query FROM api_requests")
    assert (used, marked, query) == (True, True, "access_token=[hidden]")


async def test_a_request_is_found_by_its_id_by_its_own_integrator_only(api: Api, world: World, token: str) -> None:
    await api.read(f"/events/{world.event_id}", token, x_revento_request_id=REQUEST)
    await ledger.flush(world.db, api.services.ledger)
    async with world.db.tx() as tx:
        mine = await queries.find_by_request_id(tx, REQUEST, integration_id=world.integration_id)
        others = await queries.find_by_request_id(tx, REQUEST, integration_id="int_other")
    assert ([one.status for one in mine], others) == ([200], [])


async def test_days_are_kept_ninety_days_and_dropped_whole(db: Database, clock: MovableClock) -> None:
    days = [(clock.now() + timedelta(days=n)).date() for n in range(4)]
    async with db.tx() as tx:
        await actions.write(tx, [a_read(clock.now())])
        assert await actions.turn_over(tx, now=clock.now()) == []
        assert await partitions.list_days(tx, "api_requests") == days[1:]  # today's rows lie in the default one
        await actions.write(tx, [a_read(clock.pass_(days=1, minutes=1))])
    async with db.tx() as tx:
        assert await tx.one(int, "SELECT count(*) FROM api_requests_default") == 1
        clock.pass_(days=91)
        assert await actions.turn_over(tx, now=clock.now()) == days[1:2]
        assert await tx.one(int, "SELECT count(*) FROM api_requests") == 0


async def test_a_token_refused_a_hundred_times_is_raised_to_the_operator_once(
    world: World, clock: MovableClock
) -> None:
    async def refuse(times: int) -> None:
        known = {"integration_id": world.integration_id, "installation_id": world.installation_id}
        known |= {"family_id": "fam_1", "event_id": world.event_id, "token_kind": "installation"}
        async with world.db.tx() as tx:
            await actions.write(tx, [a_read(clock.now(), status=429, **known) for _ in range(times)])

    await refuse(99)
    assert await access.look(world.db, now=clock.now()) == []
    await refuse(1)
    assert [(one.family_id, one.refusals) for one in await access.look(world.db, now=clock.now())] == [("fam_1", 100)]
    assert await access.look(world.db, now=clock.pass_(minutes=1)) == []
    async with world.db.tx() as tx:
        noted = await tx.all(str, "SELECT integration_id FROM audit_log WHERE action = 'integration.limited'")
    assert noted == [world.integration_id]


async def test_no_path_is_too_odd_to_be_written(api: Api, world: World, token: str) -> None:
    for odd in ("%00", "%ff", "%ed%a0%80", "%F0%9F%8E%B2", "%0A"):
        assert (await api.read(f"/events/{odd}", token)).json()["error"] == "event_not_authorized"
    assert await ledger.flush(world.db, api.services.ledger) == 5
    async with world.db.tx() as tx:
        assert await tx.one(int, "SELECT count(*) FROM api_requests") == 5


async def test_a_batch_that_cannot_be_written_does_not_stop_the_ledger(db: Database, clock: MovableClock) -> None:
    buffer, lost = Buffer(), buffers.LOST._value.get()
    buffer.note(a_read(clock.now(), path="\x00"))
    assert (await ledger.flush(db, buffer), len(buffer)) == (0, 0)
    assert buffers.LOST._value.get() == lost + 1
    buffer.note(a_read(clock.now()))
    assert await ledger.flush(db, buffer) == 1


async def test_reads_wait_in_memory_while_the_database_is_away(db: Database, clock: MovableClock) -> None:
    buffer = Buffer()
    buffer.note(a_read(clock.now()))
    away = await Database.open(db.url)
    await away.close()
    nobody = Database(away._pool, db.url)
    assert await ledger.flush(nobody, buffer) == 0
    assert (len(buffer), await ledger.flush(db, buffer), len(buffer)) == (1, 1, 0)


async def test_what_stops_the_server_flushes_the_ledger(database_url, tmp_path, clock, db: Database) -> None:
    from tests.api.conftest import serve

    world = await worlds.make(db, clock.now())
    token = await worlds.installation_token(world)
    async for api in serve(database_url, tmp_path, clock):
        await api.read(f"/events/{world.event_id}", token)
    async with db.tx() as tx:
        assert await tx.one(int, "SELECT count(*) FROM api_requests") == 1


async def test_a_filtered_log_is_paged_through_without_gap_or_repetition(world: World, clock: MovableClock) -> None:
    buffer, first = Buffer(), clock.now() - timedelta(hours=70)
    told = [500 if n % 7 == 0 else 404 if n % 3 == 0 else 200 for n in range(70)]
    for n, status in enumerate(told):
        own = {"integration_id": world.integration_id, "client_id": "cli_1", "installation_id": "ins_1"}
        buffer.note(a_read(first + timedelta(hours=n), status=status, rows=n, event_id=world.event_id, **own))
    await ledger.flush(world.db, buffer)
    for statuses, endpoint in (((400, 499), None), (queries.FAILED, None), (None, "/api/v1/me/profile")):
        seen, until = list[int](), clock.now()
        while True:
            async with world.db.tx() as tx:
                page = await queries.page_by_integration(
                    tx,
                    world.integration_id,
                    since=first,
                    until=until,
                    statuses=statuses,
                    endpoint=endpoint,
                    limit=8,
                )
            if not page:
                break
            seen, until = seen + [one.rows for one in page], page[-1].at
        of = [n for n, status in enumerate(told) if statuses is None or statuses[0] <= status <= statuses[1]]
        assert seen == sorted(of, reverse=True)
