"""A program by days as the frab family counts them: from four in the morning to one minute before the next."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from revento.events.exporting.models import Item, Whole

BEGINS: Final = time(4)


class Day(msgspec.Struct, frozen=True):
    """One day: its number from 1, its bounds, and what starts in it by room, in the order of the rooms."""

    index: int
    on: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[Item]]


def of(whole: Whole) -> list[Day]:
    """The days on which something starts, without gaps."""
    zone = ZoneInfo(whole.event.time_zone)
    found: dict[date, list[Item]] = {}
    for item in whole.items:
        local = item.starts_at.astimezone(zone)
        on = local.date() if local.time() >= BEGINS else local.date() - timedelta(days=1)
        found.setdefault(on, []).append(item)
    if not found:
        return []
    first, last = min(found), max(found)
    names = [*dict.fromkeys(whole.places.values()), ""]
    days: list[Day] = []
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        begins = datetime.combine(on, BEGINS, zone)
        ends = datetime.combine(on + timedelta(days=1), BEGINS, zone) - timedelta(minutes=1)
        items = found.get(on, [])
        rooms = {name: held for name in names if (held := [each for each in items if whole.place_of(each) == name])}
        days.append(Day(number + 1, on, begins, ends, rooms))
    return days


def lasting(span: timedelta) -> str:
    """A duration as `HH:MM`."""
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
