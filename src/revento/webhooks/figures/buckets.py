"""Latency buckets and what can be read from them. Pure."""

from bisect import bisect_left
from typing import Final

# Upper bounds in milliseconds; the last bucket holds everything slower.
BUCKETS_MS: Final = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


def bucket(latency_ms: int) -> int:
    """The index of the bucket for a latency."""
    return bisect_left(BUCKETS_MS, latency_ms)


def empty() -> list[int]:
    """No tries in any bucket."""
    return [0] * (len(BUCKETS_MS) + 1)


def quantile(counts: list[int], share: float) -> float | None:
    """The latency in milliseconds below which `share` of the tries lie, interpolated within its bucket."""
    total = sum(counts)
    if total == 0:
        return None
    rank, seen = share * total, 0
    for index, count in enumerate(counts):
        if count and seen + count >= rank:
            low = BUCKETS_MS[index - 1] if index else 0
            high = BUCKETS_MS[min(index, len(BUCKETS_MS) - 1)]
            return low + (high - low) * max(rank - seen, 0.0) / count
        seen += count
    return float(BUCKETS_MS[-1])
