"""Rows of logins, and what a machine is told."""

from datetime import datetime
from enum import StrEnum

import msgspec

from revento.contract.manifest import Environment
from revento.kernel.db import Row
from revento.kernel.ids import ClientId, IntegrationId, UserId


class Login(Row, frozen=True):
    """One machine that asks, as its own words (`machine`) and its address describe it."""

    id: str
    machine: str
    address: str
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: UserId | None
    client_id: ClientId | None
    polled_at: datetime | None
    collected_at: datetime | None


class Choice(Row, frozen=True):
    """A client that a developer may hand to a machine."""

    client_id: ClientId
    integration_id: IntegrationId
    integration_name: str
    environment: Environment


class Status(StrEnum):
    """How a login stands, as the machine is told."""

    PENDING = "pending"
    SLOW_DOWN = "slow_down"
    DENIED = "denied"
    EXPIRED = "expired"
    APPROVED = "approved"


class Opened(msgspec.Struct, frozen=True):
    """The two codes of a new login: one for the machine, one that the person compares. Told once."""

    device_code: str
    user_code: str


class Collected(msgspec.Struct, frozen=True):
    """What a poll brings; the credentials only once, when approved."""

    status: Status
    client: Choice | None = None
    client_secret: str | None = None
    expires_at: datetime | None = None
