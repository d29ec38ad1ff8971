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
