"""Rows of sign-ups."""

from datetime import date, datetime
from enum import StrEnum

from revento.contract.v1.event import MinAge
from revento.contract.v1.participant import ApplicationStatus
from revento.contract.v1.program import ActivityStatus
from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, EventId, OrganizationId, ParticipantId, UserId


class State(StrEnum):
    """What a sign-up is worth: a place, or a turn."""

    GOING = "going"
    WAITING = "waiting"


class Door(Row, frozen=True):
    """An activity at the moment somebody knocks, locked, with what is known of who knocks."""

    id: ActivityId
    event_id: EventId
    organization_id: OrganizationId
    time_zone: str
    archived_at: datetime | None
    is_published: bool
    status: ActivityStatus
    starts_at: datetime
    min_age: MinAge
    capacity: int | None
    signups_open: bool
    signup_count: int
    waitlist_count: int
    participant_id: ParticipantId | None
    application_status: ApplicationStatus | None
    birth_date: date | None


class Moved(Row, frozen=True):
    """Somebody whose turn has come."""

    participant_id: ParticipantId
    user_id: UserId


class Seat(Row, frozen=True):
    """One sign-up of a person, for what she downloads and for letters."""

    event_id: EventId
    activity_id: ActivityId
    state: State
    created_at: datetime
