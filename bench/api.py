"""The read API over HTTP: pages of participants with form fields, beside its ceiling.

One `revento serve` with one worker, budgets raised by the operator, so that every request is counted and noted like any
other. The ceiling is pgbench running the same statements, prepared. `REVENTO_BENCH_S` is how long a round lasts,
`REVENTO_BENCH_REQUESTS` how many requests the memory is looked at after, `REVENTO_BENCH_PEOPLE` how many an event has.
"""

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path

import httpx
from tests.api import world as worlds
from tests.api.world import World
from tests.interop import served

from bench.tools import crowd, driving
from revento.events.reading.people import queries as people
from revento.kernel import migrations, secrets
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.embedded import Embedded
from revento.oauth.bearers import queries as bearers

COMMIT = ("git", "rev-parse", "--short", "HEAD")
ROUND_S = int(os.environ.get("REVENTO_BENCH_S", "6"))
REQUESTS = int(os.environ.get("REVENTO_BENCH_REQUESTS", "100000"))
PEOPLE = int(os.environ.get("REVENTO_BENCH_PEOPLE", "20000"))
EVENTS = 10


def main() -> None:
    """Everything, on a database that is made for it and thrown away."""
    with tempfile.TemporaryDirectory(prefix="revento-bench-") as folder:
        postgres = Embedded.start(Path(folder) / "pg")
        try:
            migrations.upgrade(postgres.url)
            asyncio.run(_measure(postgres.url, Path(folder)))
        finally:
            postgres.stop()


async def _measure(url: str, folder: Path) -> None:
    commit = await asyncio.to_thread(subprocess.run, COMMIT, capture_output=True, text=True, check=False)
    print(f"api, commit {commit.stdout.strip()}, {ROUND_S} s a round", flush=True)
    db = await Database.open(url, size=4)
    async with served.serving(db, folder, REVENTO_LOG_LEVEL="WARNING") as running:
        world = await worlds.make(db, Clock().now(), people=0)
        token = await crowd.raised(world)
        for grown in ("1x", "10x", "100x"):
            await _grow(db, world, grown)
            await _depths(folder, running.origin, world, token, grown)
        await _beside_the_ceiling(folder, url, running.origin, world, token)
        await _memory(folder, running, world, token)
    await db.close()


async def _grow(db: Database, world: World, grown: str) -> None:
    """1x: an event of a tenth of the people; 10x: of all; 100x: nine more such events around it."""
    tenth = PEOPLE // 10
    if grown == "1x":
        await crowd.fill(db, world, world.event_id, "00", range(tenth), range(tenth // 10))
    elif grown == "10x":
        await crowd.fill(db, world, world.event_id, "00", range(tenth, PEOPLE), range(tenth // 10, PEOPLE // 10))
    else:
        for number in range(1, EVENTS):
            async with db.tx() as tx:
                other = await worlds.add_event(tx, world, title=f"Con {number}")
            await crowd.fill(db, world, other, f"{number:02}", range(PEOPLE), range(PEOPLE // 10))
    crowd.settle(db.url)


def _page(origin: str, world: World, limit: int, cursor: str = "") -> str:
    more = f"&cursor={cursor}" if cursor else ""
    return f"{origin}/api/v1/events/{world.event_id}/participants?limit={limit}{more}"


async def _depths(folder: Path, origin: str, world: World, token: str, grown: str) -> None:
    """The first page, one in the middle, the last."""
    cursors = await _cursors(origin, world, token)
    places = {"first": "", "middle": cursors[len(cursors) // 2], "last": cursors[-1]}
    for place, cursor in places.items():
        found = await _wrk(folder, _page(origin, world, 50, cursor), token, callers=1, seconds=max(1, ROUND_S // 2))
        print(f"  {grown:>4} data, {place:6} page of 50, c=1   {_told(found)}", flush=True)


async def _cursors(origin: str, world: World, token: str) -> list[str]:
    """The cursor of every page of 50."""
    found, headers = [], {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers) as client:
        cursor = ""
        while True:
            page = (await client.get(_page(origin, world, 50, cursor))).json()
            cursor = page["next_cursor"]
            if cursor is None:
                return found
            found.append(cursor)


async def _beside_the_ceiling(folder: Path, url: str, origin: str, world: World, token: str) -> None:
    for limit in (25, 50):
        for callers in (1, 16, 64):
            found = await _wrk(folder, _page(origin, world, limit), token, callers=callers, seconds=ROUND_S)
            ceiling = await asyncio.to_thread(_ceiling, folder, url, world, token, limit, callers)
            share = f"pgbench {ceiling:6.0f}/s, {found.rate / ceiling:4.0%} of it"
            print(f"  page of {limit}, c={callers:<3} {_told(found)}  {share}", flush=True)


def _ceiling(folder: Path, url: str, world: World, token: str, limit: int, callers: int) -> float:
    """The two statements of a first page, as `web/api` runs them."""
    params = {"token": f"\\x{secrets.sha256(token).hex()}", "event": world.event_id, "limit": str(limit)}
    check = bearers.FIND.replace("$1", ":token")
    page = people.PAGE.replace("$1", ":event").replace("$2", "'-infinity'::timestamptz").replace("$3", "''")
    page = page.replace("$4", ":limit::int")
    return driving.pgbench(folder, url, [check, page], params, callers=callers, seconds=ROUND_S)


async def _memory(folder: Path, running: served.Served, world: World, token: str) -> None:
    """What the web process holds after so many requests."""
    asked, url = 0, _page(running.origin, world, 25)
    while asked < REQUESTS:
        asked += (await _wrk(folder, url, token, callers=16, seconds=ROUND_S)).requests
    sizes = ", ".join(f"{size:.0f}" for size in driving.resident_mib(running.pid))
    print(f"  resident after {asked:,} more requests: {sizes} MiB", flush=True)


async def _wrk(folder: Path, url: str, token: str, *, callers: int, seconds: int) -> driving.Round:
    return await asyncio.to_thread(driving.wrk, folder, url, token, callers=callers, seconds=seconds)


def _told(found: driving.Round) -> str:
    tail = found.p99_ms / found.p50_ms
    return f"{found.rate:7.0f}/s  p50 {found.p50_ms:6.2f} ms  p99 {found.p99_ms:6.2f} ms ({tail:.1f}x)"
