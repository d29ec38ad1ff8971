"""Rows of events."""

from datetime import datetime

from revento.contract.v1.event import MinAge, PublishStatus
from revento.kernel.db import Row
from revento.kernel.ids import EventId, OrganizationId


class Event(Row, frozen=True):
    """A gathering."""

    id: EventId
    organization_id: OrganizationId
    organization_name: str
    is_sandbox: bool
    title: str
    description: str
    publish_status: PublishStatus
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    min_age: MinAge
    location_name: str | None
    website_url: str | None
    answer_within_days: int
    published_at: datetime | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EventRow(Row, frozen=True):
    """One line of a list of events."""

    id: EventId
    organization_id: OrganizationId
    organization_name: str
    title: str
    publish_status: PublishStatus
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    location_name: str | None
