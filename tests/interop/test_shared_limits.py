"""Two web processes and one Valkey: one budget, exact wherever it is spent, and nobody turned away when Valkey dies."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from revento.kernel.clock import Clock
from revento.kernel.db import Database
from tests.api.valkey import Valkey
from tests.interop.convention import badges_token
from tests.interop.served import Served, serving, serving_too

PATIENCE_S = 60


async def allowed(revento: Served, per_hour: int) -> None:
    """The operator allows the Badges integration so many requests an hour."""
    async with revento.db.tx() as tx:
        await tx.run(
            """INSERT INTO rate_limits (id, integration_id, kind, per_hour, per_minute, in_flight, set_by, set_at)
               VALUES ('lim_1', %(integration)s, 'installation', %(per_hour)s, 100000, 1000, %(ada)s, %(now)s)
               ON CONFLICT (id) DO UPDATE SET per_hour = excluded.per_hour""",
            integration=revento.con.badges.id,
            per_hour=per_hour,
            ada=revento.con.people["Ada"],
            now=Clock().now(),
        )


async def rush(servers: list[Served], token: str, times: int) -> list[httpx.Response]:
    """So many requests at once, spread over the processes."""
    headers = {"authorization": f"Bearer {token}"}
    paths = [f"{servers[n % len(servers)].origin}/api/v1/events/{servers[0].con.event_id}" for n in range(times)]
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(headers=headers, timeout=PATIENCE_S, limits=limits) as client:
        return await asyncio.gather(*(client.get(path) for path in paths))


async def lost(revento: Served) -> float:
    """How many requests the process let pass uncounted, by its metric."""
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        told = (await client.get(f"{revento.origin}/metrics")).text.splitlines()
    return sum(float(line.split()[-1]) for line in told if line.startswith("revento_limit_store_lost_total"))


async def is_counted(revento: Served, token: str) -> bool:
    """Whether a request of now is counted again."""
    (answer,) = await rush([revento], token, 1)
    return answer.headers["x-ratelimit-remaining"] != answer.headers["x-ratelimit-limit"]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits until it holds."""
    for _ in range(PATIENCE_S * 10):
        if await holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come to hold")


async def test_two_processes_spend_one_budget_and_survive_the_loss_of_its_store(db: Database, tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    first, second = tmp_path / "one", tmp_path / "other"
    first.mkdir()
    second.mkdir()
    shared = {"REVENTO_VALKEY_URL": valkey.url}
    async with (
        serving(db, first, **shared) as one,
        serving_too(db, second, one.con, **shared) as other,
    ):
        token, servers = await badges_token(one), [one, other]
        await allowed(one, 200)
        told = await rush(servers, token, 260)
        assert Counter(answer.status_code for answer in told) == {200: 200, 429: 60}
        assert {answer.json()["window"] for answer in told if answer.status_code == 429} == {"hour"}
        left = sorted(int(answer.headers["x-ratelimit-remaining"]) for answer in told if answer.status_code == 200)
        assert left == list(range(200))
        assert [await lost(server) for server in servers] == [0, 0]

        await allowed(one, 100_000)
        rushing = asyncio.create_task(rush(servers, token, 300))
        await asyncio.sleep(0.1)  # some are answered, some are on their way
        valkey.stop()
        assert Counter(answer.status_code for answer in await rushing) == {200: 300}
        assert Counter(answer.status_code for answer in await rush(servers, token, 20)) == {200: 20}
        assert all([await lost(server) > 0 for server in servers])
        assert all("limits" in server.log.read_text() for server in servers)

        valkey.start()
        await until(lambda: is_counted(one, token))
        await until(lambda: is_counted(other, token))
    valkey.stop()
