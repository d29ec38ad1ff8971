"""A day of the program laid out: locations side by side, quarters of an hour down, clashes in lanes of their own."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from revento.events.program.models import Activity, Booking, Location, Thread
from revento.web.shared.assets import LANES, PLACES, QUARTERS

QUARTER: Final = timedelta(minutes=15)


class Slot(msgspec.Struct, frozen=True):
    """An activity and the classes that put it in its place (`grid.css`)."""

    activity: Activity
    place: str
    classes: str


class Grid(msgspec.Struct, frozen=True):
    """A day as a grid. `hours` are (class, words) of the lines; `first` is where the grid begins.

    `hidden` are the activities of locations for which there is no column left.
    """

    slots: list[Slot]
    places: list[Location]
    hours: list[tuple[str, str]]
    rows: int
    first: datetime
    hidden: int


def days(activities: Sequence[Activity | Booking], start: datetime, end: datetime, zone: str) -> dict[date, int]:
    """How many activities begin on each day of the event, days without any included, in the event's zone."""
    there = ZoneInfo(zone)
    first, last = start.astimezone(there).date(), end.astimezone(there).date()
    counted = {first + timedelta(days=n): 0 for n in range(min((last - first).days, 30) + 1)}
    for activity in activities:
        on = activity.starts_at.astimezone(there).date()
        counted[on] = counted.get(on, 0) + 1
    return dict(sorted(counted.items()))


def span(on: date, zone: str) -> tuple[datetime, datetime]:
    """That day in the event's zone, half-open."""
    there = ZoneInfo(zone)
    return datetime.combine(on, time.min, there), datetime.combine(on + timedelta(days=1), time.min, there)


def of_day(activities: Sequence[Activity], on: date, zone: str) -> list[Activity]:
    """Those that begin on that day, by time."""
    there = ZoneInfo(zone)
    found = [activity for activity in activities if activity.starts_at.astimezone(there).date() == on]
    return sorted(found, key=lambda each: (each.starts_at, each.title))


def threads_by_id(threads: Sequence[Thread]) -> dict[str, Thread]:
    """For templates: the thread of an activity by its id."""
    return {thread.id: thread for thread in threads}


def lay_out(activities: Sequence[Activity], locations: Sequence[Location], zone: str) -> Grid | None:
    """The grid of one day's placed activities; `None` when there are none."""
    placed = [activity for activity in activities if activity.location_id]
    if not placed:
        return None
    there = ZoneInfo(zone)
    first = min(each.starts_at for each in placed).astimezone(there).replace(minute=0, second=0, microsecond=0)
    last = max(each.ends_at for each in placed).astimezone(there)
    rows = min(ceil((last - first) / timedelta(hours=1)) * 4 or 4, QUARTERS)
    used = {activity.location_id for activity in placed}
    places = [location for location in locations if location.id in used][:PLACES]
    columns = {location.id: place for place, location in enumerate(places, 1)}
    slots: list[Slot] = []
    for location in places:
        here = [activity for activity in placed if activity.location_id == location.id]
        slots += [
            Slot(activity, location.name, _classes(activity, columns[location.id], first, rows, lane, of))
            for activity, lane, of in _lanes(here)
        ]
    slots.sort(key=lambda slot: (slot.activity.starts_at, slot.place))
    hours = [(f"start-{2 + 4 * n}", f"{(first + timedelta(hours=n)):%H:%M}") for n in range(rows // 4)]
    return Grid(slots, places, hours, rows, first, len(placed) - len(slots))


def _classes(activity: Activity, column: int, first: datetime, rows: int, lane: int, of: int) -> str:
    start = min(int((activity.starts_at - first) / QUARTER), rows - 1)
    span = max(1, min(ceil((activity.ends_at - activity.starts_at) / QUARTER), rows - start))
    beside = f" lane-{lane}-{of}" if of > 1 else ""
    return f"col-{column} start-{start + 2} span-{span}{beside}"


def _lanes(activities: Sequence[Activity]) -> list[tuple[Activity, int, int]]:
    """Each activity with its lane and how many lanes its crowd needs: those that overlap stand side by side."""
    found: list[tuple[Activity, int, int]] = []
    crowd: list[tuple[Activity, int]] = []
    ends: list[datetime] = []
    for activity in sorted(activities, key=lambda each: each.starts_at):
        if ends and activity.starts_at >= max(ends):
            found += [(each, lane, len(ends)) for each, lane in crowd]
            crowd, ends = [], []
        free = next((lane for lane, end in enumerate(ends) if end <= activity.starts_at), len(ends))
        if free == len(ends) and free < LANES:
            ends.append(activity.ends_at)
        else:
            free = min(free, LANES - 1)
            ends[free] = max(ends[free], activity.ends_at)
        crowd.append((activity, free))
    return found + [(each, lane, len(ends)) for each, lane in crowd]
