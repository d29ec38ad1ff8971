"""c3voc's draft of a flat schedule: `schedule.events[]`, with rooms and tracks as references."""

from typing import Any

from revento.events.importing.dialects import frab, frab_json, text, times
from revento.events.importing.dialects.refusals import unreadable
from revento.events.importing.models import Problem, Room, Schedule, Session

Table = dict[str, Any]


def read(document: Table) -> Schedule:
    """Raises `INVALID_INPUT` naming the field that has another shape than expected."""
    schedule: Table = document["schedule"]
    conference: Table = schedule.get("conference") or {}
    rooms, tracks = _named(conference, schedule, "rooms"), _named(conference, schedule, "tracks")
    problems: list[Problem] = []
    sessions: list[Session] = []
    for row, event in enumerate(schedule["events"]):
        at = f"schedule.events[{row}]"
        if not isinstance(event, dict):
            unreadable("expected a session", path=at)
        fields = _fields(event, at, rooms, tracks)  # pyright: ignore[reportUnknownArgumentType]
        if (found := frab.session(fields, problems)) is not None:
            sessions.append(found)
    return Schedule(
        dialect="schedule2",
        key=text.line(conference.get("acronym")) or None,
        title=text.line(conference.get("title")) or None,
        version=text.line(schedule.get("version")) or None,
        zone=times.zone(conference.get("time_zone_name") or conference.get("time_zone")),
        sessions=sessions,
        rooms=[Room(name) for name in dict.fromkeys(rooms.values()) if name],
        colors=frab.colors(conference.get("tracks") or schedule.get("tracks")),
        problems=problems,
    )


def _fields(event: Table, at: str, rooms: dict[str, str], tracks: dict[str, str]) -> frab.Fields:
    people: Any = event.get("participants") or event.get("persons") or []
    named: list[Any] = people if isinstance(people, list) else []  # pyright: ignore[reportUnknownVariableType]
    return frab.Fields(
        at=at,
        bucket=None,
        guid=event.get("guid"),
        id=event.get("id"),
        code=event.get("code") or frab.code_of(event.get("url")),
        date=event.get("start") or event.get("date"),
        duration=event.get("duration"),
        end=event.get("end"),
        room=_looked_up(event.get("room"), rooms),
        title=event.get("title"),
        subtitle=event.get("subtitle"),
        abstract=event.get("abstract"),
        description=event.get("description"),
        track=_looked_up(event.get("track"), tracks),
        kind=text.line(event.get("type")).lower(),
        language=event.get("language"),
        persons=[frab_json.name_of(person) for person in named],
    )


def _named(conference: Table, schedule: Table, what: str) -> dict[str, str]:
    """Names by every reference that may be used for them."""
    found: dict[str, str] = {}
    rows: Any = conference.get(what) or schedule.get(what) or []
    for each in rows if isinstance(rows, list) else []:  # pyright: ignore[reportUnknownVariableType]
        if isinstance(each, dict):
            known: Table = each  # pyright: ignore[reportUnknownVariableType]
            name = text.line(known.get("name") or known.get("title"))
            found |= {str(known[key]): name for key in ("guid", "slug", "id", "name") if known.get(key)}
    return found


def _looked_up(reference: Any, names: dict[str, str]) -> str | None:
    if isinstance(reference, dict):
        known: Table = reference  # pyright: ignore[reportUnknownVariableType]
        reference = known.get("name") or known.get("guid") or known.get("slug")
    written = text.line(reference)
    return names.get(written, written) or None
