"""The program as iCalendar (RFC 5545), in the event's own zone."""

from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from revento.events.exporting.models import Whole

_MAKER: Final = "-//Revento//Program 1//EN"


def as_ics(whole: Whole, base_url: str) -> bytes:
    """`program.ics`: UIDs are those that JSON and XML use, so that an import finds the same activities."""
    zone = ZoneInfo(whole.event.time_zone)
    made = Calendar()
    made.add("prodid", _MAKER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", whole.event.title)
    made.add("x-wr-timezone", whole.event.time_zone)
    for item in whole.items:
        entry = Event()
        entry.add("uid", f"{item.guid}@revento")
        entry.add("dtstamp", item.updated_at.astimezone(UTC))
        entry.add("dtstart", item.starts_at.astimezone(zone))
        entry.add("dtend", item.ends_at.astimezone(zone))
        entry.add("summary", item.title)
        entry.add("description", item.description)
        if place := whole.place_of(item):
            entry.add("location", place)
        if thread := whole.thread_of(item):
            entry.add("categories", [thread])
        entry.add("status", "CANCELLED" if item.status == "cancelled" else "CONFIRMED")
        entry.add("url", f"{base_url}/events/{whole.event.id}/program/{item.id}")
        made.add_component(entry)
    made.add_missing_timezones()
    return made.to_ical()
