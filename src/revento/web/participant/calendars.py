"""Calendar files (RFC 5545), so that an event and a schedule are in the person's own calendar."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from icalendar import Calendar, Event
from litestar import Response

from revento.events.agenda.models import Entry
from revento.events.mine.models import Visit


def of_event(visit: Visit, base_url: str) -> Calendar:
    """The gathering as a whole."""
    entry = _entry(f"{visit.event_id}@revento", visit.title, visit.starts_at, visit.ends_at, visit.updated_at)
    entry.add("description", visit.description)
    if visit.location_name:
        entry.add("location", visit.location_name)
    entry.add("url", f"{base_url}/events/{visit.event_id}")
    return _calendar(visit.title, [entry])


def of_entries(visit: Visit, entries: Sequence[Entry], base_url: str, *, now: datetime) -> Calendar:
    """Activities: the whole program, or what a person has chosen."""
    made: list[Event] = []
    for each in entries:
        entry = _entry(f"{each.id}@revento", each.title, each.starts_at, each.ends_at, now)
        entry.add("location", ", ".join(part for part in (each.location_name, visit.location_name) if part))
        entry.add("url", f"{base_url}/events/{visit.event_id}/activities/{each.id}")
        entry.add("status", "CANCELLED" if each.status == "cancelled" else "CONFIRMED")
        if each.hosts:
            entry.add("description", ", ".join(each.hosts))
        made.append(entry)
    return _calendar(visit.title, made)


def answer(calendar: Calendar, name: str) -> Response[Any]:
    """The file, for download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(calendar.to_ical(), media_type="text/calendar", headers=headers)


def _entry(uid: str, title: str, start: datetime, end: datetime, stamped: datetime) -> Event:
    entry = Event()
    entry.add("uid", uid)
    entry.add("summary", title)
    entry.add("dtstart", start)
    entry.add("dtend", end)
    entry.add("dtstamp", stamped)
    return entry


def _calendar(name: str, entries: list[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Revento//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(entry)
    return calendar
