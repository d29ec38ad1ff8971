"""frab, pentabarf and pretalx XML: a `schedule` of days, rooms and events."""

from datetime import time

from revento.events.importing.dialects import frab, text, times, xml
from revento.events.importing.dialects.refusals import unreadable
from revento.events.importing.dialects.xml import Element
from revento.events.importing.models import Problem, Room, Schedule, Session


def read(raw: bytes) -> Schedule:
    """Raises `INVALID_INPUT` with line and column."""
    root = xml.parse(raw)
    days = root.all("day")
    if root.name != "schedule" or not (days or root.first("conference")):
        unreadable(f"expected a schedule with days, found {root.name!r}", line=root.line, column=1)
    conference = root.first("conference") or Element("conference", {}, root.line)
    change = frab.change_of_day(conference.text("day_change").strip())
    problems: list[Problem] = []
    sessions: list[Session] = []
    order: dict[str, None] = {}
    for day in days:
        for room in day.all("room"):
            name = text.line(room.attributes.get("name"))
            order.setdefault(name)
            for event in room.all("event"):
                found = frab.session(_fields(event, day, name, change), problems)
                if found is not None:
                    sessions.append(found)
    written_zone = conference.text("time_zone_name") or conference.attributes.get("time_zone_name")
    tracks = [
        dict(each.attributes) for holder in [conference, *conference.all("tracks")] for each in holder.all("track")
    ]
    return frab.schedule(
        "frab-xml",
        sessions,
        problems,
        acronym=conference.text("acronym"),
        title=conference.text("title"),
        version=root.text("version"),
        zone=written_zone,
        rooms=[Room(name) for name in order if name],
        tracks=tracks,
    )


def _fields(event: Element, day: Element, room: str, change: time) -> frab.Fields:
    """The name of the room is its element's: one producer once wrote something else into the event."""
    people = event.first("persons")
    return frab.fields(
        event.text,
        at=f"line {event.line}",
        bucket=times.day(day.attributes.get("date")),
        change=change,
        guid=event.attributes.get("guid"),
        id=event.attributes.get("id"),
        code=event.attributes.get("code") or frab.code_of(event.text("url")),
        room=room or text.line(event.text("room")),
        persons=["".join(each.parts) for each in people.all("person")] if people else (),
    )
