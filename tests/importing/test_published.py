"""Four published schedules in four dialects come in with exactly the counts that were measured elsewhere."""

import pytest

from revento.kernel.db import Database
from tests.importing.world import host, published

FILES = {
    "pretalx-good2025.json": (None, 72, 5, 13, 8, 63, "2025-03-17T17:00:00Z", "2025-03-20T19:00:00Z", 3160, 4),
    "frab-31c3.xml": ("Europe/Berlin", 138, 4, 8, 3, 197, "2014-12-27T10:00:00Z", "2014-12-30T18:30:00Z", 7750, 0),
    "conclar-bazyliszek2026.js": (
        "Europe/Warsaw", 425, 44, 13, 15, 281, "2026-07-10T14:00:00Z", "2026-07-12T16:00:00Z", 59830, 38,
    ),
    "ical-jococruise2024.ics": (
        "America/New_York", 439, 32, 11, 0, 0, "2024-03-09T12:00:00Z", "2024-03-16T03:59:00Z", 71809, 150,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
async def test_published_schedule_comes_in_whole(db: Database, clock, name: str) -> None:
    zone, sessions, rooms, tracks, types, hosts, first, last, minutes, clashes = FILES[name]
    people = await host(db, clock.now())
    told = await people.bring(published(name), zone=zone)
    assert (told.sessions, told.rooms, told.tracks, told.types, told.hosts) == (sessions, rooms, tracks, types, hosts)
    assert (told.first_start, told.last_end, told.clashes) == (first, last, clashes)
    assert (told.created, told.skipped) == (sessions, [])
    program = await people.program(told.event_id)
    assert len(program) == sessions
    assert sum((each.ends_at - each.starts_at).total_seconds() for each in program) / 60 == minutes
    assert await people.count("locations", told.event_id, "kind = 'room'") == rooms
    assert await people.count("threads", told.event_id) == tracks
    again = await people.bring(published(name), told.event_id)
    assert (again.created, again.updated, again.unchanged, again.vanished) == (0, 0, sessions, [])
    assert await people.count("locations", told.event_id, "kind = 'room'") == rooms


@pytest.mark.parametrize("name", [name for name, expected in FILES.items() if expected[0]])
def test_a_file_that_names_no_zone_is_asked_for_one(name: str) -> None:
    from revento.contract.errors import TIME_ZONE_NEEDED, Refused
    from revento.events.importing import actions

    with pytest.raises(Refused) as refused:
        actions.read(published(name), time_zone=None)
    assert refused.value.reason is TIME_ZONE_NEEDED


async def test_buildings_and_floors_are_found_where_the_names_follow_a_known_pattern(db: Database, clock) -> None:
    people = await host(db, clock.now())
    told = await people.bring(published("conclar-bazyliszek2026.js"), zone="Europe/Warsaw")
    assert await people.count("locations", told.event_id, "kind = 'building'") == 4
    assert await people.count("locations", told.event_id, "kind = 'floor' AND name = 'parter'") == 2
    told = await people.bring(published("ical-jococruise2024.ics"), zone="America/New_York")
    assert await people.count("locations", told.event_id, "kind = 'floor'") == 8
    told = await people.bring(published("pretalx-good2025.json"))
    assert await people.count("locations", told.event_id, "kind <> 'room'") == 0
