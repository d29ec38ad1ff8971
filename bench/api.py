"""The read API over HTTP: pages of participants with form fields, beside its ceiling and django-oauth-toolkit.

One `revento serve` with one worker, budgets raised by the operator, so that every request is counted and noted like any
other. The ceiling is pgbench running the same statements, prepared; the peer is a Django view of the same rows behind
django-oauth-toolkit, gunicorn with two workers. All three use the same PostgreSQL.

`REVENTO_BENCH_S` is how long a round lasts, `REVENTO_BENCH_REQUESTS` after how many requests memory is looked at,
`REVENTO_BENCH_PEOPLE` how many an event has.
"""

import asyncio
import os
from datetime import date
from pathlib import Path

import httpx
from tests.api import world as worlds
from tests.api.world import World
from tests.interop import served

from bench.peers import dot
from bench.tools import crowd, driving, machine
from revento.kernel import secrets
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.oauth.bearers import queries as bearers

ROUND_S = int(os.environ.get("REVENTO_BENCH_S", "5"))
REQUESTS = int(os.environ.get("REVENTO_BENCH_REQUESTS", "100000"))
PEOPLE = int(os.environ.get("REVENTO_BENCH_PEOPLE", "20000"))
EVENTS = 10
GROWN = ("1x", "10x", "100x")
WHAT = (
    f"Data: 1x is an event of {PEOPLE // 10:,} people, 10x one of {PEOPLE:,} with {PEOPLE // 10:,} activities, 100x "
    f"{EVENTS} such events; the second table is measured at 100x. wrk drives; revento is one web process, limits and "
    "ledger on; pgbench runs revento's statement; dot is a Django view of the same rows behind django-oauth-toolkit "
    "(gunicorn, two workers)."
)
COLUMNS = (
    "| page | callers | revento/s | p50 ms | p99 ms | p99 / p50 | pgbench/s | of pgbench "
    "| dot/s | dot p99 ms | times dot |"
)


def main() -> None:
    """Everything, on a database that is made for it and thrown away."""
    machine.measured(_measure)


async def _measure(url: str, folder: Path) -> None:
    commit = await asyncio.to_thread(machine.commit)
    db = await Database.open(url, size=4)
    _say("## api", "")
    _say(f"{date.today()}, commit {commit}, {os.cpu_count()} cores, {ROUND_S} s a round. {WHAT}", "")
    async with served.serving(db, folder, REVENTO_LOG_LEVEL="WARNING") as running:
        world = await worlds.make(db, Clock().now(), people=0)
        token = await crowd.raised(world)
        _say("| data | page of 50 | per second | p50 ms | p99 ms |", "|---|---|---:|---:|---:|")
        for grown in GROWN:
            await _grow(db, world, grown)
            await _depths(folder, running.origin, world, token, grown)
        _say("", COLUMNS, "|---:" * 11 + "|")
        async with dot.serving(url, event_id=world.event_id) as peer:
            rival = (await asyncio.to_thread(peer.prepare, 1, 0))["accesses"][0]
            for limit in (25, 50):
                theirs = f"http://127.0.0.1:{peer.port}/participants?limit={limit}"
                for callers in (1, 16, 64):
                    await _side_by_side(folder, running.origin, world, (token, rival, theirs), limit, callers)
        await _memory(folder, running, world, token)
    await db.close()


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


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
        _say(f"| {grown} | {place} | {found.rate:.0f} | {found.p50_ms:.2f} | {found.p99_ms:.2f} |")


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


async def _side_by_side(
    folder: Path, origin: str, world: World, asked: tuple[str, str, str], limit: int, callers: int
) -> None:
    """Ours, PostgreSQL alone, the peer, one after the other."""
    token, rival, theirs = asked
    found = await _wrk(folder, _page(origin, world, limit), token, callers=callers, seconds=ROUND_S)
    ceiling = await asyncio.to_thread(_ceiling, folder, world, token, limit, callers)
    other = await _wrk(folder, theirs, rival, callers=callers, seconds=ROUND_S)
    ours = [
        f"{found.rate:.0f}",
        f"{found.p50_ms:.2f}",
        f"{found.p99_ms:.2f}",
        f"{found.p99_ms / max(found.p50_ms, 0.001):.1f}",
    ]
    alone = [f"{ceiling:.0f}", f"{found.rate / ceiling:.0%}"]
    peer = [f"{other.rate:.0f}", f"{other.p99_ms:.2f}", f"{found.rate / max(other.rate, 0.1):.1f}"]
    _say(" | ".join(["", str(limit), str(callers), *ours, *alone, *peer, ""]).strip())


def _ceiling(folder: Path, world: World, token: str, limit: int, callers: int) -> float:
    """A first page with its token check, in the one statement that `web/api` runs."""
    params = {"token": f"\\x{secrets.sha256(token).hex()}", "limit": str(limit)}
    whole = bearers.check_with_participants(":token", "'-infinity'::timestamptz, ''", ":limit::int", "now()")
    return driving.pgbench(folder, world.db.url, [whole], params, callers=callers, seconds=ROUND_S)


async def _memory(folder: Path, running: served.Served, world: World, token: str) -> None:
    """What the web process holds after so many requests."""
    asked, url = 0, _page(running.origin, world, 25)
    while asked < REQUESTS:
        asked += (await _wrk(folder, url, token, callers=16, seconds=ROUND_S)).requests
    sizes = ", ".join(f"{size:.0f}" for size in driving.resident_mib(running.pid))
    _say("", f"Resident after {asked:,} more requests, Granian's parent and the web process: {sizes} MiB.")


async def _wrk(folder: Path, url: str, token: str, *, callers: int, seconds: int) -> driving.Round:
    return await asyncio.to_thread(driving.wrk, folder, url, token, callers=callers, seconds=seconds)
