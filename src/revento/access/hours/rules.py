"""Adding requests up, and reading latencies out of buckets. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

# Upper bounds in milliseconds; the last bucket holds everything slower.
BOUNDS_MS: Final = (1, 2, 3, 5, 8, 12, 20, 35, 60, 100, 200, 500, 1000, 5000)


class Request(Protocol):
    """What is added up of a request."""

    @property
    def at(self) -> datetime: ...
    @property
    def integration_id(self) -> str | None: ...
    @property
    def client_id(self) -> str | None: ...
    @property
    def installation_id(self) -> str | None: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def scope(self) -> str | None: ...
    @property
    def status(self) -> int: ...
    @property
    def people(self) -> int: ...
    @property
    def duration_ms(self) -> float: ...


def add_up(requests: Iterable[Request]) -> list[dict[str, Any]]:
    """One row for each hour, connection, endpoint, version and scope, ordered by key: no deadlocks."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in requests:
        hour = each.at.replace(minute=0, second=0, microsecond=0)
        names = (each.client_id or "", each.installation_id or "", each.endpoint, each.version, each.scope or "")
        key = (each.integration_id or "", hour, *names)
        row = rows.get(key)
        if row is None:
            row = rows[key] = _empty(key, each.at)
        row["requests"] += 1
        row["refused"] += each.status >= 400
        row["rejected"] += each.status == 401
        row["limited"] += each.status == 429
        row["failed"] += each.status >= 500
        row["people"] += each.people
        row["latency"][bisect_left(BOUNDS_MS, each.duration_ms)] += 1
        row["last_at"] = max(row["last_at"], each.at)
    return [rows[key] for key in sorted(rows)]


def _empty(key: tuple[Any, ...], at: datetime) -> dict[str, Any]:
    names = ("integration_id", "hour", "client_id", "installation_id", "endpoint", "version", "scope")
    counts = dict.fromkeys(("requests", "refused", "rejected", "limited", "failed", "people"), 0)
    return dict(zip(names, key, strict=True)) | counts | {"latency": [0] * (len(BOUNDS_MS) + 1), "last_at": at}


def quantile(counts: Sequence[int], share: float) -> float | None:
    """The milliseconds below which `share` of the answers lie, interpolated within its bucket; `None` of nothing."""
    total = sum(counts)
    if total == 0:
        return None
    rank, seen = share * total, 0
    for index, count in enumerate(counts):
        if count and seen + count >= rank:
            low = BOUNDS_MS[index - 1] if index else 0
            high = BOUNDS_MS[min(index, len(BOUNDS_MS) - 1)]
            return low + (high - low) * max(rank - seen, 0.0) / count
        seen += count
    return float(BOUNDS_MS[-1])
