"""Rows of the developer console."""

from datetime import datetime

from revento.contract.manifest import Environment, Kind
from revento.kernel.db import Row
from revento.kernel.ids import DeletionId, EventId, InstallationId, IntegrationId, OrganizationId, UserId


class Console(Row, frozen=True):
    """An integration with what its side navigation counts, for one of its developers."""

    id: IntegrationId
    name: str
    kind: Kind
    state: str
    organization_id: OrganizationId | None
    publisher: str
    suspended_at: datetime | None
    suspension_reason: str | None
    published_at: datetime | None
    role: str
    installations: int
    duties: int
    dead: int


class Mine(Row, frozen=True):
    """One line of "my integrations"."""

    id: IntegrationId
    name: str
    kind: Kind
    state: str
    role: str
    environments: list[Environment]
    installations: int
    duties: int
    troubled: int
    created_at: datetime


class Connection(Row, frozen=True):
    """One connection with its names."""

    id: InstallationId
    event_id: EventId
    event_title: str
    organization_name: str
    state: str
    granted_scopes: list[str]
    created_at: datetime
    paused_at: datetime | None
    ends_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    last_used_at: datetime | None
    grants: int
    endpoint_no: int | None
    endpoint_state: str | None
    failing_since: datetime | None


class Duty(Row, frozen=True):
    """One deletion duty with its event's name."""

    id: DeletionId
    event_id: EventId
    event_title: str
    subject: str
    participant_id: str | None
    reason: str
    opened_at: datetime
    deadline_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None


class Event(Row, frozen=True):
    """An event of the developer's own sandbox."""

    id: EventId
    title: str
    publish_status: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    archived_at: datetime | None
    installation_id: InstallationId | None


class Persona(Row, frozen=True):
    """An invented person of the sandbox, as she stands in one event."""

    user_id: UserId
    name: str
    display_name: str
    role: str
    status: str
