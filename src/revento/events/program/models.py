"""Rows of the program."""

from datetime import datetime

import msgspec

from revento.contract.v1.event import MinAge
from revento.contract.v1.program import ActivityStatus, LocationKind
from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, EventId, LocationId, ParticipantId, ThreadId


class Thread(Row, frozen=True):
    """A track."""

    id: ThreadId
    event_id: EventId
    title: str
    description: str
    color: str
    position: int
    created_at: datetime
    updated_at: datetime


class Location(Row, frozen=True):
    """A node of the tree venue > building > floor > room."""

    id: LocationId
    event_id: EventId
    parent_id: LocationId | None
    kind: LocationKind
    name: str
    capacity: int | None
    accessibility: str
    position: int
    created_at: datetime
    updated_at: datetime


class HostRow(Row, frozen=True):
    """Who holds an activity."""

    participant_id: ParticipantId | None
    display_name: str


class Activity(Row, frozen=True):
    """One item of the program."""

    id: ActivityId
    event_id: EventId
    thread_id: ThreadId | None
    location_id: LocationId | None
    title: str
    description: str
    status: ActivityStatus
    is_published: bool
    starts_at: datetime
    ends_at: datetime
    min_age: MinAge
    language: str | None
    hosts: list[HostRow]
    capacity: int | None
    signups_open: bool
    signup_count: int
    waitlist_count: int
    version: int
    created_at: datetime
    updated_at: datetime


class Booking(Row, frozen=True):
    """What an activity takes up: its time, a location, its hosts (ids of participants, or names)."""

    id: ActivityId
    title: str
    status: ActivityStatus
    is_published: bool
    starts_at: datetime
    ends_at: datetime
    location_id: LocationId | None
    hosts: list[str]


class Host(msgspec.Struct, frozen=True):
    """A host as an organizer enters one: by name, and by participant when there is one."""

    display_name: str
    participant_id: ParticipantId | None = None


class ActivityFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an organizer decides about an activity."""

    title: str
    description: str = ""
    thread_id: ThreadId | None = None
    location_id: LocationId | None = None
    starts_at: datetime
    ends_at: datetime
    min_age: MinAge = "age_all"
    language: str | None = None
    capacity: int | None = None
    signups_open: bool = True
    hosts: tuple[Host, ...] = ()
