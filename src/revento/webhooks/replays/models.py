"""Rows of replays."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from revento.kernel.db import Row


class Replay(Row, frozen=True):
    """A running or finished replay. `queued` of `total` deliveries were put in the queue."""

    id: str
    kind: str
    client_id: str
    installation_id: str | None
    topics: list[str]
    states: list[str]
    since: datetime
    until: datetime
    rate_per_s: int
    state: str
    position: int
    after_at: datetime | None
    after_id: str
    queued: int
    total: int
    moved_at: datetime
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be replayed: deliveries made in [since, until). No topics: all. States: `delivered`, `dead`, …"""

    since: datetime
    until: datetime
    topics: Sequence[str] = ()
    states: Sequence[str] = ("dead",)
    rate_per_s: int = 50


class Moved(Row, frozen=True):
    """One step of a replay: how many rows it queued and the last place it read."""

    queued: int
    position: int


class Old(Row, frozen=True):
    """A message of the time before a connection."""

    id: str
    created_at: datetime
    topic: str
    resource_key: str


class Again(Row, frozen=True):
    """A delivery that is sent once more under a new id."""

    id: UUID
    new_id: UUID
