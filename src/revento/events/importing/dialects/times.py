"""Times as files write them: with an offset they are facts, without one they wait for a zone."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
EARLY: Final = time(6)  # what starts before this, with no date of its own, belongs to the night of the day before
LONG: Final = timedelta(hours=12)
# Names that some producers write instead of IANA's (frab writes Rails' names).
_OTHER_NAMES: Final = {
    "berlin": "Europe/Berlin", "amsterdam": "Europe/Amsterdam", "vienna": "Europe/Vienna", "bern": "Europe/Zurich",
    "paris": "Europe/Paris", "madrid": "Europe/Madrid", "rome": "Europe/Rome", "warsaw": "Europe/Warsaw",
    "prague": "Europe/Prague", "brussels": "Europe/Brussels", "copenhagen": "Europe/Copenhagen",
    "stockholm": "Europe/Stockholm", "helsinki": "Europe/Helsinki", "lisbon": "Europe/Lisbon",
    "london": "Europe/London", "dublin": "Europe/Dublin", "athens": "Europe/Athens", "moscow": "Europe/Moscow",
    "eastern time (us & canada)": "America/New_York", "central time (us & canada)": "America/Chicago",
    "mountain time (us & canada)": "America/Denver", "pacific time (us & canada)": "America/Los_Angeles",
    "w. europe standard time": "Europe/Berlin", "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest", "central european standard time": "Europe/Warsaw",
    "gmt standard time": "Europe/London", "fle standard time": "Europe/Kyiv", "gtb standard time": "Europe/Bucharest",
    "eastern standard time": "America/New_York", "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver", "pacific standard time": "America/Los_Angeles",
    "tokyo standard time": "Asia/Tokyo", "india standard time": "Asia/Kolkata",
    "aus eastern standard time": "Australia/Sydney", "new zealand standard time": "Pacific/Auckland",
}  # fmt: skip
_KNOWN: Final = available_timezones()


def zone(name: Any) -> str | None:
    """The IANA name of a zone that a file names in its own way; `None` when nobody knows it."""
    text = str(name or "").strip().strip('"')
    if text in _KNOWN:
        return text
    return _OTHER_NAMES.get(text.lower())


def moment(value: Any) -> datetime | None:
    """A date with a time, aware when it carries an offset; `None` when it is not one."""
    text = str(value or "").strip()
    if len(text) < 12:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day(value: Any) -> date | None:
    """The date that a value begins with."""
    try:
        return date.fromisoformat(str(value or "").strip()[:10])
    except ValueError:
        return None


def clock(value: Any) -> time | None:
    """A time of day: `9:30`, `09:30:00`."""
    found = _CLOCK.fullmatch(str(value or "").strip())
    if found is None:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    return time(hours, minutes, seconds) if hours < 24 and minutes < 60 and seconds < 60 else None


def in_bucket(bucket: date, start: time, change: time = EARLY) -> datetime:
    """When something starts that stands under a day without a date of its own: before `change` it is the next one."""
    return datetime.combine(bucket + timedelta(days=1) if start < change else bucket, start)


def duration(value: Any) -> timedelta | None:
    """`H:MM`, or `D:HH:MM` when its parts fit; three parts may also be `H:MM:SS`, so these only when they must be."""
    found = _DURATION.fullmatch(str(value or "").strip())
    if found is None:
        return None
    if found[1] is None:
        return timedelta(hours=int(found[2]), minutes=int(found[3])) if int(found[3]) < 60 else None
    first, second, third = int(found[1]), int(found[2]), int(found[3])
    if third == 0 and second < 60 and first < 24:
        return timedelta(hours=first, minutes=second)
    if second < 24 and third < 60:
        return timedelta(days=first, hours=second, minutes=third)
    return timedelta(hours=first, minutes=second, seconds=third) if second < 60 and third < 60 else None


def settled(at: datetime, zone: str, *, wall_clock: bool = False) -> datetime:
    """A moment in time: an offset is a fact, unless told that it is the zone's wall clock under a wrong label."""
    if at.tzinfo is None or wall_clock:
        return at.replace(tzinfo=ZoneInfo(zone))
    return at
