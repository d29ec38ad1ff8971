"""Rows of the program as a visitor reads it."""

from datetime import date, datetime

from revento.contract.v1.event import MinAge
from revento.contract.v1.program import ActivityStatus
from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, LocationId, ThreadId


class Entry(Row, frozen=True):
    """One line of the program. `my_state` is going, waiting or none."""

    id: ActivityId
    title: str
    status: ActivityStatus
    starts_at: datetime
    ends_at: datetime
    min_age: MinAge
    language: str | None
    hosts: list[str]
    capacity: int | None
    signups_open: bool
    signup_count: int
    waitlist_count: int
    thread_id: ThreadId | None
    thread_title: str | None
    thread_color: str | None
    location_id: LocationId | None
    location_name: str | None
    is_favourite: bool
    my_state: str | None


class Turn(Row, frozen=True):
    """What is on at a place, or comes next there."""

    location_id: LocationId
    id: ActivityId
    title: str
    starts_at: datetime
    ends_at: datetime
    thread_color: str | None


class DayCount(Row, frozen=True):
    """How many activities begin on a day of the event's zone."""

    on: date
    count: int


class MySeat(Row, frozen=True):
    """A visitor and one activity. `ahead` counts those before her on the waitlist."""

    is_favourite: bool
    state: str | None
    moved_up_at: datetime | None
    ahead: int
    birth_date: date | None
