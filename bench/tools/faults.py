"""The long fault run, by hand: `python -m bench.tools.faults DELIVERIES SECONDS SEED`.

Changes are committed all the while; about every ten seconds something is done to somebody: a dispatcher is killed, or
frozen beyond its lease, PostgreSQL crashes, the receiver is cut off. Afterwards what the receiver saw is compared with
the database: nothing lost, numbers without a gap, duplicates counted.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import uvloop
from tests.webhooks import processes

from bench.tools import hooks
from revento.kernel import migrations
from revento.kernel.db import Database, Unreachable
from revento.kernel.embedded import Embedded

LEASE_S = 60
EVERY_S = 10.0
STILL_S = 240.0
EVENTS, FAN_OUT = 10, 4
LADDER = ",".join(["0", *["2"] * 49])


class Run:
    """Everything that is running, and what was done to it."""

    def __init__(self, folder: Path, receiver: hooks.Receiver, dice: random.Random) -> None:
        self.folder, self.receiver, self.dice = folder, receiver, dice
        self.postgres = Embedded.start(folder / "pg")
        self.dispatchers: list[subprocess.Popen[bytes]] = []
        self.leaving: list[subprocess.Popen[bytes]] = []
        self.deeds: Counter[str] = Counter()
        self.leased = 0  # rows that were out when somebody fell: as many may be seen twice
        self.frozen: list[asyncio.Task[None]] = []
        self.url = ""

    def start(self) -> None:
        """One more dispatcher."""
        environ = processes.environ(self.url, self.folder, ladder=LADDER)
        with (self.folder / "dispatch.log").open("ab") as log:
            command = [sys.executable, "-m", "revento.cli", "dispatch"]
            self.dispatchers.append(subprocess.Popen(command, env=environ, stdout=log, stderr=log))

    async def note_leased(self) -> None:
        """Counts what is out right now."""
        count = "SELECT count(*) FROM deliveries WHERE state = 1"
        try:
            db = await Database.open(self.url, size=1, wait_s=3)
            async with db.tx() as tx:
                self.leased += await tx.one(int, count)
            await db.close()
        except Unreachable:
            pass

    async def kill(self) -> None:
        """`kill -9` of a dispatcher, and a new one."""
        await self.note_leased()
        victim = self.dispatchers.pop(self.dice.randrange(len(self.dispatchers)))
        victim.kill()
        victim.wait()
        self.start()

    async def freeze(self) -> None:
        """A dispatcher stands still until its lease is over by far, goes on for a while, then leaves."""
        if self.frozen and not self.frozen[-1].done():
            return await self.kill()
        await self.note_leased()
        victim = self.dispatchers.pop(0)
        victim.send_signal(signal.SIGSTOP)
        self.leaving.append(victim)
        self.start()
        self.frozen.append(asyncio.create_task(self._thaw(victim)))
        return None

    async def _thaw(self, victim: subprocess.Popen[bytes]) -> None:
        await asyncio.sleep(LEASE_S + 10)
        victim.send_signal(signal.SIGCONT)
        await asyncio.sleep(EVERY_S)
        victim.terminate()
        await asyncio.to_thread(victim.wait, STILL_S)

    async def crash(self) -> None:
        """PostgreSQL drops dead and comes back."""
        await self.note_leased()
        os.kill(int((self.folder / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        await asyncio.to_thread(self.postgres.stop)
        self.postgres = Embedded.start(self.folder / "pg")

    async def cut(self) -> None:
        """The receiver is away for three seconds."""
        await self.note_leased()
        await asyncio.to_thread(hooks.urlopen, f"{self.receiver.plain}/cut")


async def _tell(stage: hooks.Stage, times: int, seconds: float) -> None:
    """Commits changes evenly over the time; what the database refuses is tried again as a change of its own."""
    began, done = time.perf_counter(), 0
    while done < times:
        await asyncio.sleep(max(0.0, began + seconds * done / times - time.perf_counter()))
        try:
            await stage.tell(250, size=1024)
        except Unreachable:
            await asyncio.sleep(0.5)
            continue
        done += 250


async def _go(folder: Path, deliveries: int, seconds: float, seed: int) -> None:
    with hooks.receiving() as receiver:
        run = Run(folder, receiver, random.Random(seed))
        run.url = run.postgres.url
        stage = hooks.Stage(run.url, await Database.open(run.url, size=4), folder)
        await stage.connect([[f"{receiver.origin}/fast"] * FAN_OUT] * EVENTS)
        for _ in range(2):
            run.start()
        try:
            telling = asyncio.create_task(_tell(stage, deliveries // FAN_OUT, seconds))
            deeds = [run.kill, run.freeze, run.crash, run.cut]
            while not telling.done():
                await asyncio.sleep(EVERY_S)
                deed = run.dice.choice(deeds)
                await deed()
                run.deeds[deed.__name__] += 1
                print(f"{deed.__name__:>8}  {run.deeds.total():4}", flush=True)
            await telling
            for thawing in run.frozen:
                await thawing
            await _settle(stage)
            await _judge(stage, run)
        finally:
            started = [*run.dispatchers, *run.leaving]
            for each in started:
                each.send_signal(signal.SIGCONT)
                each.send_signal(signal.SIGTERM)
            for each in started:
                each.wait(20)
            await stage.db.close()
            run.postgres.stop()


async def _settle(stage: hooks.Stage) -> None:
    """Waits until nothing is left, however long the rest takes, but not for one that stands still for four minutes."""
    left = "SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM message_queue)"
    before, moved = -1, time.monotonic()
    while before:
        await asyncio.sleep(0.5)
        async with stage.db.tx() as tx:
            now = await tx.one(int, left)
        if now != before:
            before, moved = now, time.monotonic()
        if time.monotonic() - moved > STILL_S:
            raise AssertionError(f"{now:,} deliveries stand still")


async def _judge(stage: hooks.Stage, run: Run) -> None:
    """The receiver's log against the database."""
    async with stage.db.tx() as tx:
        told = await tx.one(int, "SELECT count(*) FROM messages")
        states = await tx.all(str, "SELECT state || ' ' || count(*) FROM delivery_log GROUP BY state ORDER BY state")
        ids = set(await tx.all(str, "SELECT id::text FROM delivery_log"))
        gaps = await tx.one(int, "SELECT sum(last_seq) - (SELECT count(*) FROM delivery_log) FROM endpoints")
        tries = await tx.all(str, "SELECT outcome || ' ' || count(*) FROM attempts GROUP BY outcome ORDER BY outcome")
    seen = Counter(one.delivery for one in run.receiver.take())
    twice = sum(seen.values()) - len(seen)
    print(f"committed {told:,} messages, {told * FAN_OUT:,} deliveries due; log: {', '.join(states)}")
    print(f"receiver: {len(seen):,} different, {twice:,} seen again ({run.leased:,} were out when somebody fell)")
    print(f"lost: {len(ids - set(seen)):,}; unknown: {len(set(seen) - ids):,}; numbers missing: {gaps}")
    print(f"tries: {', '.join(tries)}; deeds: {dict(run.deeds)}", flush=True)
    assert told * FAN_OUT == len(ids)
    assert ids == set(seen)
    assert gaps == 0
    assert twice <= run.leased


def main() -> None:
    """One run."""
    deliveries, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory(prefix="revento-faults-") as folder:
        os.chmod(folder, 0o755)
        postgres = Embedded.start(Path(folder) / "pg")
        try:
            migrations.upgrade(postgres.url)
        finally:
            postgres.stop()
        uvloop.run(_go(Path(folder), deliveries, seconds, seed))


if __name__ == "__main__":
    main()
