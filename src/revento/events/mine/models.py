"""Rows of a person's own events."""

from datetime import datetime
from typing import Any

from revento.contract.v1.event import MinAge, PublishStatus
from revento.contract.v1.participant import ApplicationStatus, Role
from revento.contract.v1.program import ActivityStatus
from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, ApplicationId, EventId, OrganizationId, ParticipantId, UserId


class Visit(Row, frozen=True):
    """An event as every page of its visitors has it on top: what it is, and how the visitor stands to it."""

    event_id: EventId
    organization_id: OrganizationId
    organization_name: str
    organization_verified: bool
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
    archived_at: datetime | None
    updated_at: datetime
    user_id: UserId | None
    participant_id: ParticipantId | None
    application_id: ApplicationId | None
    application_status: ApplicationStatus | None
    is_registered: bool
    is_member: bool
    activities: int
    pages: int


class MyEvent(Row, frozen=True):
    """An event that a person has applied for or has begun to. The wave is the next one that she can still use."""

    event_id: EventId
    organization_name: str
    title: str
    publish_status: PublishStatus
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    location_name: str | None
    answer_within_days: int
    application_id: ApplicationId | None
    status: ApplicationStatus | None
    role: Role | None
    submitted_at: datetime | None
    reviewed_at: datetime | None
    note: str | None
    draft_at: datetime | None
    wave_opens_at: datetime | None
    wave_closes_at: datetime | None


class Call(Row, frozen=True):
    """An event that a person may want to apply for: she starred something in it, or was at one of the same people's.

    The wave is the one for participants that is open or opens next. `was_at` is where she was last.
    """

    event_id: EventId
    title: str
    time_zone: str
    was_at: str | None
    opens_at: datetime
    closes_at: datetime


class MyActivity(Row, frozen=True):
    """An activity that a person has a place in or waits for."""

    event_id: EventId
    event_title: str
    time_zone: str
    activity_id: ActivityId
    title: str
    starts_at: datetime
    ends_at: datetime
    location_name: str | None
    status: ActivityStatus
    state: str
    moved_up_at: datetime | None


class Former(Row, frozen=True):
    """Software that was connected to a person's event where the event came from, and her consent to it if she gave one.

    A record out of an archive: it gives nobody access to anything.
    """

    event_id: EventId
    event_title: str
    time_zone: str
    integration: str
    scopes: list[str]
    connected_at: datetime
    ended_at: datetime | None
    own_scopes: list[str] | None
    given_at: datetime | None
    own_ended_at: datetime | None


class Export(Row, frozen=True):
    """What a person takes away of her events, one entry each."""

    document: list[dict[str, Any]]
