"""Rows of what integrations know about a person."""

from datetime import datetime
from typing import Any

from revento.contract.manifest import Kind, Publisher
from revento.kernel.db import Row
from revento.kernel.ids import EventId, GrantId, InstallationId, IntegrationId, OrganizationId, ParticipantId


class Reader(Row, frozen=True):
    """One connection of an event that a person takes part in. `looks` are answers that held, or may have held, her."""

    installation_id: InstallationId
    event_id: EventId
    event_title: str
    time_zone: str
    organization_id: OrganizationId
    organization_name: str
    participant_id: ParticipantId
    integration_id: IntegrationId
    integration_name: str
    integration_kind: Kind
    publisher_verified_at: datetime | None
    publisher: Publisher
    granted_scopes: list[str]
    connected_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    grant_id: GrantId | None
    grant_scopes: list[str] | None
    grant_at: datetime | None
    looks: int
    looked_at: datetime | None
    told: int
    told_at: datetime | None
    shared_fields: list[str]
    objected_at: datetime | None
    answered_at: datetime | None

    @property
    def sees_me(self) -> bool:
        """Whether the organizer's connection reads people at all."""
        return "participants.read" in self.granted_scopes


class Look(Row, frozen=True):
    """One answer that held, or may have held, a person's row."""

    at: datetime
    endpoint: str
    people: int
    own_token: bool


class Export(Row, frozen=True):
    """What a person takes away of her consents, duties and objections."""

    document: dict[str, Any]
