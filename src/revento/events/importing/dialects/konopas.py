"""ConClár and KonOpas: a list of sessions with `date`, `time`, `mins`, `loc`, in three generations."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from revento.events.importing.dialects import text, times
from revento.events.importing.dialects.refusals import unreadable
from revento.events.importing.models import Problem, Room, Schedule, Session

Table = dict[str, Any]
_THREADS: Final = ("track", "block", "strand", "stream", "area")
_ROLE: Final = re.compile(r"\s*\((?:moderator|m|mod|host|chair)\)\s*$", re.IGNORECASE)
_KEPT: Final = ("triggers", "safety_tools", "keywords")


def read(program: list[Any], people: Any) -> Schedule:
    """The older two: a list, and sometimes a list of people beside it."""
    return _read("konopas", program, people, key=None, title=None, zone=None)


def read_version_2(document: Table) -> Schedule:
    """The third: an object with a version. Raises `INVALID_INPUT` naming the field of another shape."""
    program = document.get("schedule") if document.get("schedule") is not None else document.get("program")
    if program is None and isinstance(document.get("people"), list):
        unreadable("this file has people only; the sessions are in another one", path="schedule")
    if not isinstance(program, list):
        unreadable("expected a list of sessions", path="schedule")
    rows: list[Any] = program  # pyright: ignore[reportUnknownVariableType]
    zone = times.zone(document.get("timeZone") or document.get("timezone") or document.get("time_zone"))
    title = text.line(document.get("title") or document.get("name")) or None
    return _read("conclar-2", rows, document.get("people"), key=title, title=title, zone=zone)


def _read(
    dialect: str, program: list[Any], people: Any, *, key: str | None, title: str | None, zone: str | None
) -> Schedule:
    problems: list[Problem] = []
    sessions: list[Session] = []
    names, labels = _names(people), _labels(program)
    seen: set[str] = set()
    for row, item in enumerate(program):
        at = f"[{row}]"
        if not isinstance(item, dict):
            unreadable("expected a session", path=at)
        known: Table = item  # pyright: ignore[reportUnknownVariableType]
        id = text.line(known.get("id"))
        if id and id in seen:
            problems.append(Problem(at, f"the id {id!r} stands here a second time", skipped=True))
            continue
        seen.add(id)
        if (found := _session(known, at, id, names, labels, problems)) is not None:
            sessions.append(found)
    rooms = dict.fromkeys(each.room for each in sessions if each.room)
    return Schedule(
        dialect=dialect,
        key=key,
        title=title,
        zone=zone,
        sessions=sessions,
        rooms=[Room(name) for name in rooms],
        problems=problems,
    )


def _session(
    item: Table, at: str, id: str, names: dict[str, str], labels: dict[str, str], problems: list[Problem]
) -> Session | None:
    title = text.line(item.get("title"))
    starts_at = _starts_at(item)
    if not title or starts_at is None:
        missing = "no start" if title else "no title"
        problems.append(Problem(at, f"{title or 'a session'} has {missing} that can be read", skipped=True))
        return None
    minutes = _minutes(item.get("mins"))
    if minutes is None:
        problems.append(Problem(at, f"{title}: {item.get('mins')!r} is no number of minutes; taken as 0"))
    pieces = _pieces(item.get("loc"))
    tags = _tags(item, labels)
    thread = next((value for wanted in _THREADS for category, value in tags if category == wanted), None)
    thread = thread or next((value for category, value in tags if not category), None)
    kind = next((value for category, value in tags if category in ("type", "format")), None)
    age = text.line(item.get("age_restrictions"))
    return Session(
        at=at,
        keys=(f"konopas:{id}",) if id else (),
        title=title,
        description=text.words(item.get("desc")),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes or 0),
        room=", ".join(pieces) or None,
        track=thread,
        kind=kind,
        language=text.language(next((value for category, value in tags if category == "language"), None)),
        hosts=_people(item.get("people"), names),
        min_age=text.min_age(age),
        capacity=text.positive(item.get("max_players")),
        is_cancelled=text.is_cancelled(title),
        tags=_kept(item, tags, thread, kind, age),
        parts=tuple(pieces),
        building=next((value for category, value in tags if category == "place"), None),
    )


def _starts_at(item: Table) -> datetime | None:
    if (moment := times.moment(item.get("datetime"))) is not None:
        return moment
    day, clock = times.day(item.get("date")), times.clock(item.get("time"))
    return None if day is None or clock is None else datetime.combine(day, clock)


def _minutes(value: Any) -> int | None:
    try:
        number = float(str(value if value not in (None, "") else 0).strip())
    except ValueError:
        return None
    return int(number) if 0 <= number <= 60 * 24 * 31 else None


def _pieces(loc: Any) -> list[str]:
    given: list[Any] = loc if isinstance(loc, list) else [loc]  # pyright: ignore[reportUnknownVariableType]
    return [piece for piece in map(text.line, given) if piece]


def _tags(item: Table, labels: dict[str, str]) -> list[tuple[str, str]]:
    """Tags as category (in small letters, empty without one) and value."""
    found: list[tuple[str, str]] = []
    given: Any = item.get("tags")
    for tag in given if isinstance(given, list) else []:  # pyright: ignore[reportUnknownVariableType]
        if isinstance(tag, dict):
            known: Table = tag  # pyright: ignore[reportUnknownVariableType]
            value = text.line(known.get("value"))
            written = text.line(known.get("label")) or labels.get(value, value)
            category = text.line(known.get("category")).lower() or labels.get(f"category of {value}", "")
        else:
            before, colon, after = text.line(tag).partition(":")
            category, written = (before.strip().lower(), after.strip()) if colon else ("", before.strip())
        if written:
            found.append((category, written))
    if kind := text.line(item.get("format")):
        found.append(("format", kind))
    return found


def _labels(program: list[Any]) -> dict[str, str]:
    """What a tag is called and belongs to: said once, where it is first used."""
    found: dict[str, str] = {}
    for item in program:
        given: Any = item.get("tags") if isinstance(item, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for tag in given if isinstance(given, list) else []:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(tag, dict):
                known: Table = tag  # pyright: ignore[reportUnknownVariableType]
                value = text.line(known.get("value"))
                if known.get("label"):
                    found.setdefault(value, text.line(known["label"]))
                if known.get("category"):
                    found.setdefault(f"category of {value}", text.line(known["category"]).lower())
    return found


def _names(people: Any) -> dict[str, str]:
    """Names by person's id; `name` is `[first, last, prefix, suffix]` or a text."""
    found: dict[str, str] = {}
    for person in people if isinstance(people, list) else []:  # pyright: ignore[reportUnknownVariableType]
        if isinstance(person, dict):
            known: Table = person  # pyright: ignore[reportUnknownVariableType]
            found[text.line(known.get("id"))] = _name(known.get("name"))
    return found


def _name(value: Any) -> str:
    if isinstance(value, list):
        parts = [text.line(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
        first, last, prefix, suffix = (*parts, "", "", "", "")[:4]
        return " ".join(part for part in (prefix, first, last, suffix) if part)
    return text.line(value)


def _people(people: Any, names: dict[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for person in people if isinstance(people, list) else []:  # pyright: ignore[reportUnknownVariableType]
        if isinstance(person, dict):
            known: Table = person  # pyright: ignore[reportUnknownVariableType]
            name = _name(known.get("name")) or names.get(text.line(known.get("id")), "")
        else:
            written = text.line(person)
            name = names.get(written, written)
        if name := _ROLE.sub("", name):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _kept(item: Table, tags: list[tuple[str, str]], thread: str | None, kind: str | None, age: str) -> tuple[str, ...]:
    """What has no field of its own here, as tags: other categories, age in the source's words, warnings."""
    used = {thread, kind}
    kept = [
        f"{category}: {value}" if category else value
        for category, value in tags
        if value not in used and category not in ("place", "language")
    ]
    kept += [f"{key.replace('_', ' ')}: {text.line(item.get(key))}" for key in _KEPT if text.line(item.get(key))]
    if age and age.lower() not in ("brak", "none", "all", "-"):
        kept.append(f"age: {age}")
    return tuple(dict.fromkeys(each[:200] for each in kept))
