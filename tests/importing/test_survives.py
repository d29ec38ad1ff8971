# ruff: noqa: E501 (files stand here as they are)
"""What an importer must survive: ten points, and the refusals."""

import json
from datetime import UTC, datetime

import pytest

from revento.contract.errors import TIME_ZONE_NEEDED, Refused
from revento.events.importing import actions, dialects, places
from revento.kernel.db import Database
from revento.web.shared.text import markdown
from tests.importing.world import Host, frab, host, published


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)


def sessions(raw: bytes, zone: str | None = None):
    return actions.read(raw, time_zone=zone)[0].sessions


@pytest.fixture
async def people(db: Database, clock) -> Host:
    return await host(db, clock.now())


def test_1_start_after_midnight_stands_under_the_day_before_or_carries_its_own_date() -> None:
    found = sessions(
        frab(
            {"start": "01:30"},
            {"start": "05:59"},
            {"start": "06:00"},
            {"date": "2026-07-12T00:30:00+02:00"},
            {"date": "2026-07-09T23:00:00+02:00"},
        )
    )
    assert [each.starts_at for each in found] == [
        utc(10, 23, 30),
        utc(11, 3, 59),
        utc(10, 4),
        utc(11, 22, 30),
        utc(9, 21),
    ]


async def test_2_one_session_in_several_slots_is_several_activities_that_stay_themselves(people: Host) -> None:
    guid = "7b8f0d34-6a2e-4c52-9d9a-2f3b8a4c1d11"
    slots = [
        {"guid": guid, "start": "10:00"},
        {"guid": guid, "start": "15:00"},
        {"guid": guid, "start": "10:00", "room": "Loft"},
    ]
    told = await people.bring(frab(*slots))
    before = {(each.starts_at, each.location_id): each.id for each in await people.program(told.event_id)}
    assert len(before) == 3
    slots[1] |= {"start": "16:00"}
    again = await people.bring(frab(*slots), told.event_id)
    assert (again.created, again.updated, again.unchanged, again.vanished) == (0, 1, 2, [])
    assert {each.id for each in await people.program(told.event_id)} == set(before.values())


async def test_3_overlaps_long_hours_and_zero_minutes_are_kept_and_marked(people: Host) -> None:
    told = await people.bring(
        frab({"duration": "17:00"}, {"start": "11:00", "duration": "00:00"}, {"start": "12:00"}, {"start": "12:30"})
    )
    assert (told.created, told.clashes, told.skipped) == (4, 3, [])
    assert [each.say for each in told.warnings] == ["Session 0 lasts 17.0 hours"]


async def test_4_null_empty_and_missing_are_the_same(people: Host) -> None:
    bare = {"title": "Bare", "start": "10:00", "duration": "01:00"}
    filled = dict.fromkeys(("track", "persons", "abstract", "description", "language", "type", "guid"))
    empty = dict.fromkeys(("track", "abstract", "description", "language", "type", "subtitle"), "") | {"persons": []}
    told = await people.bring(
        frab(
            {"room": "", **bare},
            {"room": "", **bare, **filled, "start": "12:00"},
            {"room": "", **bare, **empty, "start": "14:00"},
        )
    )
    found = await people.program(told.event_id)
    shown = {
        (each.title, each.description, each.thread_id, each.location_id, each.language, tuple(each.hosts))
        for each in found
    }
    assert shown == {("Bare", "", None, None, None, ())}
    rooms = {
        "schedule": {
            "conference": {
                "time_zone_name": "Asia/Kolkata",
                "days": [{"date": "2026-01-01", "rooms": {}}, {"rooms": None}],
            }
        }
    }
    assert sessions(json.dumps(rooms).encode()) == []


def test_5_offsets_are_facts_and_zones_are_asked_for_never_assumed() -> None:
    mixed = frab({"date": "2026-10-24T23:00:00+02:00"}, {"date": "2026-10-25T10:00:00+01:00"}, zone=None)
    with pytest.raises(Refused) as refused:
        sessions(mixed)
    assert refused.value.reason is TIME_ZONE_NEEDED
    assert [each.starts_at.hour for each in (s for s in sessions(mixed, "Europe/Berlin"))] == [23, 10]
    assert sessions(frab({"start": "10:00"}, zone="Asia/Kolkata"))[0].starts_at == utc(10, 4, 30)
    assert sessions(frab({"start": "10:00"}, zone="Berlin"))[0].starts_at == utc(10, 8)
    night = sessions(frab({"start": "23:00", "duration": "06:00"}, day="2026-10-24"))[0]
    assert (night.ends_at - night.starts_at).total_seconds() == 6 * 3600
    with pytest.raises(Refused):
        sessions(mixed, "Middle/Earth")


def test_5_a_local_clock_under_a_wrong_label_is_believed_when_told() -> None:
    labelled = frab({"date": "2026-07-10T10:00:00+00:00"}, zone=None)
    assert sessions(labelled, "Europe/Berlin")[0].starts_at == utc(10, 10)
    told = actions.read(labelled, time_zone="Europe/Berlin", wall_clock=True)[0].sessions
    assert told[0].starts_at == utc(10, 8)


def test_6_markup_is_stored_as_it_is_and_cleaned_when_shown() -> None:
    nasty = "A talk about <script>alert(1)</script> and <b>bold</b><br>lines, [here](javascript:alert(1)) &amp; there"
    found = sessions(frab({"abstract": nasty, "title": "Doubly &amp;quot;escaped&amp;quot;"}))[0]
    assert found.description == nasty
    assert found.title == "Doubly &quot;escaped&quot;"
    shown = str(markdown(found.description))
    assert "<script" not in shown and "javascript:" not in shown.replace("](javascript", "")
    assert 'href="javascript' not in shown


def test_7_names_and_titles_of_every_kind() -> None:
    found = sessions(
        frab(
            {"title": " \n Spaced\tout \n", "persons": [{"public_name": " Ann\nO. "}, {"name": "Ann O."}, {"id": 0}]},
            {"title": "🎲" * 180, "abstract": "x" * 34_000},
            {"title": "(ODWOŁANE) Panel"},
            {"title": "bitte löschen", "start": "12:00"},
        )
    )
    assert (found[0].title, found[0].hosts) == ("Spaced out", ("Ann O.",))
    assert (len(found[1].title), len(found[1].description)) == (180, 34_000)
    assert [each.is_cancelled for each in found] == [False, False, True, False]


def test_8_people_are_told_apart_by_name_not_by_number() -> None:
    clash = [{"id": 1, "public_name": "Ann"}, {"id": 1, "public_name": "Ben"}, {"id": 7, "name": "Ann"}]
    assert sessions(frab({"persons": clash}))[0].hosts == ("Ann", "Ben")
    program = [{"id": "1", "title": "A", "datetime": "2026-07-10T10:00:00+02:00", "mins": "60", "loc": "Hall",
                "people": [{"id": "p", "name": "Cy (moderator)"}, {"id": "q"}]}]  # fmt: skip
    raw = f'var program = {json.dumps(program)};\nvar people = [{{"id": "q", "name": ["Dee", "Ro"]}}];'
    assert sessions(raw.encode(), "Europe/Warsaw")[0].hosts == ("Cy", "Dee Ro")


REFUSED = {
    "truncated JSON": (published("pretalx-good2025.json")[:50_000], "line 1, column "),
    "truncated XML": (published("frab-31c3.xml")[:50_000], "line "),
    "truncated JavaScript": (published("conclar-bazyliszek2026.js")[:50_000], "line 1, column "),
    "truncated calendar": (published("ical-jococruise2024.ics")[:50_000], "line "),
    "entity bomb": (b'<?xml version="1.0"?>\n<!DOCTYPE s [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><schedule>&b;</schedule>', "line 2, column "),
    "external entity": (b'<!DOCTYPE s SYSTEM "file:///etc/passwd"><schedule/>', "line 1, column "),
    "deep JSON": (b"{" + b'"a":[' * 100_000, "malformed JSON"),
    "deep XML": (b"<schedule>" + b"<a>" * 1000, "line 1, column "),
    "not a number": (b'{"schedule": NaN}', "malformed JSON"),
    "two documents": (b'{"schedule": {}} {}', "line 1, column 18"),
    "wrong bytes": (b'{"schedule": "\xff\xfe"}', "line 1, column 15"),
    "other JSON": (b'{"schedule": {"2026-07-10": []}}', "no schedule that we know"),
    "other XML": (b"<rss></rss>", "line 1, column 1"),
    "prose": (b"Dear organizers, here is the program.", "no schedule that we know"),
    "nothing": (b"", "empty"),
    "days of another kind": (b'{"schedule": {"conference": {"days": {"1": []}}}}', "schedule.conference.days: expected a list"),
    "a day of another kind": (b'{"schedule": {"conference": {"days": [3]}}}', "schedule.conference.days[0]: expected a day"),
    "rooms of another kind": (b'{"schedule": {"conference": {"days": [{"rooms": []}, {"rooms": [1]}]}}}', "schedule.conference.days[1].rooms"),
    "a session of another kind": (b'{"schedule": {"conference": {"days": [{"rooms": {"A": [7]}}]}}}', "schedule.conference.days[0].rooms['A'][0]"),
    "code": (b"alert(1); var program = [1, 2", "no schedule that we know"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_9_what_cannot_be_read_is_refused_in_one_line_that_names_the_place(what: str) -> None:
    raw, where = REFUSED[what]
    with pytest.raises(Refused) as refused:
        actions.read(raw, time_zone="Europe/Berlin")
    assert where in refused.value.say
    assert "\n" not in refused.value.say


async def test_9_odd_rows_are_named_and_left_out_and_the_rest_comes_in(people: Host) -> None:
    odd = [{"title": ""}, {"start": "25:99"}, {"duration": "later"}, {"title": "Fine"}]
    told = await people.bring(frab(*odd))
    assert told.created == 1
    assert [each.at.rpartition("[")[2] for each in told.skipped] == ["0]", "1]", "2]"]
    assert all(each.at.startswith("schedule.conference.days[0].rooms['Hall']") for each in told.skipped)


async def test_9_a_failure_in_the_middle_writes_nothing(people: Host, monkeypatch) -> None:
    told = await people.bring(frab({}, {"start": "12:00"}))
    async with people.db.tx() as tx:
        await tx.run("ALTER TABLE activities ADD CONSTRAINT short CHECK (length(title) < 20)")
    with pytest.raises(Exception, match="short"):
        await people.bring(
            frab({"title": "Changed"}, {"title": "x" * 30, "start": "12:00"}, {"start": "13:00"}), told.event_id
        )
    assert [each.title for each in await people.program(told.event_id)] == ["Session 0", "Session 1"]


async def test_10_a_newer_version_updates_in_place_and_removes_only_when_told(people: Host) -> None:
    guids = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(4)]
    first = await people.bring(frab(*({"guid": guid, "start": f"1{at}:00"} for at, guid in enumerate(guids))))
    ids = {each.title: each.id for each in await people.program(first.event_id)}
    newer = [
        {"guid": guids[0], "start": "10:00", "title": "Session 0, renamed"},
        {"guid": guids[1], "start": "18:30", "title": "Session 1"},
        {"guid": guids[3], "start": "13:00", "title": "Session 3", "room": "Loft"},
        {"guid": "00000000-0000-4000-8000-00000000000f", "start": "09:00", "title": "New"},
    ]
    told = await people.bring(frab(*newer), first.event_id)
    assert (told.created, told.updated, told.vanished, told.removed) == (1, 3, ["Session 2"], 0)
    now = {each.title: each.id for each in await people.program(first.event_id)}
    assert now["Session 0, renamed"] == ids["Session 0"]
    assert (now["Session 1"], now["Session 3"], now["Session 2"]) == (
        ids["Session 1"],
        ids["Session 3"],
        ids["Session 2"],
    )
    told = await people.bring(frab(*newer), first.event_id, remove_vanished=True)
    assert (told.vanished, told.removed, told.unchanged) == (["Session 2"], 1, 4)
    assert ids["Session 2"] not in {each.id for each in await people.program(first.event_id)}


async def test_10_the_same_event_in_another_dialect_updates_the_same_activities(people: Host) -> None:
    guid = "7b8f0d34-6a2e-4c52-9d9a-2f3b8a4c1d11"
    link = "https://pretalx.example/made-up/talk/ABC123/"
    first = await people.bring(frab({"guid": guid, "url": link, "title": "Opening"}))
    xml = f"""<?xml version="1.0"?><schedule><conference><title>Made up</title></conference><day date="2026-07-10" index="1">
      <room name="hall"><event guid="{guid}" id="99"><date>2026-07-10T11:00:00+02:00</date><start>11:00</start>
      <duration>01:00</duration><title>Opening</title></event></room></day></schedule>"""
    told = await people.bring(xml.encode(), first.event_id)
    assert (told.created, told.updated, told.vanished) == (0, 1, [])
    ics = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:pretalx-made-up-ABC123@pretalx.example\r\nDTSTART;TZID=Europe/Berlin:"
        "20260710T113000\r\nDURATION:PT45M\r\nSUMMARY:Ope\r\n ning\\, at last\r\nLOCATION:HALL\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    told = await people.bring(ics.encode(), first.event_id)
    assert (told.created, told.updated, told.vanished) == (0, 1, [])
    (only,) = await people.program(first.event_id)
    assert (only.title, only.starts_at) == ("Opening, at last", utc(10, 9, 30))
    assert await people.count("locations", first.event_id) == 1


async def test_10_what_people_made_by_hand_is_never_touched(people: Host, db: Database, clock) -> None:
    from revento.events.program import actions as program
    from revento.events.program.models import ActivityFacts
    from revento.identity import proofs
    from revento.kernel.ids import EventId

    told = await people.bring(frab({"title": "Imported"}))
    async with db.tx() as tx:
        planner = await proofs.as_planner(tx, people.user_id, EventId(told.event_id or ""))
        facts = ActivityFacts(title="By hand", starts_at=utc(10, 8), ends_at=utc(10, 9))
        await program.create_activity(tx, planner, facts, publish=True, now=clock.now())
    told = await people.bring(frab({"title": "Other", "id": 77}), told.event_id, remove_vanished=True)
    assert (told.created, told.removed) == (1, 1)
    assert {each.title for each in await people.program(told.event_id)} == {"By hand", "Other"}


async def test_published_changes_are_told_and_unchanged_ones_are_not(people: Host) -> None:
    told = await people.bring(frab({}, {"start": "12:00"}))
    async with people.db.tx() as tx:
        await tx.run("DELETE FROM messages")
    await people.bring(frab({}, {"start": "12:15"}), told.event_id)
    async with people.db.tx() as tx:
        (body,) = await tx.all(bytes, "SELECT body FROM messages")
    data = json.loads(body)["data"]
    assert data["changed_fields"] == ["starts_at", "ends_at"]
    assert data["previous"]["starts_at"] == "2026-07-10T10:00:00Z"


def test_every_dialect_is_found_by_what_it_holds() -> None:
    flat = {"schedule": {"conference": {"rooms": [{"guid": "r1", "name": "Hall"}], "tracks": [{"slug": "t", "name": "Track"}]},
            "events": [{"guid": "7b8f0d34-6a2e-4c52-9d9a-2f3b8a4c1d11", "title": "Flat", "start": "2026-07-10T10:00:00+02:00",
                        "end": "2026-07-10T11:00:00+02:00", "room": "r1", "track": "t", "type": "TALK"}]}}  # fmt: skip
    second = {"schemaVersion": 2, "schedule": [{"id": "1", "title": "Two", "date": "2026-07-10", "time": "10:00", "mins": 5,
              "loc": ["Room 1", "Hotel"], "tags": [{"value": "t1", "category": "Track", "label": "Makers"}]}]}  # fmt: skip
    old = b'[{"id": "1", "title": "Old", "date": "2026-07-10", "time": "10:00", "mins": "30", "loc": "Hall", "people": null}]'
    fosdem = (
        b"<schedule><conference><day_change>09:00:00</day_change></conference><day date='2026-07-10'><room name='K.1.105'>"
        b"<event id='1'><start>08:30</start><duration>00:30</duration><title>Early</title></event></room></day></schedule>"
    )
    read = {name: dialects.read(raw) for name, raw in {
        "schedule2": json.dumps(flat).encode(), "conclar-2": json.dumps(second).encode(), "konopas": old, "frab-xml": fosdem,
        "icalendar": b"\xef\xbb\xbfBEGIN:VCALENDAR\nEurope/Rome\nEND:VCALENDAR\n",
    }.items()}  # fmt: skip
    assert {name: found.dialect for name, found in read.items()} == {name: name for name in read}
    flat_one, two = read["schedule2"].sessions[0], read["conclar-2"].sessions[0]
    assert (flat_one.room, flat_one.track) == ("Hall", "Track")
    assert (two.track, two.parts) == ("Makers", ("Room 1", "Hotel"))
    assert read["frab-xml"].sessions[0].starts_at == datetime(2026, 7, 11, 8, 30)
    assert [each.skipped for each in read["icalendar"].problems] == [True]
    assert places.infer([two], [])["Room 1, Hotel"] == (("building", "Hotel"), ("room", "Room 1"))


def test_a_daily_calendar_entry_is_expanded_and_odd_rules_are_named() -> None:
    head = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:Breakfast\nDTSTART:20260710T070000\nDTEND:20260710T080000\nRRULE:"
    tail = "\nEND:VEVENT\nEND:VCALENDAR\n"
    daily = actions.read((head + "FREQ=DAILY;COUNT=3" + tail).encode(), time_zone="Europe/Berlin")[0]
    assert [each.starts_at for each in daily.sessions] == [utc(10, 5), utc(11, 5), utc(12, 5)]
    odd = actions.read((head + "FREQ=MONTHLY;BYDAY=1MO" + tail).encode(), time_zone="Europe/Berlin")[0]
    assert (len(odd.sessions), len(odd.problems)) == (1, 1)


@pytest.mark.slow
async def test_ten_thousand_activities_come_in_within_twenty_seconds(people: Host) -> None:
    import time

    many = [
        {"start": f"{8 + n % 12:02d}:00", "room": f"Room {n % 80}", "track": f"Track {n % 12}", "abstract": "About this. " * 40,
         "persons": [{"name": f"Person {n % 900}"}]}
        for n in range(10_000)
    ]  # fmt: skip
    began = time.process_time()
    told = await people.bring(frab(*many))
    assert told.created == 10_000
    assert time.process_time() - began < 20
    again = await people.bring(frab(*many), told.event_id)
    assert again.unchanged == 10_000
