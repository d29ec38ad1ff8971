"""Rows of the ledger: who read what, when, and how many people's rows."""

from datetime import datetime
from uuid import UUID

import msgspec

from revento.kernel.db import Row


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One request at the API, as it is noted when its answer is out. `endpoint` is the path's template."""

    at: datetime
    request_id: str
    method: str
    endpoint: str
    path: str
    query: str
    version: str
    status: int
    duration_ms: float
    error: str | None = None
    rows: int = 0
    people: int = 0
    integration_id: str | None = None
    client_id: str | None = None
    installation_id: str | None = None
    event_id: str | None = None
    user_id: str | None = None
    user_grant_id: str | None = None
    participant_id: str | None = None
    family_id: str | None = None
    token_kind: str | None = None
    scope: str | None = None
    address: str | None = None


class Entry(Row, frozen=True):
    """One line of a request log."""

    at: datetime
    request_id: UUID
    integration_id: str | None
    integration_name: str | None
    installation_id: str | None
    event_id: str | None
    event_title: str | None
    user_id: str | None
    participant_id: str | None
    family_id: str | None
    token_kind: str | None
    method: str
    endpoint: str
    path: str
    query: str
    scope: str | None
    version: str
    status: int
    error: str | None
    rows: int
    people: int
    duration_ms: float


class Use(Row, frozen=True):
    """What one connection read of an event through one endpoint, added up. `rows` counts people where `people` does."""

    integration_id: str
    integration_name: str
    installation_id: str
    endpoint: str
    scope: str | None
    requests: int
    refused: int
    rows: int
    people: int
    first_at: datetime
    last_at: datetime


class Refusals(Row, frozen=True):
    """A token that was refused by its limits again and again."""

    integration_id: str
    integration_name: str
    installation_id: str
    event_id: str
    family_id: str
    token_kind: str
    refusals: int
    first_at: datetime
    last_at: datetime
