"""Rows of the delivery log as people see them."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from revento.kernel.db import Row

# What a search may ask for. The first five are live, the others are over.
STATES: Final = ("ready", "sending", "waiting", "held", "delivered", "dead", "acknowledged", "cancelled")
LIVE: Final = {"ready": 0, "sending": 1, "waiting": 3, "held": 4}


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What the log is searched for; `None` means anything."""

    event_id: str | None = None
    topic: str | None = None
    state: str | None = None
    resource_id: str | None = None
    request_id: str | None = None
    message_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Entry(Row, frozen=True):
    """One delivery in the log. `no` is its place in the order of arrival, and the page's cursor.

    `due` is when a waiting one is tried next; `finished_at` when a finished one ended. `last_error`: see
    `retries.Outcome`; for a cancelled one the reason.
    """

    no: int
    id: UUID
    endpoint_no: int
    client_id: str
    integration_id: str
    installation_id: str | None
    event_id: str | None
    topic: str
    resource_key: str
    state: str
    attempts: int
    is_replay: bool
    seq: int
    last_status: int | None
    last_error: str | None
    due: datetime | None
    created_at: datetime
    finished_at: datetime | None
    acknowledged_at: datetime | None
    message_id: str
    message_at: datetime


class Try(Row, frozen=True):
    """One HTTP try as it was recorded."""

    n: int
    at: datetime
    timestamp_s: int
    signed_sha256: bytes
    outcome: str
    status: int | None
    detail: str | None
    answer: str | None
    latency_ms: int


class Told(Row, frozen=True):
    """The message behind a delivery; gone after 30 days."""

    id: str
    request_id: str | None
    occurred_at: datetime
    created_at: datetime
    body: bytes


class SecretThen(Row, frozen=True):
    """A signing secret of a client and the time in which it counted."""

    id: str
    sealed: bytes
    created_at: datetime
    over_at: datetime | None


class Attempt(msgspec.Struct, frozen=True):
    """One try with what went over the wire. `is_exact`: the hash of the signed bytes agrees with the one kept."""

    tried: Try
    headers: dict[str, str]
    is_exact: bool


class TopicUse(Row, frozen=True):
    """What became of a declared type lately: when one was last accepted, and when one was last made."""

    topic: str
    last_accepted_at: datetime | None
    last_made_at: datetime | None


class Detail(msgspec.Struct, frozen=True):
    """Everything about one delivery, tries oldest first; `message` is `None` once its 30 days are over."""

    entry: Entry
    message: Told | None
    attempts: list[Attempt]


class Endpoint(Row, frozen=True):
    """One receiver as its owner sees it: where it stands, why, and what its pace is."""

    no: int
    client_id: str
    integration_id: str
    installation_id: str | None
    event_id: str | None
    organization_id: str | None
    state: str
    reason: str | None
    paused_at: datetime | None
    next_probe_at: datetime | None
    most_in_flight: int
    rate_per_s: float | None
    fail_streak: int
    breaker_level: int
    breaker_until: datetime | None
    not_before: datetime | None
    failing_since: datetime | None
    warned_at: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_seq: int
    url: str | None
