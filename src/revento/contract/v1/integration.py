"""Shapes of the integration's own endpoints: pull feed, connections, deletion duties (contract §6.8)."""

from typing import Literal

from revento.contract.v1.wire import Wire


class FeedItem(Wire, frozen=True, kw_only=True):
    """One delivery as it would be posted now. `id`: delivery id; `body`: base64 of the bytes that `headers` sign."""

    id: str
    type: str
    sequence: int
    state: Literal["waiting", "delivered", "dead"]
    headers: dict[str, str]
    body: str


class FeedPage(Wire, frozen=True, kw_only=True):
    """A page of the feed. `next_cursor` is good for the next call also when nothing came."""

    data: list[FeedItem]
    next_cursor: str | None
    has_more: bool


class Acknowledged(Wire, frozen=True, kw_only=True):
    """Which delivery ids were noted, and which are none of this client's (or older than 30 days)."""

    acknowledged: list[str]
    unknown: list[str]


class Connection(Wire, frozen=True, kw_only=True):
    """One installation of this integration, as it stands."""

    id: str
    event_id: str
    organization_id: str
    integration_id: str
    status: Literal["active", "ended"]
    scopes: list[str]
    connected_at: str
    updated_at: str
    paused_at: str | None
    ends_at: str
    ended_at: str | None
    end_reason: str | None


class Duty(Wire, frozen=True, kw_only=True):
    """One deletion duty and its receipt (contract §6.6)."""

    deletion_id: str
    event_id: str
    organization_id: str
    installation_id: str
    subject: Literal["event", "participant"]
    participant_id: str | None
    user_id: str | None
    reason: str
    opened_at: str
    deadline_at: str
    confirmed_at: str | None


class Connections(Wire, frozen=True, kw_only=True):
    """Every installation, the oldest first."""

    data: list[Connection]
    next_cursor: str | None
    has_more: bool


class Duties(Wire, frozen=True, kw_only=True):
    """Every deletion duty, the oldest first."""

    data: list[Duty]
    next_cursor: str | None
    has_more: bool
