"""Server time of the pages that people open most, on an event of one size and of ten times that, one reader at a time.

One `revento serve` with one worker, HTML compressed as for a browser. `REVENTO_BENCH_PEOPLE` is how many people the
large event has, `REVENTO_BENCH_PAGES` how often each page is opened. The goal of issue 7: p95 below 100 ms at 10x.
"""

import asyncio
import os
import statistics
import time
from pathlib import Path

import httpx
from tests.api import world as worlds
from tests.api.world import World
from tests.interop import served

from bench.tools import crowd, machine
from revento.identity.sessions import actions as sessions
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.ids import UserId

PEOPLE = int(os.environ.get("REVENTO_BENCH_PEOPLE", "20000"))
OPENED = int(os.environ.get("REVENTO_BENCH_PAGES", "100"))
WARM = 5  # the first requests compile templates

_OWNER = """
    INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES (%(org)s, %(user)s, 'owner', %(now)s)
    ON CONFLICT DO NOTHING"""


def main() -> None:
    """Everything, on a database that is made for it and thrown away."""
    machine.measured(_measure)


async def _measure(url: str, folder: Path) -> None:
    commit = await asyncio.to_thread(machine.commit)
    print(f"pages, commit {commit}, {OPENED} times each", flush=True)
    db = await Database.open(url, size=4)
    async with served.serving(db, folder, REVENTO_LOG_LEVEL="WARNING") as running:
        world = await worlds.make(db, Clock().now(), people=0)
        await worlds.change(world, _OWNER, org=world.organization_id, user=world.organizer_id, now=world.now)
        tenth = PEOPLE // 10
        sizes = {"1x": (range(1, tenth), range(1, tenth // 10))}
        sizes["10x"] = (range(tenth, PEOPLE), range(tenth // 10, PEOPLE // 10))
        for grown, (people, activities) in sizes.items():
            await crowd.fill(db, world, world.event_id, "00", people, activities)
            crowd.settle(db.url)
            await _all(running.origin, db, world, grown)
    await db.close()


async def _all(origin: str, db: Database, world: World, grown: str) -> None:
    event, desk = f"/events/{world.event_id}", f"/organizer/events/{world.event_id}"
    participant = f"usr_00{1:024}"
    readers = {
        participant: ("/", event, f"{event}/program", f"{event}/schedule", f"{event}/application", "/my-data"),
        world.organizer_id: (
            *("/organizer", desk, f"{desk}/applications", f"{desk}/participants", f"{desk}/program"),
            *(f"{desk}/integrations", f"{desk}/integrations/ledger"),
        ),
    }
    for user_id, paths in readers.items():
        async with await _browser(origin, db, user_id) as browser:
            for path in paths:
                await _one(browser, path, path.replace(world.event_id, "…"), grown)


async def _browser(origin: str, db: Database, user_id: str) -> httpx.AsyncClient:
    async with db.tx() as tx:
        now = Clock().now()
        opened = await sessions.open_for(tx, UserId(user_id), address="127.0.0.1", user_agent="bench", now=now)
    return httpx.AsyncClient(base_url=origin, cookies={"revento_session": opened.token}, timeout=60)


async def _one(browser: httpx.AsyncClient, path: str, name: str, grown: str) -> None:
    took: list[float] = []
    size = 0
    for turn in range(WARM + OPENED):
        began = time.perf_counter()
        answer = await browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        if turn >= WARM:
            took.append((time.perf_counter() - began) * 1000)
        size = int(answer.headers["content-length"])
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"  {grown:>4} {name:44} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  {size / 1024:5.1f} KiB", flush=True)
