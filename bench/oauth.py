"""Refreshes per second over HTTP, every rotation durable (`fsync` and `synchronous_commit` on).

One `revento serve` with one worker; each of `c` callers has a token family of its own and refreshes as fast as it gets
answers. Prints rate, p50 and p99. `REVENTO_BENCH_S` is how long each round lasts.
"""

import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import aiohttp
from tests.interop import served

from revento.contract.scopes import TokenKind
from revento.integrations.credentials import queries as credentials
from revento.kernel import migrations
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.embedded import Embedded
from revento.kernel.secrets import Keys
from revento.oauth.consent import actions as consent
from revento.oauth.families import actions as families

COMMIT = ("git", "rev-parse", "--short", "HEAD")
SCOPES = ["event.read", "participants.read"]
ROUND_S = float(os.environ.get("REVENTO_BENCH_S", "10"))


def main() -> None:
    """One server, one worker, 1 and 16 callers."""
    with tempfile.TemporaryDirectory(prefix="revento-bench-") as folder:
        postgres = Embedded.start(Path(folder) / "pg")
        try:
            migrations.upgrade(postgres.url)
            asyncio.run(_measure(postgres.url, Path(folder)))
        finally:
            postgres.stop()


async def _measure(url: str, folder: Path) -> None:
    db = await Database.open(url, size=4)
    async with db.tx() as tx:
        durable = await tx.one(str, "SELECT current_setting('fsync') || '/' || current_setting('synchronous_commit')")
    commit = await asyncio.to_thread(subprocess.run, COMMIT, capture_output=True, text=True, check=False)
    print(f"oauth refresh, commit {commit.stdout.strip()}, fsync/synchronous_commit {durable}, {ROUND_S:g} s a round")
    async with served.serving(db, folder, REVENTO_LOG_LEVEL="WARNING") as running:
        for callers in (1, 16):
            firsts = [await _token(running) for _ in range(callers)]
            async with aiohttp.ClientSession(running.origin) as http:
                until = time.perf_counter() + ROUND_S
                began = time.perf_counter()
                took = await asyncio.gather(*(_refresh(http, running, first, until) for first in firsts))
            spent = time.perf_counter() - began
            every = sorted(one for each in took for one in each)
            p99 = every[int(len(every) * 0.99)] * 1000
            p50 = statistics.median(every) * 1000
            print(f"  c={callers:<3} {len(every) / spent:8.0f}/s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms")
    await db.close()


async def _token(running: served.Served) -> str:
    """A refresh token of a family of its own."""
    con, now = running.con, Clock().now()
    async with running.db.tx() as tx:
        client = await credentials.find_client(tx, con.badges.client_id)
        assert client is not None
        binding = await consent.grant(
            tx, con.people["Ada"], client, TokenKind.INSTALLATION, con.event_id, SCOPES, now=now
        )
        _, pair = await families.issue(tx, binding, SCOPES, keys=Keys(served.KEY), now=now)
    return pair.refresh_token


async def _refresh(http: aiohttp.ClientSession, running: served.Served, token: str, until: float) -> list[float]:
    took: list[float] = []
    own = {"client_id": running.con.badges.client_id, "client_secret": running.con.badges.client_secret}
    while (began := time.perf_counter()) < until:
        asked = own | {"grant_type": "refresh_token", "refresh_token": token}
        async with http.post("/oauth/token", data=asked) as answer:
            got = await answer.json()
            assert answer.status == 200, got
        token = got["refresh_token"]
        took.append(time.perf_counter() - began)
    return took
