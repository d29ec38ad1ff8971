"""Rows of the overview. Nothing here is written."""

from datetime import datetime
from typing import Any

from revento.identity.permissions import Role
from revento.kernel.db import Row
from revento.kernel.ids import ApplicationId, EventId, OrganizationId, PageId


class Desk(Row, frozen=True):
    """An event as every page of its organizers has it at the top and at the side."""

    event_id: EventId
    organization_id: OrganizationId
    organization_name: str
    organization_kind: str
    verification_status: str
    title: str
    publish_status: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    location_name: str | None
    answer_within_days: int
    is_template: bool
    role: Role
    pending: int
    participants: int
    installations: int


class DeskEvent(Row, frozen=True):
    """One line of the list of events that a person organizes."""

    event_id: EventId
    organization_id: OrganizationId
    title: str
    publish_status: str
    is_template: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    pending: int
    oldest_pending_at: datetime | None


class Numbers(Row, frozen=True):
    """How far the preparation is. `places` is the capacity of all waves; none when one is open-ended."""

    registered: int
    places: int | None
    applied: int
    decided: int
    activities: int
    placed: int
    drafts: int
    oldest_pending_at: datetime | None
    oldest_pending_name: str | None


class Day(Row, frozen=True):
    """How many applied on a day."""

    day: datetime
    count: int


class Ailing(Row, frozen=True):
    """A connected integration whose endpoint fails or which ends soon."""

    installation_id: str
    name: str
    failing_since: datetime | None
    ends_at: datetime


class Deed(Row, frozen=True):
    """One line of what happened lately, out of the audit log."""

    at: datetime
    actor_name: str | None
    action: str
    subject_name: str | None


class Decision(Row, frozen=True):
    """One of the decisions that a click made."""

    id: str
    application_id: ApplicationId


class Answered(Row, frozen=True):
    """One line of an export."""

    id: ApplicationId
    display_name: str
    role: str
    status: str
    submitted_at: datetime
    answers: dict[str, Any]


class Unshown(Row, frozen=True):
    """A webview page that visitors don't get to see, and what was found when its server was looked at."""

    id: PageId
    title: str
    found: str
