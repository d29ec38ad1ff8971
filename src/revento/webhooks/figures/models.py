"""Figures for pages and metrics."""

from datetime import datetime

import msgspec

from revento.kernel.db import Row


class Span(Row, frozen=True):
    """Tries over a span of hours; `latency` counts the successful ones per bucket. `of_day`: within the last day."""

    of_day: bool
    succeeded: int
    failed: int
    latency: list[int]


class Hourly(Row, frozen=True):
    """Tries within one hour."""

    hour: datetime
    succeeded: int
    failed: int


class Outstanding(Row, frozen=True):
    """What endpoints have still to get. `waiting` counts up to 10,000 of each; `oldest_due` is the oldest one ready."""

    waiting: int
    oldest_due: datetime | None
    dead: int


class Quality(msgspec.Struct, frozen=True):
    """How deliveries went over a span: `rate` is the share of tries that succeeded, latencies in milliseconds."""

    succeeded: int
    failed: int
    rate: float | None
    p50_ms: float | None
    p95_ms: float | None


class Figures(msgspec.Struct, frozen=True):
    """The health of some endpoints. `hours`: the last 24, oldest first, as (succeeded, failed), for a sparkline."""

    day: Quality
    week: Quality
    hours: list[tuple[int, int]]
    waiting: int
    oldest_due: datetime | None
    dead: int


class Troubled(Row, frozen=True):
    """A receiver that is not simply healthy, and since when it has failed.

    `state` is `open` or `half_open` (the breaker's), `failing` (before its breaker opens), else the receiver's own.
    """

    no: int
    client_id: str
    integration_id: str
    state: str
    reason: str | None
    failing_since: datetime | None


class Engine(Row, frozen=True):
    """The whole engine at a glance. Ages in seconds; `healthy_age_s` leaves out receivers that failed last time."""

    unrouted: int
    unrouted_age_s: float
    ready: int
    queue_age_s: float
    healthy_age_s: float
    sending: int
    waiting: int
    held: int
    dead: int
    breakers_open: int
    breakers_half_open: int
    failing: int
    paused: int
    withheld: int
    active: int
    oldest_snapshot_s: float
