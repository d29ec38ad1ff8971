"""JSON and XML as frab, pretalx and c3voc's tools read them."""

import re
import unicodedata
from typing import Any, Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

import msgspec

from revento.events.exporting import days
from revento.events.exporting.days import Day
from revento.events.exporting.models import Item, Whole
from revento.kernel import ids

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_json(whole: Whole, base_url: str) -> bytes:
    """`schedule.json`."""
    event, zone = whole.event, ZoneInfo(whole.event.time_zone)
    held = days.of(whole)
    conference = {
        "acronym": slug(event.title),
        "title": event.title,
        "start": event.starts_at.astimezone(zone).date().isoformat(),
        "end": event.ends_at.astimezone(zone).date().isoformat(),
        "daysCount": len(held),
        "timeslot_duration": "00:05",
        "time_zone_name": event.time_zone,
        "rooms": [
            {"name": whole.places[each.id], "guid": _guid(each.id), "description": None, "capacity": each.capacity}
            for each in whole.locations
            if each.kind == "room"
        ],
        "tracks": [{"name": each.title, "slug": slug(each.title), "color": each.color} for each in whole.threads],
        "days": [
            {
                "index": day.index,
                "date": day.on.isoformat(),
                "day_start": day.starts_at.isoformat(),
                "day_end": day.ends_at.isoformat(),
                "rooms": {
                    name: [_event(whole, item, name, zone, base_url) for item in items]
                    for name, items in day.rooms.items()
                },
            }
            for day in held
        ],
    }
    version = event.updated_at.strftime("%Y-%m-%d %H:%M")
    generator = {"name": "revento", "version": "1"}
    document = {"schedule": {"version": version, "base_url": _page(whole, base_url), "conference": conference}}
    return msgspec.json.format(msgspec.json.encode({"generator": generator} | document), indent=2)


def _event(whole: Whole, item: Item, room: str, zone: ZoneInfo, base_url: str) -> dict[str, Any]:
    local = item.starts_at.astimezone(zone)
    return {
        "id": item.number,
        "guid": item.guid,
        "logo": None,
        "date": local.isoformat(),
        "start": f"{local:%H:%M}",
        "duration": days.lasting(item.ends_at - item.starts_at),
        "room": room,
        "slug": f"{item.number}-{slug(item.title)}",
        "url": f"{_page(whole, base_url)}/program/{item.id}",
        "title": _title(item),
        "subtitle": "",
        "track": whole.thread_of(item) or None,
        "type": item.tags[0] if item.tags else "",
        "language": item.language,
        "abstract": "",
        "description": item.description,
        "recording_license": "",
        "do_not_record": False,
        "persons": [{"id": number, "public_name": name} for number, name in enumerate(item.hosts, 1)],
        "links": [],
        "attachments": [],
    }


def as_xml(whole: Whole, base_url: str) -> bytes:
    """`schedule.xml`."""
    event, zone = whole.event, ZoneInfo(whole.event.time_zone)
    root = Element("schedule")
    SubElement(root, "generator", {"name": "revento", "version": "1"})
    _add(root, "version", event.updated_at.strftime("%Y-%m-%d %H:%M"))
    held = days.of(whole)
    conference = SubElement(root, "conference")
    for name, value in (
        ("acronym", slug(event.title)),
        ("title", event.title),
        ("start", event.starts_at.astimezone(zone).date().isoformat()),
        ("end", event.ends_at.astimezone(zone).date().isoformat()),
        ("days", str(len(held))),
        ("timeslot_duration", "00:05"),
        ("time_zone_name", event.time_zone),
        ("base_url", _page(whole, base_url)),
    ):
        _add(conference, name, value)
    for thread in whole.threads:
        SubElement(conference, "track", {"name": thread.title, "slug": slug(thread.title), "color": thread.color})
    for day in held:
        _add_day(root, whole, day, zone, base_url)
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _add_day(root: Element, whole: Whole, day: Day, zone: ZoneInfo, base_url: str) -> None:
    bounds = {"start": day.starts_at.isoformat(), "end": day.ends_at.isoformat()}
    node = SubElement(root, "day", {"index": str(day.index), "date": day.on.isoformat()} | bounds)
    for name, items in day.rooms.items():
        room = SubElement(node, "room", {"name": _clean(name)})
        for item in items:
            _add_event(room, whole, item, name, zone, base_url)


def _add_event(room: Element, whole: Whole, item: Item, name: str, zone: ZoneInfo, base_url: str) -> None:
    told = _event(whole, item, name, zone, base_url)
    node = SubElement(room, "event", {"guid": item.guid, "id": str(item.number)})
    for key in ("date", "start", "duration", "room", "slug", "url"):
        _add(node, key, str(told[key]))
    recording = SubElement(node, "recording")
    _add(recording, "license", "")
    _add(recording, "optout", "false")
    for key in ("title", "subtitle", "track", "type", "language", "abstract", "description"):
        _add(node, key, str(told[key] or ""))
    persons = SubElement(node, "persons")
    for number, host in enumerate(item.hosts, 1):
        SubElement(persons, "person", {"id": str(number)}).text = _clean(host)
    SubElement(node, "links")
    SubElement(node, "attachments")


def _add(parent: Element, name: str, value: str) -> None:
    SubElement(parent, name).text = _clean(value)


def _clean(value: str) -> str:
    return _NOT_XML.sub("", value)


def _title(item: Item) -> str:
    """Neither format knows cancelling, so the title says it; an import reads it there."""
    return (
        f"(CANCELLED) {item.title}" if item.status == "cancelled" and "cancel" not in item.title.lower() else item.title
    )


def _page(whole: Whole, base_url: str) -> str:
    return f"{base_url}/events/{whole.event.id}"


def _guid(id: str) -> str:
    return str(UUID(int=ids.decode(id)))


def slug(title: str) -> str:
    """A title as part of an address."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "event"
