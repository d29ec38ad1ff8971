"""The organizer's import: a file is looked at before it changes anything, and brought in whole or not at all."""

import re

import pytest

from revento.events.events import actions as events
from revento.events.events import queries as event_rows
from revento.events.importing.uploads import actions as uploads
from revento.identity import proofs
from revento.kernel.db import Row
from revento.kernel.ids import EventId
from tests.importing.world import Host, frab, host, published

MARK = re.compile(r'name="mark" value="([0-9a-f]+)"')


class Named(Row, frozen=True):
    """An activity as these tests look at it."""

    title: str
    is_published: bool


@pytest.fixture
async def people(db, clock) -> Host:
    """Ada and her organization."""
    return await host(db, clock.now())


@pytest.fixture
async def ada(app, people):
    """Ada, signed in."""
    return await app.as_user(people.user_id)


async def send(visitor, path: str, raw: bytes, name: str = "schedule.json"):
    """Posts a file as a browser does; the answer."""
    return await visitor.post(path, files={"file": (name, raw, "application/octet-stream")})


async def event_with(people: Host, raw: bytes) -> EventId:
    """An event into which this file was imported before."""
    return EventId((await people.bring(raw)).event_id or "")


async def program(app, event_id: str) -> list[Named]:
    return await app.rows(
        Named, "SELECT title, is_published FROM activities WHERE event_id = %(id)s ORDER BY title", id=event_id
    )


def titles(rows: list[Named]) -> list[str]:
    return [row.title for row in rows]


async def test_a_file_is_looked_at_first_and_changes_the_program_only_when_agreed(app, people, ada) -> None:
    event_id = await event_with(people, frab({"title": "Stays"}, {"title": "Moves"}, {"title": "Goes"}))
    files = f"/organizer/events/{event_id}/program/files"
    answer = await send(
        ada, files, frab({"title": "Stays"}, {"title": "Moves", "start": "15:00"}, {"title": "Comes", "id": 9})
    )
    assert answer.status_code == 303
    preview = (await ada.get(answer.headers["location"])).text
    for words in ("1 new activity", "1 changed", "1 unchanged", "1 gone from the file"):
        assert words in preview
    changed = (await ada.get(f"{answer.headers['location']}?part=changed")).text
    assert "Moves" in changed
    assert "15:00</ins>" in changed
    assert titles(await program(app, event_id)) == ["Goes", "Moves", "Stays"]

    done = await ada.post(f"{answer.headers['location']}/bring", {"mark": MARK.findall(preview)[0]})
    assert done.status_code == 303
    rows = await program(app, event_id)
    assert titles(rows) == ["Comes", "Goes", "Moves", "Stays"]
    assert [row.title for row in rows if not row.is_published] == ["Comes"]


async def test_what_vanished_goes_only_when_told(app, people, ada) -> None:
    event_id = await event_with(people, frab({"title": "Stays"}, {"title": "Goes"}))
    sent = await send(ada, f"/organizer/events/{event_id}/program/files", frab({"title": "Stays"}))
    there = sent.headers["location"]
    mark = MARK.findall((await ada.get(there)).text)[0]
    await ada.post(f"{there}/bring", {"mark": mark, "remove_vanished": "1"})
    assert titles(await program(app, event_id)) == ["Stays"]
    # The second of two clicks finds the file gone, and nothing happens twice.
    again = await ada.post(f"{there}/bring", {"mark": mark, "remove_vanished": "1"})
    assert again.headers["location"].endswith("/program/files")


async def test_a_preview_that_is_no_longer_true_is_refused_and_shown_anew(app, people, ada) -> None:
    event_id = await event_with(people, frab({"id": 5, "title": "Opening"}))
    sent = await send(
        ada, f"/organizer/events/{event_id}/program/files", frab({"id": 5, "title": "Opening", "start": "12:00"})
    )
    there = sent.headers["location"]
    mark = MARK.findall((await ada.get(there)).text)[0]
    await people.bring(frab({"id": 5, "title": "Opening, renamed"}), event_id)
    refused = await ada.post(f"{there}/bring", {"mark": mark})
    assert refused.status_code == 409
    assert "The program changed while you looked" in refused.text
    assert titles(await program(app, event_id)) == ["Opening, renamed"]
    assert (await ada.post(f"{there}/bring", {"mark": MARK.findall(refused.text)[0]})).status_code == 303
    assert titles(await program(app, event_id)) == ["Opening"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "holds something"),
        (b'{"schedule": {"conference": {"days": [{]}}}', "line 1, column"),
        (b"hello", "no schedule that we know"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><schedule/>', "DOCTYPE"),
        (b"[" + b" " * uploads.MOST_BYTES, "16 MiB at most"),
    ],
    ids=["empty", "truncated", "unknown", "bomb", "large"],
)
async def test_a_file_that_cannot_be_read_is_refused_beside_its_field_and_not_kept(
    app, people, ada, raw, words
) -> None:
    event_id = await event_with(people, frab({}))
    answer = await send(ada, f"/organizer/events/{event_id}/program/files", raw)
    assert answer.status_code == 422
    assert words in answer.text
    assert await app.rows(int, "SELECT count(*) FROM uploads") == [0]


async def test_a_body_beyond_all_measure_is_cut_off(people, ada) -> None:
    event_id = await event_with(people, frab({}))
    answer = await send(ada, f"/organizer/events/{event_id}/program/files", b"x" * (uploads.MOST_BYTES + 1_000_000))
    assert answer.status_code == 413


async def test_a_large_published_schedule_comes_through_the_form(app, people, ada) -> None:
    event_id = await event_with(people, published("pretalx-good2025.json"))
    sent = await send(
        ada, f"/organizer/events/{event_id}/program/files", published("pretalx-good2025.json") + b" " * 3_000_000
    )
    page = (await ada.get(sent.headers["location"])).text
    assert "72 unchanged" in page


async def test_a_new_event_is_asked_for_its_time_zone_and_made_whole(app, people, ada) -> None:
    sent = await send(ada, "/organizer/events/import", published("conclar-bazyliszek2026.js"), "program.js")
    there = sent.headers["location"]
    asked = (await ada.get(there)).text
    assert "In which time zone?" in asked
    wrong = await ada.post(f"{there}/times", {"time_zone": "Mars/Base"})
    assert wrong.status_code == 422
    assert "no IANA time zone" in wrong.text
    assert (await ada.post(f"{there}/times", {"time_zone": "Europe/Warsaw"})).status_code == 303
    page = (await ada.get(there)).text
    assert "An event with 425 activities" in page
    form = {"mark": MARK.findall(page)[0], "title": "Bazyliszek", "organization_id": people.organization_id}
    assert (await ada.post(f"{there}/make", form | {"title": ""})).status_code == 422
    made = await ada.post(f"{there}/make", form | {"publish": "1"})
    event_id = made.headers["location"].split("/")[3]
    rows = await program(app, event_id)
    assert len(rows) == 425
    assert all(row.is_published for row in rows)
    assert await app.rows(str, "SELECT time_zone FROM events WHERE id = %(id)s", id=event_id) == ["Europe/Warsaw"]


async def test_a_kept_file_is_its_senders_alone_and_waits_an_hour(app, db, clock, people, ada) -> None:
    event_id = await event_with(people, frab({}))
    files = f"/organizer/events/{event_id}/program/files"
    there = (await send(ada, files, frab({"title": "Mine"}))).headers["location"]
    new = (await send(ada, "/organizer/events/import", frab({"title": "Mine"}))).headers["location"]
    eve = await app.person("Eve")
    assert (await eve.get(there)).status_code == 404
    assert (await eve.get(new)).status_code == 303
    await eve.post(f"{new}/drop")
    assert "Mine" in (await ada.get(new)).text
    clock.pass_(minutes=61)
    assert (await ada.get(there)).headers["location"] == files
    async with db.tx() as tx:
        assert await uploads.forget(tx, now=clock.now()) == 2


async def test_an_archived_event_takes_no_file(app, db, clock, people, ada) -> None:
    event_id = await event_with(people, frab({}))
    async with db.tx() as tx:
        organizer = await proofs.as_organizer(tx, people.user_id, event_id)
        await events.publish(tx, organizer, now=clock.now())
        await event_rows.set_archived(tx, event_id, now=clock.now())
    assert (await send(ada, f"/organizer/events/{event_id}/program/files", frab({}))).status_code == 409


async def test_the_empty_program_points_to_the_import(app, people, ada) -> None:
    event_id = await event_with(people, frab({}))
    async with app.db.tx() as tx:
        await tx.run("DELETE FROM activities")
    page = (await ada.get(f"/organizer/events/{event_id}/program")).text
    assert f"/organizer/events/{event_id}/program/files" in page
    assert "command line" not in page
