"""What a dispatcher counts about itself, and about each endpoint's hours."""

import resource
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

from revento.webhooks.endpoints.queries import Hour
from revento.webhooks.figures import buckets
from revento.webhooks.retries import Answer

_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


class _Hour:
    """An endpoint's figures of one hour, as they grow."""

    __slots__ = ("failed", "latency", "succeeded")

    def __init__(self) -> None:
        self.succeeded = self.failed = 0
        self.latency = buckets.empty()


def _begin(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * 3600, UTC)


class Counts:
    """Totals since the start, and hourly figures not yet written."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        self.latency = buckets.empty()
        self.latency_ms = 0
        self.claims = 0
        self.claimed = 0
        self.lost_leases = 0
        self.routed = 0
        self.statements = 0
        self._hours: dict[tuple[int, int], _Hour] = {}  # by endpoint and hours since 1970

    def tried(self, endpoint_no: int, answer: Answer, state: str, *, now: datetime) -> None:
        """One HTTP try ended."""
        self.tries[answer.outcome.value] += 1
        self.states[state] += 1
        self.latency_ms += answer.latency_ms
        bucket = buckets.bucket(answer.latency_ms)
        self.latency[bucket] += 1
        hour = self._hour(endpoint_no, int(now.timestamp()) // 3600)
        if answer.ok:
            hour.succeeded += 1
            hour.latency[bucket] += 1
        else:
            hour.failed += 1

    def _hour(self, endpoint_no: int, at: int) -> "_Hour":
        hour = self._hours.get((endpoint_no, at))
        if hour is None:
            hour = self._hours[endpoint_no, at] = _Hour()
        return hour

    @property
    def has_hours(self) -> bool:
        """Whether there are hourly figures to write."""
        return bool(self._hours)

    def take_hours(self) -> list[Hour]:
        """The hourly figures gathered since the last call."""
        taken, self._hours = self._hours, {}
        return [
            Hour(endpoint_no=no, hour=_begin(at), succeeded=one.succeeded, failed=one.failed, latency=one.latency)
            for (no, at), one in taken.items()
        ]

    def restore_hours(self, hours: list[Hour]) -> None:
        """Puts figures back that could not be written."""
        for one in hours:
            hour = self._hour(one.endpoint_no, int(one.hour.timestamp()) // 3600)
            hour.succeeded += one.succeeded
            hour.failed += one.failed
            hour.latency = [a + b for a, b in zip(hour.latency, one.latency, strict=True)]

    def snapshot(self) -> dict[str, Any]:
        """The totals as the dispatchers table keeps them."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "tries": dict(self.tries),
            "states": dict(self.states),
            "latency": self.latency,
            "latency_ms": self.latency_ms,
            "claims": self.claims,
            "claimed": self.claimed,
            "lost_leases": self.lost_leases,
            "routed": self.routed,
            "cpu_s": round(used.ru_utime + used.ru_stime, 2),
            "memory_peak_bytes": used.ru_maxrss * _RSS_UNIT,
        }
