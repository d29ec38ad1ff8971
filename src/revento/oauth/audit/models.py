"""Rows of the token audit."""

from datetime import datetime
from enum import StrEnum

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, EventId, FamilyId, InstallationId, IntegrationId, OrganizationId, UserId


class Origin(msgspec.Struct, frozen=True):
    """Where a request came from, as the edge bound it to the log context."""

    address: str | None
    request_id: str | None


class About(StrEnum):
    """What a word of a search may be."""

    CLIENT = "client"
    EVENT = "event"
    INSTALLATION = "installation"
    REQUEST = "request"
    ADDRESS = "address"
    ANYTHING = "anything"


class Search(msgspec.Struct, frozen=True):
    """What a developer narrows her integration's token audit by; one of the ids or the address at a time."""

    action: str | None = None
    event_id: str | None = None
    installation_id: str | None = None
    request_id: str | None = None
    address: str | None = None


class Entry(Row, frozen=True):
    """One line of the token audit, with the names that a page shows."""

    id: int
    at: datetime
    actor: str
    action: str
    client_id: ClientId | None
    integration_id: IntegrationId | None
    integration_name: str | None
    environment: str | None
    installation_id: InstallationId | None
    event_id: EventId | None
    event_title: str | None
    organization_id: OrganizationId | None
    user_id: UserId | None
    family_id: FamilyId | None
    scopes: list[str]
    reason: str | None
    address: str | None
    request_id: str | None
