"""Rows of limits."""

from datetime import datetime

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import InstallationId, IntegrationId, UserId


class Limit(Row, frozen=True):
    """A budget that an operator set, with the names that a page shows. Without an installation: for all of them."""

    id: str
    integration_id: IntegrationId
    integration_name: str
    installation_id: InstallationId | None
    event_title: str | None
    kind: str
    per_hour: int
    per_minute: int
    in_flight: int
    reason: str
    set_by: UserId
    set_by_name: str
    set_at: datetime
    ends_at: datetime | None


class Holder(Row, frozen=True):
    """Whose budget may be set: an integration with all its connections, or one connection of it."""

    integration_id: IntegrationId
    integration_name: str
    state: str
    connections: int
    installation_id: InstallationId | None
    event_title: str | None
    organization_name: str | None


class Wanted(msgspec.Struct, frozen=True):
    """A budget to set; until it is dropped when it has no end."""

    integration_id: IntegrationId
    installation_id: InstallationId | None
    kind: str
    per_hour: int
    per_minute: int
    in_flight: int
    reason: str
    ends_at: datetime | None = None
