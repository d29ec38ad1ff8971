"""Who sends next: claimed rows in memory, one lane per endpoint, each with its own bounds. Pure, no clock, no I/O.

Three pools keep the slow from starving the fast. A request that has been out for a second stops counting against the
ordinary slots; endpoints that failed last time share a few slots; no lane goes beyond its own.
"""

from collections import deque
from datetime import timedelta
from typing import Final

import msgspec

from revento.webhooks.claim.models import Claimed, Receiver
from revento.webhooks.endpoints.health import Health

SLOTS: Final = 128
SLOW_SLOTS: Final = 512
SUSPECT_SLOTS: Final = 32
REFRESH: Final = timedelta(seconds=30)


class Waiting:
    """A claimed row and (monotonic seconds) when it came."""

    __slots__ = ("came_at", "row")

    def __init__(self, row: Claimed, came_at: float) -> None:
        self.row, self.came_at = row, came_at


class Lane:
    """One endpoint's rows in memory and what is known of its health."""

    __slots__ = (
        "flying",
        "has_more",
        "health",
        "is_queued",
        "next_start_at",
        "receiver",
        "saved",
        "secrets",
        "slow",
        "waiting",
    )

    def __init__(self, receiver: Receiver, secrets: list[str]) -> None:
        self.receiver = receiver
        self.secrets = secrets
        self.health = self.saved = receiver.health()
        self.waiting: deque[Waiting] = deque()
        self.flying = 0
        self.slow = 0
        self.next_start_at = 0.0
        self.is_queued = False
        self.has_more = False  # the last claim took as many rows as it might, so there may be more

    @property
    def no(self) -> int:
        """The endpoint's number."""
        return self.receiver.endpoint_no or 0

    @property
    def rows(self) -> int:
        """How many rows of this endpoint we hold."""
        return len(self.waiting) + self.flying

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to do or to remember here."""
        return not self.waiting and not self.flying and not self.is_dirty

    @property
    def is_dirty(self) -> bool:
        """Whether the endpoint's row should be written: not for one more success within half a minute."""
        if self.health is self.saved:
            return False
        last, now = self.saved.last_success_at, self.health.last_success_at
        if now is not None and (last is None or now - last > REFRESH):
            return True
        minor = {"recent": self.saved.recent, "recent_count": self.saved.recent_count, "last_success_at": last}
        return msgspec.structs.replace(self.health, **minor) != self.saved

    @property
    def most(self) -> int:
        """How many may be in flight; none besides one that has been out for a second."""
        if self.slow:
            return 0
        return 1 if self.health.breaker_level > 0 or self.health.state == "probing" else self.health.in_flight_now


class Lanes:
    """All lanes of a dispatcher, served in turn."""

    def __init__(self, *, slots: int = SLOTS, slow_slots: int = SLOW_SLOTS, suspect_slots: int = SUSPECT_SLOTS) -> None:
        self.slots, self.slow_slots, self.suspect_slots = slots, slow_slots, suspect_slots
        self.by_no: dict[int, Lane] = {}
        self.flying = self.slow = self.suspects_flying = self.rows = self.suspect_rows = 0
        self._turn: deque[Lane] = deque()
        self._suspects: deque[Lane] = deque()

    def open(self, receiver: Receiver, secrets: list[str]) -> Lane:
        """The lane of an endpoint, with what was just read of it; our own memory of its health wins unless outdated."""
        lane = self.by_no.get(receiver.endpoint_no or 0)
        if lane is None:
            lane = Lane(receiver, secrets)
            self.by_no[lane.no] = lane
            return lane
        if lane.receiver.version != receiver.version:
            self._recount(lane, receiver.health())
            lane.saved = lane.health
        lane.receiver, lane.secrets = receiver, secrets
        return lane

    def add(self, lane: Lane, row: Claimed, *, at: float) -> None:
        """A row to send. `at`: monotonic seconds."""
        lane.waiting.append(Waiting(row, at))
        self.rows += 1
        self.suspect_rows += lane.health.suspect
        self._queue(lane)

    def next(self, *, at: float) -> tuple[Lane, Waiting] | None:
        """The next row to send, in turn; `None` when nothing may start now."""
        while self.flying - min(self.slow, self.slow_slots) < self.slots and self._turn:
            lane = self._turn.popleft()
            lane.is_queued = False
            if not lane.waiting or lane.flying >= lane.most or lane.next_start_at > at:
                continue
            if lane.health.suspect and self.suspects_flying >= self.suspect_slots:
                lane.is_queued = True
                self._suspects.append(lane)
                continue
            waiting = lane.waiting.popleft()
            lane.flying += 1
            self.flying += 1
            self.suspects_flying += lane.health.suspect
            if lane.receiver.rate_per_s:
                lane.next_start_at = max(at, lane.next_start_at) + 1 / lane.receiver.rate_per_s
            self._queue(lane)
            return lane, waiting
        return None

    def mark_slow(self, lane: Lane) -> None:
        """A request has been out for a second."""
        lane.slow += 1
        self.slow += 1

    def land(self, lane: Lane, health: Health, *, was_slow: bool) -> None:
        """A request ended; `health` is the endpoint's from now on."""
        lane.flying -= 1
        self.flying -= 1
        self.rows -= 1
        self.suspect_rows -= lane.health.suspect
        self.suspects_flying -= lane.health.suspect
        if was_slow:
            lane.slow -= 1
            self.slow -= 1
        self._recount(lane, health)
        if self._suspects and self.suspects_flying < self.suspect_slots:
            parked = self._suspects.popleft()
            parked.is_queued = False
            self._queue(parked)
        self._queue(lane)

    def wake(self, lane: Lane) -> None:
        """A lane's pace lets it start again."""
        self._queue(lane)

    def clear(self, lane: Lane) -> list[Claimed]:
        """Takes every unstarted row out of a lane, to be given back."""
        rows = [waiting.row for waiting in lane.waiting]
        lane.waiting.clear()
        self.rows -= len(rows)
        self.suspect_rows -= len(rows) * lane.health.suspect
        return rows

    def drop(self, lane: Lane) -> None:
        """A row was popped by `next` but not sent."""
        self.land(lane, lane.health, was_slow=False)

    def forget_idle(self) -> None:
        """Forgets lanes that have nothing left to do or to save."""
        for no in [no for no, lane in self.by_no.items() if lane.is_idle and not lane.is_queued]:
            del self.by_no[no]

    def busy(self) -> dict[int, int]:
        """Rows in memory per endpoint."""
        return {no: lane.rows for no, lane in self.by_no.items() if lane.rows}

    def parked(self) -> int:
        """Rows of healthy endpoints that wait behind a request which has been out for a second."""
        return sum(len(lane.waiting) for lane in self.by_no.values() if lane.slow and not lane.health.suspect)

    def _recount(self, lane: Lane, health: Health) -> None:
        change = health.suspect - lane.health.suspect
        self.suspect_rows += change * lane.rows
        self.suspects_flying += change * lane.flying
        lane.health = health

    def _queue(self, lane: Lane) -> None:
        if lane.waiting and not lane.is_queued and lane.flying < lane.most:
            lane.is_queued = True
            self._turn.append(lane)
