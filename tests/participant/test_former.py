"""What was connected to an event before it came here from another Revento is told to the people that it could read."""

from pathlib import Path

from revento.events.archiving.writing import queries as writing
from revento.events.mine import queries
from revento.kernel.db import Database
from tests import visits
from tests.browser.story import Convention, convention
from tests.conftest import MovableClock


async def moved(db: Database, clock: MovableClock) -> Convention:
    """A convention that was brought in with a printer and a map, both of them used; Leila had signed in to the map."""
    story, now = await convention(db, clock, ("Leila Haddad", "Marcus Oyelaran")), clock.now()
    common = {"event_id": story.event_id, "connected_by": story.people["Ada Moss"], "at": now}
    ended = {"ended_at": now, "end_reason": "organizer_disconnected"}
    consent = {"event_id": story.event_id, "connection": 1, "position": 0, "user_id": story.people["Leila Haddad"]}
    async with db.tx() as tx:
        await writing.insert_connections(
            tx,
            [
                common | ended | {"position": 0, "integration": "Badge printer", "scopes": ["participants.read"]},
                common | ended | {"position": 1, "integration": "Night map", "scopes": ["program.read"]},
            ],
            [consent | ended | {"scopes": ["profile.read"], "at": now}],
        )
    return story


async def test_people_see_the_software_of_the_former_home_that_could_read_them(
    db: Database, clock: MovableClock, database_url: str, tmp_path: Path
) -> None:
    story = await moved(db, clock)
    async with db.tx() as tx:
        found = {name: await queries.list_former(tx, story.people[name]) for name in story.people}
        export = await queries.export(tx, story.people["Leila Haddad"])
    names = {name: [(each.integration, each.own_scopes) for each in rows] for name, rows in found.items()}
    assert {name: rows for name, rows in names.items() if rows} == {
        "Leila Haddad": [("Badge printer", None), ("Night map", ["profile.read"])],
        "Marcus Oyelaran": [("Badge printer", None)],
    }
    former = export[0]["connected_before_it_came_here"]
    assert [(each["integration"], len(each["my_consent"])) for each in former] == [
        ("Badge printer", 0),
        ("Night map", 1),
    ]
    async with visits.opened(database_url, clock, tmp_path) as site:
        page = (await (await site.as_user(story.people["Leila Haddad"])).get("/my-data")).text
        assert "Before your event came here" in page
        assert page.index("Badge printer") < page.index("Night map") < page.index("You signed in")
        assert "your name, e-mail address and language" in page
        other = (await (await site.as_user(story.people["Bo Reed"])).get("/my-data")).text
        assert "Before your event came here" not in other
