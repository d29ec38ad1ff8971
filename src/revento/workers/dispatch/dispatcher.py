"""The dispatcher: one process's loops from queued message to recorded answer. Run as many as you like."""

import asyncio
import os
import secrets as dice
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from revento.kernel import log
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.reader import Away, Leaser
from revento.kernel.secrets import Box
from revento.webhooks.claim import queries as claims
from revento.webhooks.console import queries as console
from revento.webhooks.deliver import Sender
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.fanout import actions as router
from revento.webhooks.outbox import queries as outbox
from revento.webhooks.replays import actions as replays
from revento.webhooks.sharing import actions as sharing
from revento.webhooks.sharing import queries as dispatchers
from revento.workers.dispatch.claiming import LEASE_S, Claimer
from revento.workers.dispatch.counting import Counts
from revento.workers.dispatch.lanes import Lane, Lanes
from revento.workers.dispatch.recording import Recorder
from revento.workers.dispatch.sending import Flights

POLL_S: Final = 0.5  # the net under NOTIFY
SUSPECT_EVERY_S: Final = 0.05
SWEEP_S: Final = 0.25
SLOW_SWEEP_EVERY: Final = 4  # sweeps
RECHECK_EVERY: Final = 20
BEAT_S: Final = 1.0
EXTEND_EVERY: Final = 10  # beats
GRACE_S: Final = 10.0
SKEW_MOST: Final = timedelta(seconds=5)  # we sign the time; receivers refuse what is 300 s off
AFTER_OUTAGE_S: Final = 15.0  # others beat before we call their leases lost
AGAIN_S: Final = 0.5

_log = log.logger("webhooks.dispatch")


class ClockOff(Exception):
    """This machine's clock differs from the database's by more than 5 s, so it must not sign."""


class Dispatcher:
    """Routes, claims, sends and records until told to stop."""

    def __init__(
        self, db: Database, busy: Database, sender: Sender, box: Box, clock: Clock, *, ladder: tuple[int, ...]
    ) -> None:
        """`busy`: the same database by connections that keep plans, for routing."""
        self._db, self._busy, self._leaser, self._clock = db, busy, Leaser(db.url), clock
        self.id = f"{socket.gethostname()}-{os.getpid()}-{dice.token_hex(3)}"
        self.counts, self.lanes = Counts(), Lanes()
        self.recorder = Recorder(busy, self._leaser, self.lanes, self.counts)
        self._routable, self._claimable = asyncio.Event(), asyncio.Event()
        self.claimer = Claimer(busy, self._leaser, self.lanes, self.counts, box, give_back=self.recorder.give_back)
        self.flights = Flights(
            sender, self.lanes, self.recorder, self.counts, clock, ladder=ladder, on_land=self._landed
        )
        self._may_sign = True
        self._reap_at = 0.0

    async def run(self, stop: asyncio.Event, *, ready: asyncio.Event | None = None) -> None:
        """Works until `stop`, then ends cleanly: unstarted rows go back, what is in flight ends, results are written.

        `ready` is set when it has its shards. Raises `ClockOff` at the start, `Unreachable` without a database.
        """
        if (off := await self._beat()) > SKEW_MOST:
            raise ClockOff(f"this clock is {off.total_seconds():.0f} s off the database's; webhooks would be refused")
        loops = (self._listen, self._route, self._claim, self._claim_suspects, self._sweep, self._keep_beating)
        tasks = [asyncio.create_task(self._for_ever(loop)) for loop in loops]
        writing = asyncio.create_task(self.recorder.run())
        if ready is not None:
            ready.set()
        try:
            await stop.wait()
        finally:
            await end_all(tasks)
            await self.flights.finish(grace_s=GRACE_S)
            await end_all([writing])
            await self._leave()
            await self._leaser.close()

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(GRACE_S):
                await self.recorder.finish()
                async with self._db.tx() as tx:
                    await dispatchers.drop(tx, self.id, list(range(sharing.SHARDS)))
                    await dispatchers.leave(tx, self.id)
        except (*Away, TimeoutError):
            _log.warning("left_without_a_word", unwritten=not self.recorder.is_empty)

    async def _for_ever(self, loop: Callable[[], Awaitable[None]]) -> None:
        """Keeps a loop going: a database that is away is waited for, anything else is logged and begun again."""
        while True:
            try:
                await loop()
            except Away as error:
                self._reap_at = time.monotonic() + AFTER_OUTAGE_S
                _log.warning("database_away", loop=loop.__name__, error=str(error))
            except Exception:
                _log.exception("loop_failed", loop=loop.__name__)
            await asyncio.sleep(AGAIN_S)

    async def _listen(self) -> None:
        async with self._db.listen("revento_webhooks") as connection:
            self._routable.set()
            self._claimable.set()
            async for bell in connection.notifies():
                (self._routable if bell.payload == "message" else self._claimable).set()

    async def _route(self) -> None:
        while True:
            await _wait(self._routable)
            routed = router.BATCH
            while routed == router.BATCH:
                async with self._busy.pipeline() as tx:
                    routed = await router.route(tx)
                self.counts.routed += routed  # the commit has rung for us as for everybody

    async def _claim(self) -> None:
        while True:
            await _wait(self._claimable)
            again = True
            while again and self._may_claim:
                again = await self.claimer.healthy()
                self.flights.settle()

    async def _claim_suspects(self) -> None:
        """Beside the others, who need not wait for it: often while there are some, else as often as the net is cast."""
        while True:
            taken = await self.claimer.suspects() if self._may_claim else 0
            if taken:
                self.flights.settle()
            await asyncio.sleep(SUSPECT_EVERY_S if taken or self.lanes.suspect_rows else POLL_S)

    @property
    def _may_claim(self) -> bool:
        return self._may_sign and not self.recorder.is_full

    def _landed(self, lane: Lane) -> None:
        """Claims again when an endpoint that has more runs dry, or when memory was full and has room again."""
        if lane.has_more and len(lane.waiting) <= lane.most:
            lane.has_more = False
            self._claimable.set()
        elif self.claimer.is_out_of_room and self.claimer.has_room:
            self._claimable.set()

    async def _sweep(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(SWEEP_S)
            async with self._db.tx() as tx:
                if await outbox.release_due(tx):
                    self._routable.set()
                moved = await claims.promote(tx)
                if tick % SLOW_SWEEP_EVERY == 0:
                    await claims.hold(tx)
                    moved += await claims.release(tx) + await claims.probe(tx)
                    if time.monotonic() >= self._reap_at:
                        moved += await claims.reap(tx)
                if tick % RECHECK_EVERY == 0:
                    await endpoints.recheck_withheld(tx)
                    await console.tick(tx)
                if moved:
                    await claims.ring(tx)
            if tick % SLOW_SWEEP_EVERY == 0:
                async with self._db.tx() as tx:
                    await replays.advance(tx, now=self._clock.now())
            tick += 1

    async def _keep_beating(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(BEAT_S)
            off = await self._beat()
            if (off <= SKEW_MOST) is not self._may_sign:
                self._may_sign = off <= SKEW_MOST
                _log.error("clock_is_off" if not self._may_sign else "clock_is_right_again", off_s=off.total_seconds())
            beats += 1
            if beats % EXTEND_EVERY == 0:
                async with self._db.tx() as tx:
                    await claims.extend(tx, list(self.flights.tokens() | self.recorder.tokens()), lease_s=LEASE_S)

    async def _beat(self) -> timedelta:
        """Says that we live, takes our share of the endpoints; how far our clock is off."""
        async with self._db.tx() as tx:
            beat = await dispatchers.beat(
                tx, self.id, host=socket.gethostname(), pid=os.getpid(), figures=self.counts.snapshot()
            )
            shards = await sharing.share(tx, self.id, others=beat.others)
        self.claimer.serve(shards)
        return abs(beat.now - self._clock.now())


async def _wait(bell: asyncio.Event) -> None:
    """Until the bell rings, or half a second."""
    try:
        async with asyncio.timeout(POLL_S):
            await bell.wait()
    except TimeoutError:
        pass
    bell.clear()


async def end_all(tasks: list[asyncio.Task[None]]) -> None:
    """Cancels until everything has ended: a wait with a timeout may swallow a cancel that comes as it succeeds."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
