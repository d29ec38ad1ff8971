"""What JSON and XML of the frab family share: the meaning of their fields."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from revento.events.importing.dialects import text, times
from revento.events.importing.models import Problem, Room, Schedule, Session

_OLD_GUID: Final = re.compile(r"[A-Za-z0-9_+/-]{20,24}={0,2}")


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """One session's fields, whichever notation they were in."""

    at: str
    bucket: date | None
    change: time = times.EARLY
    guid: Any = None
    id: Any = None
    code: Any = None
    date: Any = None
    start: Any = None
    duration: Any = None
    end: Any = None
    room: str | None = None
    title: Any = None
    subtitle: Any = None
    abstract: Any = None
    description: Any = None
    track: Any = None
    kind: Any = None
    language: Any = None
    persons: Sequence[str] = ()


# What both notations call alike, by our names for it.
_ALIKE: Final = {
    name: name for name in ("date", "start", "duration", "end", "title", "subtitle", "abstract", "description", "track")
} | {"kind": "type", "language": "language"}


def fields(get: Callable[[str], Any], **others: Any) -> Fields:
    """The fields that both notations call alike, as `get` finds them, with those that each finds in its own way."""
    return Fields(**{name: get(written) for name, written in _ALIKE.items()}, **others)


def schedule(
    dialect: str,
    sessions: list[Session],
    problems: list[Problem],
    *,
    acronym: Any,
    title: Any,
    version: Any,
    zone: Any,
    rooms: list[Room],
    tracks: Any,
) -> Schedule:
    """The whole file, whichever notation it was in."""
    return Schedule(
        dialect=dialect,
        key=text.line(acronym) or None,
        title=text.line(title) or None,
        version=text.line(version) or None,
        zone=times.zone(zone),
        sessions=sessions,
        rooms=rooms,
        colors=colors(tracks),
        problems=problems,
    )


def code_of(url: Any) -> str | None:
    """pretalx' code of a submission, which its addresses end with and its calendar file knows nothing else of."""
    parts = str(url or "").strip().rstrip("/").split("/")
    return parts[-1] if len(parts) > 2 and parts[-2] == "talk" and parts[-1].isalnum() else None


def colors(tracks: Any) -> dict[str, str]:
    """The colours of tracks by name, where the file names some."""
    found: dict[str, str] = {}
    rows: list[Any] = tracks if isinstance(tracks, list) else []  # pyright: ignore[reportUnknownVariableType]
    for each in rows:
        if isinstance(each, dict):
            known: dict[str, Any] = each  # pyright: ignore[reportUnknownVariableType]
            found[text.line(known.get("name"))] = str(known.get("color") or "").lower()
    return found


def session(fields: Fields, problems: list[Problem]) -> Session | None:
    """The session, or `None` with the reason among `problems`."""
    title = text.line(fields.title)
    starts_at = _starts_at(fields)
    ends_at = _ends_at(fields, starts_at) if starts_at else None
    missing = "no title" if not title else "no start" if starts_at is None else "no duration" if ends_at is None else ""
    if missing or starts_at is None or ends_at is None:
        problems.append(Problem(fields.at, f"{title or 'a session'} has {missing} that can be read", skipped=True))
        return None
    if ends_at < starts_at:
        problems.append(Problem(fields.at, f"{title} ends before it starts", skipped=True))
        return None
    described = text.joined(text.words(fields.abstract), text.words(fields.description))
    subtitle = text.line(fields.subtitle)
    return Session(
        at=fields.at,
        keys=keys(fields.guid, fields.code, fields.id),
        title=title,
        description=f"{subtitle}\n\n{described}" if subtitle and described else subtitle or described,
        starts_at=starts_at,
        ends_at=ends_at,
        room=fields.room or None,
        track=text.line(fields.track) or None,
        kind=text.line(fields.kind) or None,
        language=text.language(fields.language),
        hosts=tuple(dict.fromkeys(name for name in map(text.line, fields.persons) if name)),
        is_cancelled=text.is_cancelled(title),
    )


def keys(guid: Any, code: Any, id: Any) -> tuple[str, ...]:
    """The names of a session, the best first."""
    found: list[str] = []
    if known := _guid(guid):
        found.append(f"guid:{known}")
    if named := text.line(code):
        found.append(f"code:{named}")
    if numbered := text.line(id):
        found.append(f"frab:{numbered}")
    return tuple(found)


def _guid(value: Any) -> str | None:
    written = text.line(value)
    try:
        return str(UUID(written))
    except ValueError:
        return written if _OLD_GUID.fullmatch(written) else None


def _starts_at(fields: Fields) -> datetime | None:
    if (moment := times.moment(fields.date)) is not None:
        return moment
    clock = times.clock(fields.start)
    bucket = times.day(fields.date) or fields.bucket
    return None if clock is None or bucket is None else times.in_bucket(bucket, clock, fields.change)


def _ends_at(fields: Fields, starts_at: datetime) -> datetime | None:
    lasts, end = times.duration(fields.duration), times.moment(fields.end)
    if end is not None and (end.tzinfo is None) != (starts_at.tzinfo is None):
        end = None
    if lasts is not None and not (end is not None and str(fields.duration).count(":") > 1):
        return starts_at + lasts
    if end is not None:
        return end
    if (clock := times.clock(fields.end)) is not None:
        end = datetime.combine(starts_at.date(), clock, starts_at.tzinfo)
        return end if end >= starts_at else end + timedelta(days=1)
    return None


def change_of_day(value: Any) -> time:
    """When a day of the program ends at night; what is written as midnight or after nine says nothing."""
    written = times.clock(value)
    return written if written is not None and time(1) <= written <= time(9) else times.EARLY
