"""The organizer's program: a day as a grid, all of it as a table that is searched, places that change, paper."""

import re

import pytest

from revento.events.program import queries as program
from revento.events.program.places import queries as places
from revento.kernel.db import Database
from revento.web.shared import assets
from tests.browser.story import Convention, convention
from tests.importing.world import frab, host

ROWS = re.compile(r'class="title" href="[^"]+">([^<]+)<')


@pytest.fixture
async def moss(db: Database, clock) -> Convention:
    """Mossgarden Days: seven activities, two of which clash, one a draft."""
    return await convention(db, clock, ())


@pytest.fixture
async def ada(app, moss):
    """Ada, signed in."""
    return await app.as_user(moss.people["Ada Moss"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LANTERN", {"Lantern Making"}),
        ("q=host+of+dice", {"Dice Design"}),
        ("state=draft", {"Synths for Beginners"}),
        ("state=clash", {"Portrait Inking", "Dice Design"}),
        ("state=cancelled", {"Quiet Reading"}),
        ("state=draft&q=lantern", set()),
    ],
)
async def test_the_table_finds_activities_of_all_days(app, db, moss, ada, query, found) -> None:
    async with db.tx() as tx:
        await tx.run("UPDATE activities SET status = 'cancelled' WHERE title = 'Quiet Reading'")
    page = (await ada.get(f"/organizer/events/{moss.event_id}/program?day=all&{query}")).text
    rows = page[page.index("<main") :].partition("<tbody")[2] or page.partition("Nothing matches")[1]
    assert set(ROWS.findall(rows)) == found


async def test_filters_narrow_by_thread_and_location(db, moss, ada) -> None:
    async with db.tx() as tx:
        threads = {each.title: each.id for each in await places.list_threads(tx, moss.event_id)}
        rooms = {each.name: each.id for each in await places.list_locations(tx, moss.event_id)}
    base = f"/organizer/events/{moss.event_id}/program?day=all"
    page = (await ada.get(f"{base}&thread={threads['Tabletop']}&location={rooms['Studio 2']}")).text
    assert set(ROWS.findall(page.partition("<tbody")[2])) == {"Map Drawing", "Dice Design"}


async def test_all_drafts_are_published_at_once_and_told(app, db, moss, ada) -> None:
    async with db.tx() as tx:
        await tx.run("DELETE FROM messages")
        await tx.run("UPDATE activities SET is_published = false WHERE title = 'Map Drawing'")
    answer = await ada.post(f"/organizer/events/{moss.event_id}/program/publish")
    assert answer.status_code == 303
    async with db.tx() as tx:
        assert len(await program.list_activities(tx, moss.event_id)) == 7
        told = await tx.all(str, "SELECT topic FROM messages ORDER BY topic")
    assert told == ["activity.updated", "activity.updated"]


async def test_a_location_and_a_thread_are_renamed_where_they_stand(db, moss, ada) -> None:
    async with db.tx() as tx:
        room = next(each for each in await places.list_locations(tx, moss.event_id) if each.name == "Studio 1")
        thread = next(each for each in await places.list_threads(tx, moss.event_id) if each.title == "Makers")
    base = f"/organizer/events/{moss.event_id}/program"
    form = {"id": room.id, "name": "Studio One", "kind": "room", "parent_id": room.parent_id, "capacity": "64"}
    assert (await ada.post(f"{base}/locations", form | {"position": room.position})).status_code == 303
    form = {"id": thread.id, "title": "Making", "color": thread.color, "position": thread.position}
    assert (await ada.post(f"{base}/threads", form)).status_code == 303
    async with db.tx() as tx:
        rooms = {each.id: each for each in await places.list_locations(tx, moss.event_id)}
        assert (rooms[room.id].name, rooms[room.id].capacity) == ("Studio One", 64)
        assert "Making" in {each.title for each in await places.list_threads(tx, moss.event_id)}
        assert len(rooms) == 4


async def test_more_locations_than_the_grid_has_columns_are_named_and_stand_in_the_table(app, db, clock) -> None:
    people = await host(db, clock.now())
    many = assets.PLACES + 3
    told = await people.bring(frab(*({"id": 100 + n, "room": f"Room {n}"} for n in range(many))))
    ada = await app.as_user(people.user_id)
    page = (await ada.get(f"/organizer/events/{told.event_id}/program")).text
    assert page.count('class="act ') == assets.PLACES
    assert "3 activities in further locations" in page


async def test_paper_has_every_published_activity_and_drafts_on_demand(app, moss, ada) -> None:
    base = f"/organizer/events/{moss.event_id}/program/print"
    plan, listed = (await ada.get(base)).text, (await ada.get(f"{base}?view=list")).text
    assert (plan.count('class="item'), listed.count("<tr")) == (6, 7)
    assert "Synths for Beginners" not in plan + listed
    assert "Synths for Beginners" in (await ada.get(f"{base}?drafts=1")).text


@pytest.mark.parametrize("which", ["new", "known"])
async def test_a_place_that_cannot_lie_there_is_told_beside_the_field_and_nothing_typed_is_lost(
    db, moss, ada, which
) -> None:
    async with db.tx() as tx:
        rooms = await places.list_locations(tx, moss.event_id)
    venue = next(each for each in rooms if each.kind == "venue")
    room = next(each for each in rooms if each.kind == "room")
    form = {"id": room.id if which == "known" else "", "name": "The Loft", "accessibility": "Two flights of stairs"}
    form |= {"kind": "venue", "parent_id": venue.id, "capacity": "17"}
    answer = await ada.post(f"/organizer/events/{moss.event_id}/program/locations", form)
    assert answer.status_code == 422
    at = f"-{room.id}" if which == "known" else ""
    assert f'href="#parent_id{at}"' in answer.text
    assert f'id="parent_id{at}-error"' in answer.text
    for typed in ("The Loft", "17", "Two flights of stairs"):
        assert f'value="{typed}"' in answer.text
    async with db.tx() as tx:
        assert await places.list_locations(tx, moss.event_id) == rooms


async def test_a_thread_without_a_usable_colour_keeps_its_title(moss, ada) -> None:
    form = {"id": "", "title": "Night games", "color": "mauve", "description": "After ten.", "position": "9"}
    answer = await ada.post(f"/organizer/events/{moss.event_id}/program/threads", form)
    assert answer.status_code == 422
    assert 'value="Night games"' in answer.text
    assert "After ten." in answer.text


async def test_a_question_and_a_wave_that_are_refused_say_so_beside_the_field(moss, ada) -> None:
    base = f"/organizer/events/{moss.event_id}/forms"
    form = {"known": "new", "key": "Not A Key", "label": "Which snack?", "type": "choice", "is_shared": "1"}
    answer = await ada.post(f"{base}/fields", form)
    assert answer.status_code == 422
    assert 'href="#key-new"' in answer.text
    assert 'id="key-new-error"' in answer.text
    assert 'value="Which snack?"' in answer.text
    assert re.search(r'name="is_shared" value="1" checked', answer.text)
    form = {"title": "Late", "role": "participant", "opens_at": "2031-05-02T10:00", "closes_at": "2031-05-01T10:00"}
    answer = await ada.post(f"{base}/waves", form)
    assert answer.status_code == 422
    assert "-wave-error" in answer.text
    assert 'value="Late"' in answer.text
