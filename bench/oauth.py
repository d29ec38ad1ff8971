"""Refreshes and redemptions per second over HTTP, beside django-oauth-toolkit and PostgreSQL alone, in one run.

Every rotation is durable (`fsync` and `synchronous_commit` on). Ours is one `revento serve` with one worker; the peer
is gunicorn with two; both use the same PostgreSQL and the same load generator. `REVENTO_BENCH_S` is how long a round
lasts, `REVENTO_BENCH_PARTS` what is measured.
"""

import asyncio
import os
import platform
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.interop import served
from tests.oauth import given

from bench.peers import dot
from bench.tools import callers, ceilings, machine
from bench.tools.callers import Figures, Plan
from revento.contract.scopes import TokenKind
from revento.integrations.credentials import queries as credentials
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from revento.kernel.secrets import Keys
from revento.oauth.codes import actions as codes
from revento.oauth.consent import actions as consent
from revento.oauth.families import actions as families
from revento.oauth.families.models import Binding

PEER = "django-oauth-toolkit"
ALONE = "PostgreSQL alone (pgbench, the same two statements)"
SCOPES = ["event.read", "participants.read"]
ROUND_S = float(os.environ.get("REVENTO_BENCH_S", "6"))
WARM_S = min(2.0, ROUND_S / 2)
CONCURRENCY = (1, 16)
MOST_CODES = {1: 700, 16: 2200}  # a second: more than can be redeemed
FAMILIES = [int(part) for part in os.environ.get("REVENTO_BENCH_FAMILIES", "1000,10000,100000").split(",")]


def main() -> None:
    """Everything in one run, about four minutes; prints a section for `bench/RESULTS.md`."""
    machine.measured(_measure)


async def _measure(url: str, folder: Path) -> None:
    db = await Database.open(url, size=4)
    async with db.tx() as tx:
        durable = await tx.one(str, "SELECT current_setting('fsync') || '/' || current_setting('synchronous_commit')")
    commit = await asyncio.to_thread(machine.commit)
    report = Report()
    parts = os.environ.get("REVENTO_BENCH_PARTS", "generator,dot,revento,postgres,growth").split(",")
    if "generator" in parts:
        report.add("load generator against a canned answer", 16, await ceilings.generator(16, ROUND_S / 2))
    if "dot" in parts:
        await _dot(url, report)
    async with served.serving(db, folder, REVENTO_LOG_LEVEL="WARNING") as running:
        if "revento" in parts:
            await _revento(running, report)
        if "postgres" in parts:
            await _postgres(running, report)
        if "growth" in parts:
            await _growth(running, report)
    await db.close()
    print(report.section(commit, durable))


class Report:
    """The figures as they come, and what they make together."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, Figures]] = []

    def add(self, what: str, concurrency: int, got: Figures) -> None:
        """One round; also told at once on stderr."""
        self.rows.append((what, concurrency, got))
        sys.stderr.write(f"{what}, c={concurrency}: {got.per_s:.0f}/s\n")

    def section(self, commit: str, durable: str) -> str:
        """A table with ratios: ours beside the peer's same figure, and beside PostgreSQL's."""
        peer = {(what.partition(", ")[2], at): got.per_s for what, at, got in self.rows if what.startswith(f"{PEER}, ")}
        alone = {at: got.per_s for what, at, got in self.rows if what == ALONE}
        lines = [
            "## oauth",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {os.cpu_count()} cores, Python {platform.python_version()}"
            f"; `fsync`/`synchronous_commit` {durable}; {ROUND_S:g} s a round after {WARM_S:g} s of warming up. Load "
            "generator, servers and PostgreSQL share the machine; Revento is one `revento serve` with one worker, "
            "the peer (django-oauth-toolkit, pinned in `bench/peers/dot`) gunicorn with two.",
            "",
            "| what | c | a second | p50 ms | p99 ms | × peer | × PostgreSQL |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for what, at, got in self.rows:
            ours = what.startswith("Revento")
            beside = peer.get((what.partition(", ")[2], at)) if ours else None
            ceiling = alone.get(at) if ours and "refresh" in what else None
            ratios = f"{got.per_s / beside:.1f} | " if beside else " | "
            ratios += f"{got.per_s / ceiling:.2f}" if ceiling else ""
            odd = f" (**{got.wrong} wrong answers**)" * bool(got.wrong) + " (ran dry)" * got.ran_dry
            lines.append(f"| {what}{odd} | {at} | {got.per_s:,.0f} | {got.p50:.2f} | {got.p99:.2f} | {ratios} |")
        return "\n".join(lines)


async def _dot(url: str, report: Report) -> None:
    async with dot.serving(url) as peer:
        for hashed in (False, True):
            seconds = ROUND_S if not hashed else ROUND_S / 2
            named = "django-oauth-toolkit with hashed secrets" if hashed else PEER
            for concurrency in CONCURRENCY:
                asked = int(200 * (WARM_S + seconds)) // concurrency
                client = await asyncio.to_thread(
                    peer.prepare, concurrency, 0 if hashed else asked * concurrency, hashed=hashed
                )
                plan = Plan(peer.port, "/o/token/", seconds, WARM_S, [], client["tokens"])
                plan.callers = [[dot.refresh_body(client)]] * concurrency
                report.add(f"{named}, refresh", concurrency, await callers.elsewhere(plan))
                if not hashed:
                    bodies = [dot.redeem_body(client, code, peer.made) for code in client["codes"]]
                    plan.callers, plan.first_tokens = [bodies[n::concurrency] for n in range(concurrency)], []
                    report.add(f"{named}, redemption", concurrency, await callers.elsewhere(plan))


async def _revento(running: served.Served, report: Report) -> None:
    for concurrency in CONCURRENCY:
        report.add("Revento, refresh", concurrency, await _refreshes(running, concurrency))
        made = given.proof()
        bought = await _codes(running, int(MOST_CODES[concurrency] * (WARM_S + ROUND_S)), made)
        own = {"client_id": running.con.badges.client_id, "client_secret": running.con.badges.client_secret}
        bodies = [dot.redeem_body(own, code, made) for code in bought]
        plan = Plan(_port(running), "/oauth/token", ROUND_S, WARM_S, [])
        plan.callers = [bodies[n::concurrency] for n in range(concurrency)]
        report.add("Revento, redemption", concurrency, await callers.elsewhere(plan))


async def _refreshes(running: served.Served, concurrency: int) -> Figures:
    own = {"client_id": running.con.badges.client_id, "client_secret": running.con.badges.client_secret}
    plan = Plan(_port(running), "/oauth/token", ROUND_S, WARM_S, [[dot.refresh_body(own)]] * concurrency)
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
        keys, now = Keys(served.KEY), Clock().now()
        issued = [await families.issue(tx, binding, SCOPES, keys=keys, now=now) for _ in range(concurrency)]
    plan.first_tokens = [pair.refresh_token for _, pair in issued]
    return await callers.elsewhere(plan)


async def _postgres(running: served.Served, report: Report) -> None:
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
    for clients in CONCURRENCY:
        per_s = await ceilings.refreshes(running.db, binding, clients, ROUND_S)
        report.add(ALONE, clients, Figures(0, per_s, clients / per_s * 1000, 0, 0, False))


async def _growth(running: served.Served, report: Report) -> None:
    """The same refreshes while ever more families, each with a pair of its own, lie in the tables."""
    async with running.db.tx() as tx:
        binding = await _binding(tx, running)
    there = 0
    for families_there in FAMILIES:
        await ceilings.fill(running.db, binding, there, families_there - 1)
        there = families_there
        report.add(f"Revento, refresh, {there:,} families more", 16, await _refreshes(running, 16))


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
