"""Decisions about the program."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from revento.contract.v1.program import ActivityStatus, CapacityState
from revento.events.program.models import Booking

NEARLY_FULL: Final = 0.9


class Roomy(Protocol):
    """Anything that has places: an activity, or a line of the program."""

    @property
    def status(self) -> ActivityStatus:
        """Scheduled or cancelled."""
        ...

    @property
    def signups_open(self) -> bool:
        """Whether people may still come."""
        ...

    @property
    def capacity(self) -> int | None:
        """How many fit; `None` for no limit."""
        ...

    @property
    def signup_count(self) -> int:
        """How many have a place."""
        ...


def capacity_state(activity: Roomy) -> CapacityState:
    """How free an activity is (contract §4): closed when cancelled or sign-ups are; nearly full from 90 %."""
    return capacity_of(activity.status, activity.signups_open, activity.capacity, activity.signup_count)


def capacity_of(status: ActivityStatus, signups_open: bool, capacity: int | None, signup_count: int) -> CapacityState:
    """The same out of its four facts, for a count that is about to be written."""
    if status == "cancelled" or not signups_open:
        return "closed"
    if capacity is None:
        return "unlimited"
    if signup_count >= capacity:
        return "full"
    return "nearly_full" if signup_count >= NEARLY_FULL * capacity else "open"


def clashes(bookings: Sequence[Booking]) -> dict[str, list[str]]:
    """For each activity that shares a room or a host at the same time: the others, by id. Zero minutes clash never.

    Costs what there is to find: an activity is held against those of its own room and hosts, not against all at once.
    """
    found: dict[str, list[str]] = {}
    running: dict[tuple[str, str], list[Booking]] = {}
    for booking in sorted(bookings, key=_in_turn):
        if booking.status == "cancelled" or booking.ends_at <= booking.starts_at:
            continue
        met: dict[str, Booking] = {}
        for key in _held(booking):
            others = [other for other in running.get(key, ()) if other.ends_at > booking.starts_at]
            met |= {other.id: other for other in others}
            running[key] = [*others, booking]
        for other in sorted(met.values(), key=_in_turn):
            found.setdefault(booking.id, []).append(other.id)
            found.setdefault(other.id, []).append(booking.id)
    return found


def _in_turn(booking: Booking) -> tuple[datetime, str]:
    return booking.starts_at, booking.id


def _held(booking: Booking) -> set[tuple[str, str]]:
    """What only one activity can have at a time."""
    held = {("host", host) for host in booking.hosts}
    return held if booking.location_id is None else held | {("room", booking.location_id)}
