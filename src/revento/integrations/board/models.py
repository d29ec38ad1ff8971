"""Rows of the organizer's board."""

from datetime import datetime

from revento.contract.manifest import Environment, Kind, Manifest
from revento.kernel.db import Row
from revento.kernel.ids import ClientId, InstallationId, IntegrationId


class Connection(Row, frozen=True):
    """A connection with its integration, its receiver's health, and how many people signed in.

    `holding` counts deliveries that wait, up to 1,000.
    """

    id: InstallationId
    integration_id: IntegrationId
    client_id: ClientId
    environment: Environment
    name: str
    kind: Kind
    integration_state: str
    suspension_reason: str | None
    publisher_verified_at: datetime | None
    manifest: Manifest
    manifest_version: int
    state: str
    granted_scopes: list[str]
    connected_by: str
    created_at: datetime
    paused_at: datetime | None
    ends_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    last_used_at: datetime | None
    people: int
    pages: int
    endpoint_state: str | None
    endpoint_reason: str | None
    failing_since: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    holding: int

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.state == "active"


class ScopeUse(Row, frozen=True):
    """When a connection last read with a scope, and how many people's rows it got in that time."""

    installation_id: InstallationId
    scope: str
    requests: int
    people: int
    last_at: datetime
