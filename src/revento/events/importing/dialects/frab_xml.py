"""frab, pentabarf and pretalx XML: a `schedule` of days, rooms and events."""

from datetime import time

from revento.events.importing.dialects import frab, frab_json, text, times, xml
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
    return Schedule(
        dialect="frab-xml",
        key=text.line(conference.text("acronym")) or None,
        title=text.line(conference.text("title")) or None,
        version=text.line(root.text("version")) or None,
        zone=times.zone(written_zone),
        sessions=sessions,
        rooms=[Room(name) for name in order if name],
        colors=frab_json.colors(tracks),
        problems=problems,
    )


def _fields(event: Element, day: Element, room: str, change: time) -> frab.Fields:
    """The name of the room is its element's: one producer once wrote something else into the event."""
    people = event.first("persons")
    date = event.text("date").strip()
    return frab.Fields(
        at=f"line {event.line}",
        bucket=times.day(day.attributes.get("date")),
        change=change,
        guid=event.attributes.get("guid"),
        id=event.attributes.get("id"),
        code=event.attributes.get("code") or frab_json.code_of(event.text("url").strip()),
        date=date,
        start=event.text("start"),
        duration=event.text("duration"),
        end=event.text("end"),
        room=room or text.line(event.text("room")),
        title=event.text("title"),
        subtitle=event.text("subtitle"),
        abstract=event.text("abstract"),
        description=event.text("description"),
        track=event.text("track"),
        kind=event.text("type"),
        language=event.text("language"),
        persons=["".join(each.parts) for each in people.all("person")] if people else (),
    )
