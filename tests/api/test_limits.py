"""Three independent budgets per token family, exact at the boundary, wherever they are counted (contract §5.2)."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from revento.contract.limits import Budget
from revento.kernel.db import Database
from revento.web.shared import shared_limits
from revento.web.shared.limits import Here, Limits, network_of
from revento.web.shared.shared_limits import Shared
from tests.api import world as worlds
from tests.api.conftest import Api, serve
from tests.api.valkey import Valkey
from tests.api.world import World
from tests.conftest import MovableClock

WIDE = Budget(per_hour=10_000, per_minute=10_000, in_flight=10_000)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Generator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture(params=["memory", "valkey"])
async def limits(request: pytest.FixtureRequest) -> AsyncGenerator[Limits]:
    if request.param == "memory":
        yield Here()
        return
    shared = Shared(request.getfixturevalue("valkey").url)
    await shared._client.flushall()
    yield shared
    await shared.close()


async def codes(limits: Limits, budget: Budget, times: int, clock: MovableClock, *, leave: bool = True) -> list[str]:
    """What so many racing requests of one family are told."""

    async def one() -> str:
        verdict = await limits.enter("fam_1", budget, clock.now())
        if verdict.refusal is None:
            if leave:
                await limits.leave("fam_1")
            return "passed"
        return verdict.window or verdict.refusal.code

    return sorted(await asyncio.gather(*(one() for _ in range(times))))


async def test_of_racing_requests_exactly_the_budget_passes(limits: Limits, clock: MovableClock) -> None:
    budget = Budget(per_hour=50, per_minute=10_000, in_flight=10_000)
    assert await codes(limits, budget, 60, clock) == ["hour"] * 10 + ["passed"] * 50


async def test_the_hour_opens_with_the_first_request_and_closes_3600_seconds_later(
    limits: Limits, clock: MovableClock
) -> None:
    budget = Budget(per_hour=2, per_minute=100, in_flight=5)
    opened = clock.now().timestamp()
    before = await limits.peek("fam_1", budget, clock.now())
    assert (before.limit, before.remaining) == (2, 2)
    clock.pass_(seconds=10)
    assert await codes(limits, budget, 2, clock) == ["passed", "passed"]
    refused = await limits.enter("fam_1", budget, clock.pass_(seconds=3599))
    assert (refused.window, refused.retry_after, refused.remaining) == ("hour", 1, 0)
    assert refused.reset == opened + 10 + 3600
    assert await codes(limits, budget, 1, clock_at(clock, seconds=1)) == ["passed"]


def clock_at(clock: MovableClock, *, seconds: float) -> MovableClock:
    clock.pass_(seconds=seconds)
    return clock


async def test_the_minute_slides_and_refused_requests_are_not_counted(limits: Limits, clock: MovableClock) -> None:
    budget = Budget(per_hour=100, per_minute=3, in_flight=5)
    for _ in range(3):
        assert await codes(limits, budget, 1, clock_at(clock, seconds=10)) == ["passed"]
    verdict = await limits.enter("fam_1", budget, clock.pass_(seconds=10))
    assert (verdict.window, verdict.retry_after, verdict.remaining) == ("minute", 30, 97)
    assert await codes(limits, budget, 5, clock_at(clock, seconds=29)) == ["minute"] * 5
    assert await codes(limits, budget, 2, clock_at(clock, seconds=1)) == ["minute", "passed"]


async def test_more_than_five_in_flight_are_refused_until_one_ends(limits: Limits, clock: MovableClock) -> None:
    budget = Budget(per_hour=100, per_minute=100, in_flight=5)
    told = await codes(limits, budget, 7, clock, leave=False)
    assert told == ["concurrent_limit_exceeded"] * 2 + ["passed"] * 5
    await limits.leave("fam_1")
    assert await codes(limits, budget, 2, clock, leave=False) == ["concurrent_limit_exceeded", "passed"]


async def test_a_stranger_may_fail_sixty_times_a_minute(limits: Limits, clock: MovableClock) -> None:
    told = [await limits.stranger("192.0.2.7", clock.now()) for _ in range(61)]
    assert told == [None] * 60 + [60]
    assert await limits.stranger("192.0.2.8", clock.now()) is None
    assert await limits.stranger("192.0.2.7", clock.pass_(seconds=60)) is None


def test_one_subscriber_of_ipv6_is_one_stranger() -> None:
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff:0:0:1") == "2001:db8:1:2::/64"
    assert network_of("192.0.2.7") == "192.0.2.7"


async def test_who_is_no_longer_seen_is_forgotten(clock: MovableClock) -> None:
    """A process's memory holds the last hour's families and the last minute's strangers, however long it runs."""
    limits, budget = Here(), Budget(10, 10, 5)
    for hour in range(3):
        for number in range(2_000):
            family = f"fam_{hour}_{number}"
            await limits.enter(family, budget, clock.now())
            await limits.leave(family)
            await limits.stranger(f"192.0.{hour}.{number}", clock.now())
        clock.pass_(hours=1)
    for _ in range(5_000):
        await limits.stranger("198.51.100.1", clock.now())
    assert (len(limits._families), list(limits._strangers)) == (0, ["198.51.100.1"])


async def test_two_processes_share_one_budget(valkey: Valkey, clock: MovableClock) -> None:
    one, other = Shared(valkey.url), Shared(valkey.url)
    await one._client.flushall()
    budget = Budget(per_hour=30, per_minute=1000, in_flight=1000)
    told = await asyncio.gather(codes(one, budget, 25, clock), codes(other, budget, 25, clock))
    assert sorted([*told[0], *told[1]]) == ["hour"] * 20 + ["passed"] * 30
    await one.close()
    await other.close()


async def test_a_rush_beyond_the_connections_to_the_store_is_counted_to_the_last(
    valkey: Valkey, clock: MovableClock
) -> None:
    shared = Shared(valkey.url, wait_s=30)
    await shared._client.flushall()
    lost = shared_limits.LOST._value.get()
    told = await codes(shared, Budget(per_hour=200, per_minute=1000, in_flight=1000), 500, clock)
    assert sorted(told) == ["hour"] * 300 + ["passed"] * 200
    assert shared_limits.LOST._value.get() == lost
    await shared.close()


async def test_when_the_store_is_lost_requests_pass_and_a_metric_says_so(tmp_path: Path, clock: MovableClock) -> None:
    valkey = Valkey(tmp_path)
    shared = Shared(valkey.url)
    assert await codes(shared, Budget(1, 10, 5), 2, clock) == ["hour", "passed"]
    lost = shared_limits.LOST._value.get()
    valkey.stop()
    assert await codes(shared, Budget(1, 10, 5), 20, clock) == ["passed"] * 20
    assert shared_limits.LOST._value.get() >= lost + 20
    await shared.close()


async def test_every_answer_to_a_valid_token_says_where_the_hour_stands(api: Api, world: World, token: str) -> None:
    path = f"/events/{world.event_id}"
    answers = [
        await api.read(path, token),
        await api.read("/events/evt_other", token),
        await api.read(path + "/participants?limit=0", token),
        await api.read(path, token, accept="text/html"),
    ]
    named = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    opened = int(world.now.timestamp())
    assert [(one.status_code, *(one.headers[name] for name in named)) for one in answers] == [
        (200, "500", "499", f"{opened + 3600}"),
        (403, "500", "498", f"{opened + 3600}"),
        (400, "500", "497", f"{opened + 3600}"),
        (406, "500", "497", f"{opened + 3600}"),
    ]
    assert "x-ratelimit-limit" not in (await api.read(path)).headers


async def test_the_thirty_first_request_of_a_minute_is_told_to_wait(api: Api, world: World, token: str) -> None:
    told = [await api.read(f"/events/{world.event_id}", token) for _ in range(31)]
    assert [one.status_code for one in told] == [200] * 30 + [429]
    assert told[-1].json()["error"] == "rate_limit_exceeded"
    assert (told[-1].json()["window"], told[-1].headers["retry-after"]) == ("minute", "60")
    assert told[-1].headers["x-ratelimit-remaining"] == "470"


async def test_limits_that_the_operator_raises_apply_at_once(api: Api, world: World, token: str) -> None:
    path = f"/events/{world.event_id}"
    before = (await api.read(path, token)).headers["x-ratelimit-limit"]
    await worlds.change(
        world,
        """INSERT INTO rate_limits (id, integration_id, kind, per_hour, per_minute, in_flight, set_by, set_at)
           VALUES ('lim_1', %(integration)s, 'installation', 9000, 900, 20, %(user)s, %(now)s)""",
        integration=world.integration_id,
        user=world.organizer_id,
        now=world.now,
    )
    after = await api.read(path, token)
    assert (before, after.headers["x-ratelimit-limit"], after.headers["x-ratelimit-remaining"]) == (
        "500",
        "9000",
        "8998",
    )


async def test_a_refreshed_token_goes_on_with_the_familys_budget(api: Api, world: World, token: str) -> None:
    await api.read(f"/events/{world.event_id}", token)
    async with world.db.tx() as tx:
        family = await tx.one(str, "SELECT id FROM token_families")
    successor = await worlds.installation_token(world, family=family, generation=1)
    answer = await api.read(f"/events/{world.event_id}", successor)
    assert answer.headers["x-ratelimit-remaining"] == "498"


async def test_a_place_in_flight_is_given_back_however_a_request_ends(api: Api, world: World, token: str) -> None:
    limits: Here = api.services.limits
    for path in (f"/events/{world.event_id}", "/me/profile", f"/events/{world.event_id}/participants?limit=x"):
        await api.read(path, token)
    await worlds.change(world, "ALTER TABLE registration_waves RENAME TO gone")
    broken = await api.read(f"/events/{world.event_id}/registration-waves", token)
    assert (broken.status_code, broken.json()["error"]) == (500, "internal_error")

    async def leaves(message: object) -> None:
        raise ConnectionResetError

    scope = {"type": "http", "method": "GET", "path": f"/api/v1/events/{world.event_id}", "query_string": b""}
    scope |= {"headers": [(b"authorization", f"Bearer {token}".encode())], "client": ("127.0.0.1", 1)}
    with pytest.raises(ConnectionResetError):
        await api.app(scope, lambda: asyncio.sleep(3600), leaves)
    answering = asyncio.Event()

    async def hangs(message: object) -> None:
        answering.set()
        await asyncio.sleep(3600)

    hanging = asyncio.create_task(api.app(scope, lambda: asyncio.sleep(3600), hangs))
    await answering.wait()
    assert [one.in_flight for one in limits._families.values()] == [1]
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    assert [one.in_flight for one in limits._families.values()] == [0]


async def test_two_web_processes_with_one_valkey_answer_as_one(
    database_url: str, tmp_path: Path, clock: MovableClock, db: Database, valkey: Valkey
) -> None:
    world = await worlds.make(db, clock.now())
    token = await worlds.installation_token(world)
    environ = {"environ": {"REVENTO_VALKEY_URL": valkey.url}}
    async for one in serve(database_url, tmp_path, clock, **dict(environ)):
        async for other in serve(database_url, tmp_path, clock, **dict(environ)):
            told = [(await (one, other)[n % 2].read(f"/events/{world.event_id}", token)).status_code for n in range(32)]
            assert told == [200] * 30 + [429] * 2
