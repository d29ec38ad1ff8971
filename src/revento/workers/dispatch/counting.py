"""What a dispatcher counts about itself, and about each endpoint's hours."""

import resource
import sys
from collections import Counter
from datetime import datetime
from typing import Any, Final

from revento.webhooks.endpoints.queries import Hour
from revento.webhooks.figures import buckets
from revento.webhooks.retries import Answer

_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


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
        self._hours: dict[tuple[int, datetime], Hour] = {}

    def tried(self, endpoint_no: int, answer: Answer, state: str, *, now: datetime) -> None:
        """One HTTP try ended."""
        self.tries[answer.outcome.value] += 1
        self.states[state] += 1
        self.latency_ms += answer.latency_ms
        self.latency[buckets.bucket(answer.latency_ms)] += 1
        key = endpoint_no, now.replace(minute=0, second=0, microsecond=0)
        hour = self._hours.get(key)
        latency = hour.latency if hour else buckets.empty()
        if answer.ok:
            latency[buckets.bucket(answer.latency_ms)] += 1
        self._hours[key] = Hour(
            endpoint_no=endpoint_no,
            hour=key[1],
            succeeded=(hour.succeeded if hour else 0) + answer.ok,
            failed=(hour.failed if hour else 0) + (not answer.ok),
            latency=latency,
        )

    def take_hours(self) -> list[Hour]:
        """The hourly figures gathered since the last call."""
        hours, self._hours = list(self._hours.values()), {}
        return hours

    def restore_hours(self, hours: list[Hour]) -> None:
        """Puts figures back that could not be written."""
        for hour in hours:
            key = hour.endpoint_no, hour.hour
            newer = self._hours.get(key)
            if newer is None:
                self._hours[key] = hour
                continue
            self._hours[key] = Hour(
                endpoint_no=hour.endpoint_no,
                hour=hour.hour,
                succeeded=hour.succeeded + newer.succeeded,
                failed=hour.failed + newer.failed,
                latency=[a + b for a, b in zip(hour.latency, newer.latency, strict=True)],
            )

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
