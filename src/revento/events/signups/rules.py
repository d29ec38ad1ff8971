"""Decisions about sign-ups."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from revento.contract import errors
from revento.contract.errors import Reason
from revento.contract.v1.event import MinAge
from revento.events.signups.models import Door, State

YEARS: Final[dict[MinAge, int]] = {"age_all": 0, "age_12_plus": 12, "age_16_plus": 16, "age_18_plus": 18}


def age_on(born: date, on: date) -> int:
    """Whole years of age on a day; who is born on 29 February has a birthday on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def why_not_sign_up(door: Door, now: datetime) -> Reason | None:
    """In the order in which a person can do something about it."""
    if door.archived_at is not None:
        return errors.EVENT_ARCHIVED
    if not door.is_published:
        return errors.NOT_FOUND
    if door.application_status != "approved":
        return errors.NOT_APPROVED
    if door.status == "cancelled" or not door.signups_open or door.starts_at <= now:
        return errors.SIGNUPS_CLOSED
    return why_not_by_age(door.min_age, door.birth_date, door.starts_at, door.time_zone)


def why_not_by_age(min_age: MinAge, born: date | None, starts_at: datetime, zone: str) -> Reason | None:
    """The age limit counts on the day of the activity, where it takes place."""
    if not YEARS[min_age]:
        return None
    if born is None:
        return errors.AGE_UNKNOWN
    on = starts_at.astimezone(ZoneInfo(zone)).date()
    return None if age_on(born, on) >= YEARS[min_age] else errors.TOO_YOUNG


def state_for(door: Door) -> State:
    """A place while there is one and nobody waits for it, else a turn."""
    free = door.capacity is None or door.signup_count < door.capacity
    return State.GOING if free and not door.waitlist_count else State.WAITING


def turns(*, capacity: int | None, signup_count: int, waitlist_count: int, cancelled: bool) -> int:
    """How many of those who wait have a place now."""
    if cancelled or not waitlist_count:
        return 0
    return waitlist_count if capacity is None else max(0, min(waitlist_count, capacity - signup_count))
