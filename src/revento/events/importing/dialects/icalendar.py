"""iCalendar (RFC 5545), read line by line, so that one bad line costs one line."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import msgspec

from revento.events.importing.dialects import text, times
from revento.events.importing.dialects.refusals import decoded, unreadable
from revento.events.importing.models import Problem, Room, Schedule, Session

_LINE: Final = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^;:"]*))*):(.*)', re.DOTALL)
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^;:"]*)')
_ESCAPED: Final = re.compile(r"\\([\\;,nN])")
_STAMP: Final = re.compile(r"(\d{8})T(\d{6})(Z?)")
_DURATION: Final = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_PRETALX: Final = re.compile(r"pretalx-.+-([A-Z0-9]{6})@")
_STEPS: Final = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
_REPEATS_MOST: Final = 366


class Property(msgspec.Struct, frozen=True):
    """One content line."""

    parameters: dict[str, str]
    value: str
    line: int

    @property
    def text(self) -> str:
        """The value as TEXT: escapes read."""
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


Entry = dict[str, Property]


def read(raw: bytes) -> Schedule:
    """Raises `INVALID_INPUT` with the line when it is not a whole calendar."""
    problems: list[Problem] = []
    head, entries, zones = _components(raw, problems)
    sessions: list[Session] = []
    repeated = _repeated(entries)
    for entry in entries:
        sessions += _sessions(entry, zones, repeated, problems)
    shown = head.get("X-WR-TIMEZONE")
    zone = times.zone(shown.value) if shown and shown.value.upper() not in ("UTC", "ETC/UTC", "GMT") else None
    if zone is None and len(zones) == 1:
        zone = next(iter(zones.values()))
    name = head.get("X-WR-CALNAME") or head.get("NAME")
    rooms = dict.fromkeys(each.room for each in sessions if each.room)
    title = text.line(name.text) if name else ""
    return Schedule(
        dialect="icalendar",
        key=title or None,
        title=title or None,
        zone=zone,
        sessions=sessions,
        rooms=[Room(room) for room in rooms],
        problems=problems,
    )


def _components(raw: bytes, problems: list[Problem]) -> tuple[Entry, list[Entry], dict[str, str]]:
    """The calendar's own properties, its entries, and its zones as IANA names by their ids."""
    head: Entry = {}
    entries: list[Entry] = []
    zones: dict[str, str] = {}
    stack: list[tuple[str, Entry]] = []
    line = 1
    for line, name, found in _lines(raw, problems):
        if name == "BEGIN":
            stack.append((found.value.upper(), head if not stack else {}))
        elif name == "END":
            if not stack or stack[-1][0] != found.value.upper():
                unreadable(f"END:{found.value} closes nothing that is open", line=line, column=1)
            kind, properties = stack.pop()
            if kind == "VEVENT":
                entries.append(properties)
            elif kind == "VTIMEZONE" and "TZID" in properties:
                zones |= _zone(properties)
        elif stack:
            stack[-1][1].setdefault(name, found)
    if stack:
        unreadable(f"the file ends inside {stack[-1][0]}", line=line, column=1)
    return head, entries, zones


def _zone(properties: Entry) -> dict[str, str]:
    written = properties["TZID"].value
    location = properties.get("X-LIC-LOCATION") or properties.get("TZNAME")
    found = times.zone(written) or times.zone(location.value if location else "") or _tail(written)
    return {written: found} if found else {}


def _tail(name: str) -> str | None:
    """The IANA name at the end of an id such as `/freeassociation.sourceforge.net/Europe/Berlin`."""
    return times.zone("/".join(name.split("/")[-2:]))


def _lines(raw: bytes, problems: list[Problem]) -> Iterator[tuple[int, str, Property]]:
    """Unfolded content lines with the number on which each begins. Unfolds bytes: a fold may split a letter."""
    whole: list[tuple[int, bytes]] = []
    for number, piece in enumerate(raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n"), 1):
        if piece[:1] in (b" ", b"\t") and whole:
            whole[-1] = (whole[-1][0], whole[-1][1] + piece[1:])
        else:
            whole.append((number, piece))
    for number, joined in whole:
        if not joined.strip():
            continue
        try:
            content = joined.decode()
        except UnicodeDecodeError:
            decoded(raw)
            raise
        if (match := _LINE.fullmatch(content)) is None:
            problems.append(Problem(f"line {number}", f"not a line of a calendar: {content[:60]!r}", skipped=True))
            continue
        parameters = {key.upper(): value.strip('"') for key, value in _PARAMETER.findall(match[2])}
        yield number, match[1].upper(), Property(parameters, match[3], number)


def _repeated(entries: list[Entry]) -> set[str]:
    seen: set[str] = set()
    return {uid for entry in entries if (uid := _uid(entry)) and (uid in seen or seen.add(uid))}


def _uid(entry: Entry) -> str:
    return entry["UID"].value.strip() if "UID" in entry else ""


def _sessions(entry: Entry, zones: dict[str, str], repeated: set[str], problems: list[Problem]) -> Iterator[Session]:
    begin = entry.get("DTSTART")
    title = text.line(entry["SUMMARY"].text) if "SUMMARY" in entry else ""
    at = f"line {begin.line if begin else next(iter(entry.values())).line if entry else 0}"
    starts_at = _moment(begin, zones) if begin else None
    ends_at = _ends_at(entry, zones, starts_at) if starts_at else None
    if not title or starts_at is None or ends_at is None or ends_at < starts_at:
        why = "no title" if not title else "no start that can be read" if starts_at is None else "no end that fits"
        problems.append(Problem(at, f"{title or 'an entry'} has {why}", skipped=True))
        return
    length = ends_at - starts_at
    for number, start in enumerate(_starts(entry, starts_at, at, title, problems)):
        yield _session(entry, at, title, start, start + length, repeated, number)


def _session(
    entry: Entry, at: str, title: str, starts_at: datetime, ends_at: datetime, repeated: set[str], number: int
) -> Session:
    location = text.line(entry["LOCATION"].text) if "LOCATION" in entry else ""
    threads = [text.line(each) for each in _list(entry, "CATEGORIES")]
    status = entry["STATUS"].value.upper() if "STATUS" in entry else ""
    return Session(
        at=at,
        keys=_keys(entry, starts_at, repeated, number),
        title=title,
        description=text.words(entry["DESCRIPTION"].text) if "DESCRIPTION" in entry else "",
        starts_at=starts_at,
        ends_at=ends_at,
        room=location or None,
        track=next((each for each in threads if each), None),
        is_cancelled=status == "CANCELLED" or text.is_cancelled(title),
        tags=tuple(each for each in threads[1:] if each),
    )


def _keys(entry: Entry, starts_at: datetime, repeated: set[str], number: int) -> tuple[str, ...]:
    uid = _uid(entry)
    if not uid:
        return ()
    slot = f"@{starts_at:%Y%m%dT%H%M}" if uid in repeated or "RECURRENCE-ID" in entry or number else ""
    found = [f"uid:{uid}{slot}"]
    local = uid.partition("@")[0]
    if (code := _PRETALX.match(uid)) is not None:
        found.append(f"code:{code[1]}")
    elif len(local) in (32, 36):
        with contextlib.suppress(ValueError):
            found.append(f"guid:{UUID(local)}")
    return tuple(found)


def _list(entry: Entry, name: str) -> list[str]:
    if name not in entry:
        return []
    pieces = re.split(r"(?<!\\),", entry[name].value)
    return [_ESCAPED.sub(lambda found: found[1], piece) for piece in pieces]


def _moment(found: Property, zones: dict[str, str]) -> datetime | None:
    value = found.value.strip()
    try:
        if (stamp := _STAMP.fullmatch(value)) is not None:
            moment = datetime.strptime(stamp[1] + stamp[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 (settled below or later)
            if stamp[3]:
                return moment.replace(tzinfo=UTC)
            return _in_zone(moment, found.parameters.get("TZID"), zones)
        return datetime.combine(date.fromisoformat(value), time()) if len(value) in (8, 10) else None
    except ValueError:
        return None


def _in_zone(moment: datetime, id: str | None, zones: dict[str, str]) -> datetime | None:
    """Floating times wait for the event's zone; a zone that nobody knows makes the time unreadable."""
    if id is None:
        return moment
    name = zones.get(id) or times.zone(id) or _tail(id)
    return None if name is None else times.settled(moment, name)


def _ends_at(entry: Entry, zones: dict[str, str], starts_at: datetime) -> datetime | None:
    if "DTEND" in entry:
        end = _moment(entry["DTEND"], zones)
        return end if end and (end.tzinfo is None) == (starts_at.tzinfo is None) else None
    if "DURATION" in entry:
        found = _DURATION.fullmatch(entry["DURATION"].value.strip())
        if found is None or found[1] == "-":
            return None
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        return starts_at + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    whole_day = entry["DTSTART"].parameters.get("VALUE") == "DATE"
    return starts_at + timedelta(days=1) if whole_day else starts_at


def _starts(entry: Entry, first: datetime, at: str, title: str, problems: list[Problem]) -> Iterator[datetime]:
    """The starts of a repeated entry, when it repeats by days or weeks and says until when."""
    if "RRULE" not in entry:
        yield first
        return
    parts = [part.partition("=") for part in entry["RRULE"].value.upper().split(";")]
    rule: dict[str, str] = {name: value for name, _, value in parts}
    step, count, until = _STEPS.get(rule.get("FREQ", "")), rule.get("COUNT"), rule.get("UNTIL")
    known = set(rule) <= {"FREQ", "COUNT", "UNTIL", "INTERVAL", "WKST"}
    last = _moment(Property({}, until, 0), {}) if until else None
    if step is None or not known or (count is None and last is None):
        say = f"{title}: repeats by a rule that is not read ({entry['RRULE'].value}); only its first time is taken"
        problems.append(Problem(at, say))
        yield first
        return
    if last is not None and first.tzinfo is None:
        last = last.replace(tzinfo=None)
    elif last is not None and last.tzinfo is None:
        last = last.replace(tzinfo=first.tzinfo)
    start, step = first, step * int(rule.get("INTERVAL", "1") or 1)
    for _ in range(min(int(count) if count and count.isdecimal() else _REPEATS_MOST, _REPEATS_MOST)):
        if last is not None and start > last:
            return
        yield start
        start += step
