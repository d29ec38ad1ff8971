"""Programs that go out are read by tools that we did not write, and by the facts that their readers rely on."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta
from uuid import UUID

import icalendar
import pytest

from revento.events.exporting import kinds, queries
from revento.events.exporting.models import Whole
from revento.kernel.db import Database
from revento.kernel.ids import EventId
from tests.importing.world import Host, host, published

FILES = {  # file -> the zone that it does not say
    "pretalx-good2025.json": None,
    "frab-31c3.xml": "Europe/Berlin",
    "conclar-bazyliszek2026.js": "Europe/Warsaw",
    "ical-jococruise2024.ics": "America/New_York",
}


async def brought(db: Database, clock, name: str) -> tuple[Host, EventId, Whole]:
    """A published schedule, imported, ready to go out."""
    people = await host(db, clock.now())
    told = await people.bring(published(name), zone=FILES[name])
    event_id = EventId(told.event_id or "")
    async with db.tx() as tx:
        return people, event_id, await queries.whole(tx, event_id)


@pytest.mark.parametrize("name", FILES)
async def test_every_format_of_every_published_schedule_holds_the_same_program(db: Database, clock, name: str) -> None:
    people, event_id, whole = await brought(db, clock, name)
    facts = sorted((each.title.strip(), each.starts_at, each.ends_at) for each in whole.items)
    written = {kind: kinds.write(whole, kind, "https://revento.example") for kind in kinds.MEDIA}

    # icalendar's own parser; RFC 5545: every entry has a UID of its own and a stamp, lines are folded at 75 bytes
    calendar = icalendar.Calendar.from_ical(written["ics"])
    entries = list(calendar.walk("VEVENT"))
    assert sorted((str(each["SUMMARY"]).strip(), each.start, each.end) for each in entries) == facts
    assert len({str(each["UID"]) for each in entries}) == len(entries)
    assert all("DTSTAMP" in each for each in entries)
    assert max(len(line) for line in written["ics"].split(b"\r\n")) <= 75

    # frab XML as its readers take it: days of rooms of events, each with guid, start with offset and HH:MM
    root = ElementTree.fromstring(written["xml"])
    assert root.tag == "schedule"
    assert all(root.findtext(path) for path in ("version", "conference/title", "conference/acronym"))
    assert [int(day.get("index", "")) for day in root.findall("day")] == list(range(1, len(root.findall("day")) + 1))
    events = root.findall("day/room/event")
    read = []
    for event in events:
        assert event.get("guid")
        assert int(event.get("id", "")) > 0
        starts_at = datetime.fromisoformat(event.findtext("date", ""))
        assert f"{starts_at:%H:%M}" == event.findtext("start")
        hours, minutes = event.findtext("duration", "").split(":")
        read.append(
            (event.findtext("title", ""), starts_at, starts_at + timedelta(hours=int(hours), minutes=int(minutes)))
        )
    assert [each[1:] for each in sorted(read, key=lambda one: one[1:])] == sorted(each[1:] for each in facts)

    # the same in JSON; CSV has a line for each
    days = json.loads(written["json"])["schedule"]["conference"]["days"]
    guids = [event["guid"] for day in days for room in day["rooms"].values() for event in room]
    assert guids and sorted(guids) == sorted(event.get("guid") for event in events)
    assert len(list(csv.DictReader(io.StringIO(written["csv"].decode("utf-8-sig"))))) == len(facts)

    # and all of them come in again without a trace
    for kind in ("json", "xml", "ics"):
        again = await people.bring(written[kind], event_id)
        assert (again.created, again.vanished) == (0, []), kind
    async with db.tx() as tx:
        after = await queries.whole(tx, event_id)
    assert sorted((each.title.strip(), each.starts_at, each.ends_at) for each in after.items) == facts


async def test_an_activity_made_by_hand_goes_out_under_a_guid_that_stays(db: Database, clock) -> None:
    _, event_id, _ = await brought(db, clock, "pretalx-good2025.json")
    async with db.tx() as tx:
        await tx.run("UPDATE activities SET source_names = '{}', source_dialect = NULL")
        first, second = [await queries.whole(tx, event_id) for _ in range(2)]
    guids = [item.guid for item in first.items]
    assert guids == [item.guid for item in second.items]
    assert len({UUID(guid) for guid in guids}) == len(guids)
