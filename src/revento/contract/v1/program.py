"""Threads, locations, activities, waves and the program document on the wire (contract §4)."""

from typing import Any, Literal

from revento.contract.v1.event import MinAge
from revento.contract.v1.participant import Role
from revento.contract.v1.wire import Wire

ActivityStatus = Literal["scheduled", "cancelled"]
CapacityState = Literal["unlimited", "open", "nearly_full", "full", "closed"]
LocationKind = Literal["venue", "building", "floor", "room"]
WaveStatus = Literal["upcoming", "open", "full", "closed"]


class Host(Wire, frozen=True, kw_only=True):
    """Who holds an activity; `participant_id` is null for a host known by name only."""

    participant_id: str | None
    display_name: str


class Activity(Wire, frozen=True, kw_only=True):
    """One item of the program. A draft appears nowhere."""

    id: str
    event_id: str
    thread_id: str | None
    location_id: str | None
    title: str
    description: str
    status: ActivityStatus
    starts_at: str
    ends_at: str
    min_age: MinAge
    language: str | None
    hosts: list[Host]
    capacity: int | None
    signup_count: int
    waitlist_count: int
    capacity_state: CapacityState
    created_at: str
    updated_at: str


class ActivityUpdated(Activity, frozen=True, kw_only=True):
    """`data` of `activity.updated`; `previous` holds the old values of `changed_fields`."""

    changed_fields: list[str]
    previous: dict[str, Any]


class Thread(Wire, frozen=True, kw_only=True):
    """A track of the program."""

    id: str
    event_id: str
    title: str
    description: str
    color: str
    position: int
    created_at: str
    updated_at: str


class Location(Wire, frozen=True, kw_only=True):
    """A node of the tree venue > building > floor > room."""

    id: str
    event_id: str
    parent_id: str | None
    kind: LocationKind
    name: str
    capacity: int | None
    accessibility: str
    position: int
    created_at: str
    updated_at: str


class Wave(Wire, frozen=True, kw_only=True):
    """A registration wave: when people of one role may apply."""

    id: str
    event_id: str
    title: str
    role: Role
    opens_at: str
    closes_at: str
    capacity: int | None
    status: WaveStatus
    created_at: str
    updated_at: str


class ProgramDay(Wire, frozen=True, kw_only=True):
    """The activities that start on one date of the event's time zone, by start."""

    date: str
    activities: list[Activity]


class Program(Wire, frozen=True, kw_only=True):
    """The whole program as one document."""

    event_id: str
    time_zone: str
    updated_at: str
    threads: list[Thread]
    locations: list[Location]
    days: list[ProgramDay]
