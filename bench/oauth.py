"""Refreshes and redemptions per second over HTTP, beside django-oauth-toolkit and PostgreSQL alone, in one run.

Every rotation is durable (`fsync` and `synchronous_commit` on). Ours is one `revento serve` with one worker; the peer
is gunicorn with two; both use the same PostgreSQL and the same load generator. `REVENTO_BENCH_S` is how long a round
lasts, `REVENTO_BENCH_PARTS` what is measured.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.interop import served
from tests.oauth import given

from bench.peers import dot
from bench.tools import callers, ceilings
from bench.tools.callers import Figures, Plan
from revento.contract.scopes import TokenKind
from revento.integrations.credentials import queries as credentials
from revento.kernel import migrations
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from revento.kernel.embedded import Embedded
from revento.kernel.secrets import Keys
from revento.oauth.codes import actions as codes
from revento.oauth.consent import actions as consent
from revento.oauth.families import actions as families
from revento.oauth.families.models import Binding

COMMIT = ("git", "rev-parse", "--short", "HEAD")
SCOPES = ["event.read", "participants.read"]
ROUND_S = float(os.environ.get("REVENTO_BENCH_S", "8"))
WARM_S = min(2.0, ROUND_S / 2)
CONCURRENCY = (1, 16)
MOST_CODES = {1: 700, 16: 2200}  # a second: more than can be redeemed
FAMILIES = [int(part) for part in os.environ.get("REVENTO_BENCH_FAMILIES", "1000,10000,100000").split(",")]


def main() -> None:
    """Everything in one run; prints a line per figure."""
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
    print(f"oauth, commit {commit.stdout.strip()}, fsync/synchronous_commit {durable}, {ROUND_S:g} s a round")
    parts = os.environ.get("REVENTO_BENCH_PARTS", "generator,dot,revento,postgres,growth").split(",")
    if "generator" in parts:
        _say("load generator alone", 16, await ceilings.generator(16, ROUND_S / 2))
    if "dot" in parts:
        await _dot(url)
    async with served.serving(db, folder, REVENTO_LOG_LEVEL="WARNING") as running:
        if "revento" in parts:
            await _revento(running)
        if "postgres" in parts:
            await _postgres(running)
        if "growth" in parts:
            await _growth(running)
    await db.close()


def _say(what: str, concurrency: int, got: Figures) -> None:
    odd = f"  WRONG ANSWERS {got.wrong}" * bool(got.wrong) + "  ran dry" * got.ran_dry
    print(f"  {what:<30} c={concurrency:<3} {got.per_s:8.0f}/s  p50 {got.p50:7.2f} ms  p99 {got.p99:7.2f} ms{odd}")
    sys.stdout.flush()


async def _dot(url: str) -> None:
    async with dot.serving(url) as peer:
        for hashed in (False, True):
            seconds = ROUND_S if not hashed else ROUND_S / 2
            named = "DOT, hashed secrets:" if hashed else "DOT, plain secrets:"
            for concurrency in CONCURRENCY:
                asked = int(200 * (WARM_S + seconds)) // concurrency
                client = await asyncio.to_thread(
                    peer.prepare, concurrency, 0 if hashed else asked * concurrency, hashed=hashed
                )
                plan = Plan(peer.port, "/o/token/", seconds, WARM_S, [], client["tokens"])
                plan.callers = [[dot.refresh_body(client)]] * concurrency
                _say(f"{named} refresh", concurrency, await callers.elsewhere(plan))
                if not hashed:
                    bodies = [dot.redeem_body(client, code, peer.made) for code in client["codes"]]
                    plan.callers, plan.first_tokens = [bodies[n::concurrency] for n in range(concurrency)], []
                    _say(f"{named} redeem", concurrency, await callers.elsewhere(plan))


async def _revento(running: served.Served) -> None:
    for concurrency in CONCURRENCY:
        _say("Revento: refresh", concurrency, await _refreshes(running, concurrency))
        made = given.proof()
        bought = await _codes(running, int(MOST_CODES[concurrency] * (WARM_S + ROUND_S)), made)
        own = {"client_id": running.con.badges.client_id, "client_secret": running.con.badges.client_secret}
        bodies = [dot.redeem_body(own, code, made) for code in bought]
        plan = Plan(_port(running), "/oauth/token", ROUND_S, WARM_S, [])
        plan.callers = [bodies[n::concurrency] for n in range(concurrency)]
        _say("Revento: redeem", concurrency, await callers.elsewhere(plan))


async def _refreshes(running: served.Served, concurrency: int) -> Figures:
    own = {"client_id": running.con.badges.client_id, "client_secret": running.con.badges.client_secret}
    plan = Plan(_port(running), "/oauth/token", ROUND_S, WARM_S, [[dot.refresh_body(own)]] * concurrency)
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
        keys, now = Keys(served.KEY), Clock().now()
        issued = [await families.issue(tx, binding, SCOPES, keys=keys, now=now) for _ in range(concurrency)]
    plan.first_tokens = [pair.refresh_token for _, pair in issued]
    return await callers.elsewhere(plan)


async def _postgres(running: served.Served) -> None:
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
    for clients in CONCURRENCY:
        per_s = await ceilings.refreshes(running.db, binding, clients, ROUND_S)
        print(f"  {'PostgreSQL alone, pgbench':<30} c={clients:<3} {per_s:8.0f}/s")


async def _growth(running: served.Served) -> None:
    """The same refreshes while ever more families, each with a pair of its own, lie in the tables."""
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
    there = 0
    for families_there in FAMILIES:
        await ceilings.fill(running.db, binding, there, families_there - 1)
        there = families_there
        _say(f"Revento: {there:,} families", 16, await _refreshes(running, 16))


async def _codes(running: served.Served, count: int, made: given.Verifier) -> list[str]:
    """Codes that outlive the round: their 60 s begin when the time for making them is over."""
    late = Clock().now() + timedelta(seconds=60)
    bought: list[str] = []
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
        for _ in range(count):
            bought.append(
                await codes.issue(
                    tx,
                    binding,
                    running.con.people["Ada"],
                    redirect_uri=given.REDIRECT,
                    code_challenge=made.challenge,
                    scopes=SCOPES,
                    now=late,
                )
            )
    return bought


async def _binding(tx: Tx, running: served.Served) -> Binding:
    con = running.con
    client = await credentials.find_client(tx, con.badges.client_id)
    assert client is not None
    kind = TokenKind.INSTALLATION
    return await consent.grant(tx, con.people["Ada"], client, kind, con.event_id, SCOPES, now=Clock().now())


def _port(running: served.Served) -> int:
    return int(running.origin.rpartition(":")[2])
