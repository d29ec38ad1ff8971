"""Rows of the audit log and of its seals."""

from datetime import datetime
from typing import Any

from revento.kernel.db import Row


class Entry(Row, frozen=True):
    """One deed: who did what to what, when, from where."""

    id: int
    at: datetime
    actor: str
    actor_name: str | None
    action: str
    subject: str
    organization_id: str | None
    event_id: str | None
    integration_id: str | None
    address: str | None
    request_id: str | None
    detail: dict[str, Any]
    acted_by_name: str | None


class Sealed(Row, frozen=True):
    """What a seal covers of a row: every column, as it was written."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    organization_id: str | None
    event_id: str | None
    integration_id: str | None
    address: str | None
    request_id: str | None
    detail: str


class Seal(Row, frozen=True):
    """One link of the chain: its hash covers the rows from `first_id` to `last_id` and the hash before it."""

    id: int
    first_id: int
    last_id: int
    rows: int
    previous_hash: bytes
    hash: bytes
    sealed_at: datetime


class Chain(Row, frozen=True):
    """The chain at a glance: how far it reaches, and how much is still unsealed."""

    seals: int
    last_id: int
    last_hash: bytes | None
    last_sealed_at: datetime | None
    unsealed: int
