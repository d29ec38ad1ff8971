"""Rows of the API by the hour."""

from datetime import datetime

import msgspec

from revento.access.hours import rules
from revento.kernel.db import Row


class Hour(Row, frozen=True):
    """One hour of an integration."""

    hour: datetime
    requests: int
    refused: int
    limited: int


class Sum(Row, frozen=True):
    """An integration's requests over a span."""

    requests: int
    refused: int
    rejected: int
    limited: int
    failed: int
    last_limited_at: datetime | None


class ByEndpoint(Row, frozen=True):
    """One endpoint over a span; latencies in milliseconds."""

    endpoint: str
    requests: int
    refused: int
    failed: int
    latency: list[int]

    @property
    def p50_ms(self) -> float | None:
        """Half of the answers were faster."""
        return rules.quantile(self.latency, 0.5)

    @property
    def p95_ms(self) -> float | None:
        """Of twenty answers nineteen were faster."""
        return rules.quantile(self.latency, 0.95)


class ByInstallation(Row, frozen=True):
    """One connection over a span."""

    installation_id: str
    requests: int
    limited: int
    last_at: datetime


class ScopeUse(Row, frozen=True):
    """How many connections used a scope."""

    scope: str
    installations: int


class Offender(Row, frozen=True):
    """An integration that was refused often."""

    integration_id: str
    name: str
    state: str
    most: int
    limited: int
    rejected: int
    last_at: datetime


class Figures(msgspec.Struct, frozen=True):
    """An integration at the API: the last day, the last week, hour by hour."""

    day: Sum
    week: Sum
    hours: list[tuple[int, int]]
