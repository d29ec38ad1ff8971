"""Rows of the claim."""

from datetime import datetime

from revento.kernel.db import Row
from revento.webhooks.endpoints.health import Health
from revento.webhooks.fanout.models import Target


class Claimed(Row, frozen=True):
    """A leased delivery with the bytes to send. `body` is absent when its message is older than retention."""

    endpoint_no: int
    shard: int
    no: int
    id: str
    token: int
    attempts: int
    ladder_from: int
    is_replay: bool
    seq: int
    topic: str
    body: bytes | None


class Receiver(Target, frozen=True):
    """An endpoint as it stands when sending: rights, address, sealed secrets (current first), health, pace."""

    version: int
    rate_per_s: float | None
    secret_ids: list[str]
    sealed: list[bytes]
    state: str
    reason: str | None
    most_in_flight: int
    in_flight_now: int
    fail_streak: int
    recent: int
    recent_count: int
    breaker_level: int
    breaker_until: datetime | None
    not_before: datetime | None
    paused_at: datetime | None
    next_probe_at: datetime | None
    failing_since: datetime | None
    warned_at: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None

    def health(self) -> Health:
        """The health columns as a struct."""
        return Health(**{name: getattr(self, name) for name in Health.__struct_fields__})


class Tried(Row, frozen=True):
    """The record of one HTTP try. `state`: delivered, dead or waiting (`wait_s` from now)."""

    endpoint_no: int
    no: int
    token: int
    state: str
    wait_s: float
    n: int
    outcome: str
    status: int | None
    detail: str | None
    answer: str | None
    latency_ms: int
    timestamp_s: int
    signed_sha256: bytes
    at: datetime
