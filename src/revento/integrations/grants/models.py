"""Rows of user grants."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import ClientId, EventId, GrantId, InstallationId, IntegrationId, UserId


class Grant(Row, frozen=True):
    """A person's consent for one integration and one event."""

    id: GrantId
    event_id: EventId
    user_id: UserId
    integration_id: IntegrationId
    client_id: ClientId
    installation_id: InstallationId
    scopes: list[str]
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    last_used_at: datetime | None
