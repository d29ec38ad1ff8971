"""Rows of connections."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, EventId, InstallationId, IntegrationId, OrganizationId, UserId


class Installation(Row, frozen=True):
    """An integration connected to one event. Its `granted_scopes` are all that its tokens can ever carry."""

    id: InstallationId
    event_id: EventId
    organization_id: OrganizationId
    integration_id: IntegrationId
    client_id: ClientId
    state: str
    granted_scopes: list[str]
    connected_by: UserId
    created_at: datetime
    updated_at: datetime
    paused_at: datetime | None
    ends_at: datetime
    warned_at: datetime | None
    unused_told_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    last_used_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it has not ended. A paused one is active."""
        return self.state == "active"


class Manager(Row, frozen=True):
    """Somebody who looks after an event's connections, for mail."""

    name: str
    email: str
