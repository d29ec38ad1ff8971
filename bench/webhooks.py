"""Webhooks from the commit of a change to the receiver's 2xx: durable PostgreSQL, real dispatchers, a real receiver.

Everything shares the machine's cores. `REVENTO_BENCH_ONLY=rate,latency` chooses scenarios, `REVENTO_BENCH_S` (6) is
how long each measures, `REVENTO_BENCH_WAITING` (1,000,000) how many deliveries wait where many wait. Prints a section
for bench/RESULTS.md; 1,000,000 waiting deliveries are made in the database and not sent.
"""

import asyncio
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import uvloop
from tests.conftest import execute
from tests.webhooks import world

from bench.tools import hooks, machine
from bench.tools.hooks import Dispatcher, Receiver, Stage, quantile
from revento.kernel.embedded import Embedded

MEASURE_S = float(os.environ.get("REVENTO_BENCH_S", "6"))
WAITING = int(os.environ.get("REVENTO_BENCH_WAITING", "1000000"))
EVENTS, FAN_OUT = 25, 4
HANGING, OF = 10, 200
PATIENCE_S = 90.0


@dataclass
class Bench:
    """What scenarios share."""

    postgres: Embedded
    folder: Path

    def stage(self, name: str):
        return hooks.staged(self.postgres, self.folder, name)


def main() -> None:
    """Runs the chosen scenarios, each on a database of its own; one that fails is a line that says so."""
    chosen = os.environ.get("REVENTO_BENCH_ONLY", ",".join(SCENARIOS)).split(",")
    commit = machine.commit()
    load = os.getloadavg()[0]
    print(f"## webhooks\n\n{dt.date.today()}, commit {commit}, {os.cpu_count()} cores, load {load:.1f} at the start. ")
    print("Receiver, PostgreSQL (durable) and dispatchers share the cores. µs: processor time a delivery.\n")
    print("| what | measured | goal |\n|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="revento-bench-") as folder, hooks.durable(Path(folder)) as postgres:
        os.chmod(folder, 0o755)
        bench = Bench(postgres, Path(folder))
        for name in chosen:
            began = time.perf_counter()
            try:
                uvloop.run(SCENARIOS[name](bench))
            except Exception as error:
                row(name, f"failed: {type(error).__name__} {error}", "")
            print(f"{name} took {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def row(what: str, measured: str, goal: str) -> None:
    """A line of the table."""
    print(f"| {what} | {measured} | {goal} |", flush=True)


async def ceiling(bench: Bench) -> None:
    """How many requests the receiver alone answers, asked by 64 bare sockets of one process."""
    with hooks.receiving() as receiver:
        host, port = receiver.plain.removeprefix("http://").split(":")
        command = (sys.executable, "-m", "bench.tools.flood", host, port, str(MEASURE_S))
        began, used = time.perf_counter(), hooks.used_s(receiver.process.pid)
        await asyncio.to_thread(subprocess.run, command, check=True)
        spent, used = time.perf_counter() - began, hooks.used_s(receiver.process.pid) - used
        row("receiver alone, 1 KB", f"{receiver.count() / MEASURE_S:,.0f}/s, busy {used / spent:.0%}", "no bottleneck")


async def rate(bench: Bench) -> None:
    """Messages committed first, then routed to four connections each, sent and recorded."""
    for size in (1024, 16_384):
        for n, goal in ((1, "≥ 2,500/s"), (2, "≥ 4,500/s")):
            await _drain(bench, f"{size:,} bytes, {n} dispatcher(s)", goal, n=n, size=size)


async def tls(bench: Bench) -> None:
    """The same over TLS."""
    certificate = hooks.certified(bench.folder)
    for n in (1, 2):
        await _drain(bench, f"1,024 bytes, TLS, {n} dispatcher(s)", "", n=n, size=1024, certificate=certificate)


async def statements(bench: Bench) -> None:
    """SQL statements per delivery, BEGIN and COMMIT counted, by PostgreSQL's own log."""
    log = bench.folder / "pg.log"
    async with bench.stage("statements") as stage:
        with hooks.receiving() as receiver:
            await stage.connect([[f"{receiver.origin}/fast"] * FAN_OUT] * EVENTS)
            await _endpoints(stage)
            await stage.tell(_enough(), size=1024)
            for setting in ("log_statement = 'all'", "log_parameter_max_length = 0"):
                execute(bench.postgres.url, f"ALTER SYSTEM SET {setting}")
            try:
                execute(bench.postgres.url, "SELECT pg_reload_conf()")
                begins = log.stat().st_size
                receiver.take()
                with hooks.dispatching(stage):
                    await _until(lambda: receiver.count() >= 0.8 * _enough() * FAN_OUT)
                    delivered, ends = receiver.count(), log.stat().st_size
            finally:
                execute(bench.postgres.url, "ALTER SYSTEM RESET ALL")
                execute(bench.postgres.url, "SELECT pg_reload_conf()")
    with log.open("rb") as file:
        file.seek(begins)
        lines = file.read(ends - begins).decode(errors="replace").splitlines()
    ran = sum("LOG:  statement:" in line or "LOG:  execute" in line for line in lines)
    own = sum("statement: BEGIN" in line or "statement: COMMIT" in line for line in lines)
    measured = f"{ran / delivered:.4f}, {own / delivered:.4f} of them BEGIN and COMMIT"
    row("SQL statements per delivery", measured, "≤ 0.05")


async def backlog(bench: Bench) -> None:
    """A million deliveries wait for one receiver: the rate of all, then the wait of one that has none."""
    async with bench.stage("backlog") as stage:
        with hooks.receiving() as receiver:
            await stage.connect([[f"{receiver.origin}/fast"]] * 2)
            await stage.connect([[f"{receiver.origin}/fast"] * FAN_OUT] * EVENTS)
            await _endpoints(stage)
            await _pile_up(stage, WAITING)
            with hooks.dispatching(stage) as running:
                await _until(lambda: receiver.count() >= 100)
                busy = stage.worlds[2:]
                everything = Stage(stage.url, stage.db, stage.folder, busy)
                began = everything.tell(_enough(), size=1024)
                what = f"1,024 bytes, 1 dispatcher, {WAITING:,} waiting"
                await _report(bench, what, "as without", receiver, running, began, stop=After(MEASURE_S / 2))
                await asyncio.sleep(MEASURE_S)
                took = await _live(stage, receiver, stage.worlds[1:2], per_s=10)
                _say_latency(f"empty queue behind another's {WAITING:,}", "≤ 50 ms", took, running)


async def latency(bench: Bench) -> None:
    """200 changes a second on an idle engine, each told to one connection."""
    async with bench.stage("latency") as stage:
        with hooks.receiving() as receiver:
            await stage.connect([[f"{receiver.origin}/fast"]] * OF)
            with hooks.dispatching(stage) as running:
                took = await _live(stage, receiver, stage.worlds)
                _say_latency("commit to 2xx at 200/s", "p50 15, p95 50, p99 100 ms", took, running)


async def hanging(bench: Bench) -> None:
    """10 of 200 endpoints never answer: what it costs the others in rate and in latency."""
    for hang in (0, HANGING):
        async with bench.stage("hanging") as stage:
            with hooks.receiving() as receiver:
                await stage.connect([[f"{receiver.origin}/{'hang' if n < hang else 'fast'}"] for n in range(OF)])
                with hooks.dispatching(stage) as running:
                    took = await _live(stage, receiver, stage.worlds)
                    _say_latency(f"healthy at 200/s, {hang} of {OF} hang", "p99 ≤ 2 ×", took, running)
                    began = stage.tell(OF * 100, size=1024)
                    what = f"rate of the healthy, {hang} of {OF} hang"
                    await _report(bench, what, "≥ 90 %", receiver, running, began, stop=After(MEASURE_S))


async def giant(bench: Bench) -> None:
    """Every tenth of 100 endpoints answers with a gigabyte."""
    async with bench.stage("giant") as stage:
        with hooks.receiving() as receiver:
            await stage.connect([[f"{receiver.origin}/{'fast' if n % 10 else 'giant'}"] for n in range(100)])
            with hooks.dispatching(stage) as running:
                began = stage.tell(100 * 200, size=1024)
                what = "rate, 10 of 100 answer with 1 GB"
                await _report(bench, what, "≤ 120 MiB", receiver, running, began, stop=After(MEASURE_S))


SCENARIOS: dict[str, Callable[[Bench], Awaitable[None]]] = {
    each.__name__: each for each in (ceiling, rate, tls, statements, latency, hanging, giant, backlog)
}


def _enough() -> int:
    return max(1, int(1_000 * MEASURE_S) // 250) * 250


async def _drain(bench: Bench, what: str, goal: str, *, n: int, size: int, certificate: Path | None = None) -> None:
    async with bench.stage("rate") as stage:
        with hooks.receiving(certificate) as receiver:
            await stage.connect([[f"{receiver.origin}/fast"] * FAN_OUT] * EVENTS)
            with hooks.dispatching(stage, n, trust=certificate) as running:
                for at in stage.worlds:
                    await world.happen(stage.db, at)
                await hooks.shared_by(stage, n)
                await _until(lambda: receiver.count() >= FAN_OUT * EVENTS)
                began, most = stage.tell(_enough(), size=size), _enough() * FAN_OUT
                await _report(bench, what, goal, receiver, running, began, stop=lambda: receiver.count() >= most)


async def _endpoints(stage: Stage) -> None:
    """Lets the router make every endpoint, by one change of each event that is sent at once."""
    with hooks.dispatching(stage):
        for at in stage.worlds:
            await world.happen(stage.db, at)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                async with stage.db.tx() as tx:
                    if await tx.one(bool, NOTHING_LEFT):
                        return
                await asyncio.sleep(0.1)


async def _report(
    bench: Bench,
    what: str,
    goal: str,
    receiver: Receiver,
    running: list[Dispatcher],
    committing: Awaitable[None],
    *,
    stop: Callable[[], bool],
) -> None:
    """From the commit until `stop`: deliveries per second, who was busy, what one delivery cost."""
    postgres = int((bench.folder / "pg" / "postmaster.pid").read_text().split()[0])
    receiver.take()
    await committing
    before = [each.used_s() for each in running], hooks.used_s(receiver.process.pid), hooks.family_used_s(postgres)
    began = time.perf_counter()
    await _until(stop)
    spent = time.perf_counter() - began
    dispatchers = sum(each.used_s() - one for each, one in zip(running, before[0], strict=True))
    receivers, database = hooks.used_s(receiver.process.pid) - before[1], hooks.family_used_s(postgres) - before[2]
    seen = sum(one.path == "/fast" for one in receiver.take()) or 1
    row(
        what,
        f"{seen / spent:,.0f}/s; dispatchers {dispatchers / seen * 1e6:.0f}, database {database / seen * 1e6:.0f}, "
        f"receiver {receivers / seen * 1e6:.0f} µs; cores busy {(dispatchers + receivers + database) / spent:.2f}; "
        f"{_peak(running)}",
        goal,
    )


def _peak(running: list[Dispatcher]) -> str:
    return f"peak {max(each.peak_mib() for each in running):.0f} MiB"


class After:
    """True so many seconds after it was asked first."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.until = seconds, 0.0

    def __call__(self) -> bool:
        self.until = self.until or time.perf_counter() + self.seconds
        return time.perf_counter() > self.until


async def _until(enough: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if enough():
                return
            await asyncio.sleep(0.05)


async def _live(stage: Stage, receiver: Receiver, worlds: list[world.World], *, per_s: int = 200) -> list[float]:
    """Commits changes on time whatever becomes of them; milliseconds from each commit to the answer 2xx."""
    for at in worlds:  # warm: endpoints, connections, statements
        await world.happen(stage.db, at)
    await asyncio.sleep(1.5)
    receiver.take()
    committed: dict[str, float] = {}
    began = time.perf_counter()
    for n in range(int(MEASURE_S * per_s)):
        await asyncio.sleep(max(0.0, began + n / per_s - time.perf_counter()))
        (id,) = await world.happen(stage.db, worlds[n % len(worlds)], title="x" * 400)
        committed[id] = time.time()
    await asyncio.sleep(1.5)
    arrived = {one.message: one.at for one in receiver.take() if one.path == "/fast"}
    return [(arrived[id] - at) * 1000 for id, at in committed.items() if id in arrived]


def _say_latency(what: str, goal: str, took: list[float], running: list[Dispatcher]) -> None:
    figures = ", ".join(f"p{q} {quantile(took, q / 100):.1f}" for q in (50, 95, 99))
    row(what, f"{figures}, most {max(took):.1f} ms of {len(took):,}; {_peak(running)}", goal)


NOTHING_LEFT = "SELECT NOT EXISTS (SELECT FROM deliveries) AND NOT EXISTS (SELECT FROM message_queue)"
UNQUEUE = "TRUNCATE message_queue"
PILE_UP = """
    INSERT INTO deliveries (endpoint_no, shard, id, seq, message_id, message_at, topic, resource_key)
    SELECT e.no, e.shard, gen_random_uuid(), e.last_seq + g.n, m.id, m.created_at, m.topic, m.resource_key
      FROM endpoints e
     CROSS JOIN generate_series(%(first)s::integer, %(last)s::integer) AS g (n)
      JOIN (SELECT id, created_at, topic, resource_key, row_number() OVER (ORDER BY created_at, id) AS nth
              FROM messages WHERE event_id = %(event_id)s) m ON m.nth = 1 + g.n %% 250
     WHERE e.event_id = %(event_id)s
"""


async def _pile_up(stage: Stage, count: int) -> None:
    """Deliveries for the first event's endpoint, made in the database as the router would leave them."""
    alone = Stage(stage.url, stage.db, stage.folder, stage.worlds[:1])
    await alone.tell(250, size=1024)
    async with stage.db.tx() as tx:
        await tx.run(UNQUEUE)
    for first in range(0, count, 100_000):
        async with stage.db.tx() as tx:
            own = {"event_id": stage.worlds[0].event_id, "first": first + 1, "last": min(first + 100_000, count)}
            await tx.run(PILE_UP, **own)
    for settle in (
        "VACUUM ANALYZE deliveries",
        "CHECKPOINT",
    ):  # what filling wrote must not be flushed while we measure
        await asyncio.to_thread(execute, stage.url, settle)
