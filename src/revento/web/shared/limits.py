"""Rate limits: three independent budgets per token family, and one for strangers (contract §5.2).

The `limits` library counts one budget at a time and by its own clock; here three are taken together or not at all, a
refused request counts in none, and the clock is the product's. So the counting is ours: in memory for one process
(`Here`), in Valkey for several (`web.shared.shared_limits`).
"""

import math
from collections import deque
from datetime import datetime
from typing import Final, Protocol

import msgspec

from revento.contract import errors
from revento.contract.errors import Reason
from revento.contract.limits import ANONYMOUS_PER_MINUTE, Budget

HOUR_S: Final = 3600
MINUTE_S: Final = 60
_SWEEP_EVERY: Final = 5_000  # requests between two sweeps of what nobody uses any more


class Verdict(msgspec.Struct, frozen=True):
    """May it pass, and where the hour's budget stands: `reset` is in epoch seconds, `retry_after` in seconds."""

    limit: int
    remaining: int
    reset: int
    refusal: Reason | None = None
    window: str | None = None
    retry_after: int | None = None


class Limits(Protocol):
    """A store of budgets. `enter` counts a request in and takes one of the places in flight; `leave` gives it back."""

    async def enter(self, family: str, budget: Budget, now: datetime) -> Verdict:
        """Counts a request in all three budgets, or in none and says why."""
        ...

    async def leave(self, family: str) -> None:
        """A request that was let in has ended, in whatever way."""
        ...

    async def peek(self, family: str, budget: Budget, now: datetime) -> Verdict:
        """Where the hour stands, without counting."""
        ...

    async def stranger(self, address: str, now: datetime) -> int | None:
        """Counts a failure without a valid token; the seconds to wait when it is one too many, else `None`.

        For the API and for the token endpoint: an answer that is one too many is `rate_limit_exceeded` instead.
        """
        ...

    async def close(self) -> None:
        """Lets go of the store."""
        ...


class _Standing:
    """One family's counters: the hour opens with its first counted request, the minute slides."""

    __slots__ = ("hour_from", "in_flight", "in_hour", "minute")

    def __init__(self) -> None:
        self.hour_from = -math.inf
        self.in_hour = 0
        self.minute: deque[float] = deque()
        self.in_flight = 0

    def turn(self, at: float) -> None:
        """Closes what is over."""
        if at >= self.hour_from + HOUR_S:
            self.hour_from, self.in_hour = at, 0
        while self.minute and self.minute[0] <= at - MINUTE_S:
            self.minute.popleft()

    def is_idle(self, at: float) -> bool:
        """Whether forgetting it changes nothing."""
        return self.in_flight == 0 and at >= self.hour_from + HOUR_S

    def verdict(
        self, budget: Budget, refusal: Reason | None = None, window: str | None = None, wait: float | None = None
    ) -> Verdict:
        """As it stands now."""
        return Verdict(
            budget.per_hour,
            max(0, budget.per_hour - self.in_hour),
            math.ceil(self.hour_from + HOUR_S),
            refusal,
            window,
            None if wait is None else max(1, math.ceil(wait)),
        )


class Here:
    """Budgets in this process's memory: exact, because nothing happens between looking and counting."""

    def __init__(self) -> None:
        self._families: dict[str, _Standing] = {}
        self._strangers: dict[str, deque[float]] = {}
        self._entered = 0

    async def enter(self, family: str, budget: Budget, now: datetime) -> Verdict:
        """See `Limits.enter`."""
        at = now.timestamp()
        self._sweep(at)
        one = self._standing(family, at)
        if one.in_hour >= budget.per_hour:
            return one.verdict(budget, errors.RATE_LIMIT_EXCEEDED, "hour", one.hour_from + HOUR_S - at)
        if len(one.minute) >= budget.per_minute:
            oldest = one.minute[len(one.minute) - budget.per_minute]
            return one.verdict(budget, errors.RATE_LIMIT_EXCEEDED, "minute", oldest + MINUTE_S - at)
        if one.in_flight >= budget.in_flight:
            return one.verdict(budget, errors.CONCURRENT_LIMIT_EXCEEDED)
        if one.in_hour == 0:
            one.hour_from = at
        one.in_hour += 1
        one.minute.append(at)
        one.in_flight += 1
        return one.verdict(budget)

    async def leave(self, family: str) -> None:
        """See `Limits.leave`."""
        self._families[family].in_flight -= 1

    async def peek(self, family: str, budget: Budget, now: datetime) -> Verdict:
        """See `Limits.peek`."""
        return self._standing(family, now.timestamp()).verdict(budget)

    async def stranger(self, address: str, now: datetime) -> int | None:
        """See `Limits.stranger`."""
        at = now.timestamp()
        self._sweep(at)
        failures = self._strangers.setdefault(network_of(address), deque())
        while failures and failures[0] <= at - MINUTE_S:
            failures.popleft()
        if len(failures) >= ANONYMOUS_PER_MINUTE:
            return max(1, math.ceil(failures[0] + MINUTE_S - at))
        failures.append(at)
        return None

    async def close(self) -> None:
        """See `Limits.close`."""

    def _standing(self, family: str, at: float) -> _Standing:
        one = self._families.get(family)
        if one is None:
            one = self._families[family] = _Standing()
        one.turn(at)
        return one

    def _sweep(self, at: float) -> None:
        self._entered += 1
        if self._entered % _SWEEP_EVERY:
            return
        for name in [name for name, one in self._families.items() if one.is_idle(at)]:
            del self._families[name]
        for name in [name for name, seen in self._strangers.items() if not seen or seen[-1] <= at - MINUTE_S]:
            del self._strangers[name]


def network_of(address: str) -> str:
    """Whose address it is: an IPv4 address, or the /64 that one subscriber of IPv6 has for herself."""
    if ":" not in address:
        return address
    groups = address.split("%")[0].partition("::")[0].split(":")
    return ":".join(groups[:4]) + "::/64" if len(groups) >= 4 else address
