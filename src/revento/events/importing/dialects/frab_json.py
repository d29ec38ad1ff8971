"""frab, pretalx and c3voc JSON: `schedule.conference.days[].rooms{name: [event]}`."""

from typing import Any

from revento.events.importing.dialects import frab, text, times
from revento.events.importing.dialects.refusals import unreadable
from revento.events.importing.models import Problem, Room, Schedule, Session

Table = dict[str, Any]


def read(document: Table) -> Schedule:
    """Raises `INVALID_INPUT` naming the field that has another shape than expected."""
    schedule: Table = document["schedule"]
    conference: Table = schedule["conference"]
    problems: list[Problem] = []
    sessions: list[Session] = []
    order: dict[str, None] = {}
    change = frab.change_of_day(conference.get("day_change"))
    for number, day in enumerate(conference["days"]):
        path = f"schedule.conference.days[{number}]"
        if not isinstance(day, dict):
            unreadable("expected a day", path=path)
        known: Table = day  # pyright: ignore[reportUnknownVariableType]
        rooms: Any = known.get("rooms") or {}
        if not isinstance(rooms, dict):
            unreadable("expected rooms by name", path=f"{path}.rooms")
        by_name: dict[str, Any] = rooms  # pyright: ignore[reportUnknownVariableType]
        for name, events in by_name.items():
            room = text.line(name)
            order.setdefault(room)
            where = f"{path}.rooms[{name!r}]"
            if not isinstance(events, list):
                unreadable("expected a list of sessions", path=where)
            rows: list[Any] = events  # pyright: ignore[reportUnknownVariableType]
            for row, event in enumerate(rows):
                fields = _fields(event, f"{where}[{row}]", known, room, change)
                if (found := frab.session(fields, problems)) is not None:
                    sessions.append(found)
    return frab.schedule(
        "frab-json",
        sessions,
        problems,
        acronym=conference.get("acronym"),
        title=conference.get("title"),
        version=schedule.get("version"),
        zone=conference.get("time_zone_name") or schedule.get("time_zone_name"),
        rooms=_rooms(conference, order),
        tracks=conference.get("tracks"),
    )


def _fields(event: Any, at: str, day: Table, room: str, change: Any) -> frab.Fields:
    if not isinstance(event, dict):
        unreadable("expected a session", path=at)
    known: Table = event  # pyright: ignore[reportUnknownVariableType]
    persons: Any = known.get("persons") or known.get("speakers") or []
    people: list[Any] = persons if isinstance(persons, list) else []  # pyright: ignore[reportUnknownVariableType]
    return frab.fields(
        known.get,
        at=at,
        bucket=times.day(day.get("date")),
        change=change,
        guid=known.get("guid"),
        id=known.get("id") or known.get("event_id"),
        code=known.get("code") or frab.code_of(known.get("url")),
        room=room,
        persons=[name_of(person) for person in people],
    )


def name_of(person: Any) -> str:
    """What a person is called; contacts, biographies and answers are not looked at."""
    if isinstance(person, dict):
        known: Table = person  # pyright: ignore[reportUnknownVariableType]
        return text.line(known.get("public_name") or known.get("full_public_name") or known.get("name"))
    return text.line(person)


def _rooms(conference: Table, order: dict[str, None]) -> list[Room]:
    described: dict[str, Room] = {}
    rows: Any = conference.get("rooms")
    for each in rows if isinstance(rows, list) else []:  # pyright: ignore[reportUnknownVariableType]
        if isinstance(each, dict):
            known: Table = each  # pyright: ignore[reportUnknownVariableType]
            if name := text.line(known.get("name")):
                described[name] = Room(name, text.positive(known.get("capacity")))
    return [*described.values(), *(Room(name) for name in order if name not in described and name)]
