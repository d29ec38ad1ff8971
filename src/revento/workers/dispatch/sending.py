"""Requests in flight: starts what the lanes allow, signs, sends, and hands the answer to health, plan and record."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Final

from revento.kernel.clock import Clock
from revento.webhooks import retries, signing
from revento.webhooks.claim.models import Claimed, Tried
from revento.webhooks.deliver import Sender
from revento.webhooks.endpoints import health as healths
from revento.webhooks.retries import Answer, Outcome
from revento.workers.dispatch.counting import Counts
from revento.workers.dispatch.lanes import Lane, Lanes
from revento.workers.dispatch.recording import Recorder

SLOW_S: Final = 1.0
STALE_S: Final = 25.0  # a row that waited this long in memory is given back rather than sent near its lease's end


class _Flight:
    """One request that is out."""

    __slots__ = ("is_slow", "lane", "row")

    def __init__(self, lane: Lane, row: Claimed) -> None:
        self.lane, self.row, self.is_slow = lane, row, False


class Flights:
    """What is being sent."""

    def __init__(
        self,
        sender: Sender,
        lanes: Lanes,
        recorder: Recorder,
        counts: Counts,
        clock: Clock,
        *,
        ladder: tuple[int, ...],
        on_land: Callable[[Lane], None],
    ) -> None:
        self._sender, self._lanes, self._recorder, self._counts, self._clock = sender, lanes, recorder, counts, clock
        self._ladder, self._longest_s = ladder, float(max(ladder))
        self._on_land = on_land
        self._tasks: set[asyncio.Task[None]] = set()
        self._flights: set[_Flight] = set()

    def tokens(self) -> set[int]:
        """The leases of what is in flight or waits for its turn."""
        waiting = {one.row.token for lane in self._lanes.by_no.values() for one in lane.waiting}
        return waiting | {flight.row.token for flight in self._flights}

    def pump(self) -> None:
        """Starts every request that may start now."""
        while (chosen := self._next()) is not None:
            task = asyncio.create_task(self._fly(*chosen))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next(self) -> tuple[Lane, Claimed] | None:
        """What may start now, taken out of its lane."""
        now = time.monotonic()
        while (chosen := self._lanes.next(at=now)) is not None:
            lane, waiting = chosen
            if now - waiting.came_at > STALE_S:
                self._lanes.drop(lane)
                self._recorder.give_back([waiting.row])
                continue
            if lane.receiver.rate_per_s:
                asyncio.get_running_loop().call_at(lane.next_start_at, self._wake, lane)
            return lane, waiting.row
        return None

    def settle(self) -> None:
        """Gives back rows whose endpoint turned out to be blocked, then starts what may start."""
        now = self._clock.now()
        for lane in self._lanes.by_no.values():
            if lane.waiting and not healths.may_send(lane.health, now):
                self._recorder.give_back(self._lanes.clear(lane))
        self.pump()

    async def finish(self, *, grace_s: float) -> None:
        """Gives back what has not started, then waits for what has; what outlasts the grace is left to its lease."""
        for lane in self._lanes.by_no.values():
            self._recorder.give_back(self._lanes.clear(lane))
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_s)
            for task in late:
                task.cancel()

    def _wake(self, lane: Lane) -> None:
        self._lanes.wake(lane)
        self.pump()

    async def _fly(self, lane: Lane, row: Claimed) -> None:
        """Sends this row, then whatever may start when it has landed: a task of its own would cost each one more."""
        chosen: tuple[Lane, Claimed] | None = lane, row
        try:
            while chosen is not None:
                await self._send(*chosen)
                chosen = self._next()
                if chosen is not None:
                    self.pump()
        finally:
            self.pump()

    async def _send(self, lane: Lane, row: Claimed) -> None:
        flight = _Flight(lane, row)
        self._flights.add(flight)
        slow = asyncio.get_running_loop().call_later(SLOW_S, self._mark_slow, flight)
        health = lane.health
        try:
            answer, tried = await self._try(lane, row)
            health = healths.after(lane.health, answer, now=tried.at, longest_wait_s=self._longest_s)
            self._recorder.add(tried)
        finally:
            slow.cancel()
            self._flights.discard(flight)
            self._lanes.land(lane, health, was_slow=flight.is_slow)
            if lane.waiting and not healths.may_send(health, self._clock.now()):
                self._recorder.give_back(self._lanes.clear(lane))
            self._on_land(lane)

    def _mark_slow(self, flight: _Flight) -> None:
        flight.is_slow = True
        self._lanes.mark_slow(flight.lane)
        self.pump()

    async def _try(self, lane: Lane, row: Claimed) -> tuple[Answer, Tried]:
        now, n, body = self._clock.now(), row.attempts + 1, row.body or b""
        timestamp = int(now.timestamp())
        signed = signing.headers_for(
            delivery_id=row.id,
            topic=row.topic,
            attempt=n,
            sequence=row.seq,
            is_replay=row.is_replay,
            secrets=lane.secrets or [signing.new_secret()],
            timestamp=timestamp,
            body=body,
        )
        if lane.secrets:
            answer = await self._sender.post(lane.receiver.url or "", signed.lines, body, now=now)
        else:
            answer = Answer(Outcome.SECRET, detail="there is no signing secret that can be opened")
        plan = retries.plan_next(answer, n - row.ladder_from, ladder=self._ladder, dice=random.random())  # noqa: S311
        self._counts.tried(row.endpoint_no, answer, plan.state, now=now)
        return answer, Tried(
            endpoint_no=row.endpoint_no,
            no=row.no,
            token=row.token,
            state=plan.state,
            wait_s=plan.wait_s or 0.0,
            n=n,
            outcome=answer.outcome.value,
            status=answer.status,
            detail=answer.detail,
            answer=answer.body,
            latency_ms=answer.latency_ms,
            timestamp_s=timestamp,
            signed_sha256=signed.sha256,
            at=now,
        )
