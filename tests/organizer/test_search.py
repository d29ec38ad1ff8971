"""An organizer finds what is hers by the beginning of a name or by an id, and nothing of anybody else's."""

from revento.identity import proofs
from revento.kernel.db import Database
from tests.browser.story import convention
from tests.conftest import MovableClock
from tests.integrations.connected import Connected
from tests.visits import Site, Visitor

EVENT = "/organizer/events"


async def found(visitor: Visitor, words: str) -> list[str]:
    """Where the hits lead."""
    page = await visitor.get("/organizer/search", params={"q": words})
    assert page.status_code == 200, page.text[:2000]
    return [part.split('"')[0] for part in page.text.split('class="strong cover break" href="')[1:]]


async def test_people_program_software_and_pages_are_found_by_the_beginning_of_a_name_and_open(
    app: Site, db: Database, clock: MovableClock
) -> None:
    world = await convention(db, clock, ("Hanna Sund", "Sunniva van Dyck", "Percy 100%"))
    ada, mallory = [await app.as_user(world.people[name]) for name in ("Ada Moss", "Mallory Nobody")]
    base = f"{EVENT}/{world.event_id}"
    title, activity = next((title, id) for title, id in world.activities.items() if " " in title)
    people = {name: f"{base}/applications/{id}" for name, id in world.applications.items()}
    expected = {
        "mossgarden": [f"/organizer/organizations/{world.organization_id}", base],
        "sun": [people["Hanna Sund"], people["Sunniva van Dyck"]],
        "dyck": [people["Sunniva van Dyck"]],
        "sunniva  van": [people["Sunniva van Dyck"]],
        "unn": [],
        "100%": [people["Percy 100%"]],
        "%": [],
        title.split()[-1].lower(): [f"{base}/activities/{activity}"],
        world.applications["Hanna Sund"]: [people["Hanna Sund"]],
        world.people["Hanna Sund"]: [people["Hanna Sund"]],
        activity: [f"{base}/activities/{activity}"],
        world.event_id: [base],
    }
    for words, links in expected.items():
        assert (words, sorted(await found(ada, words))) == (words, sorted(links))
        assert (words, await found(mallory, words)) == (words, [])
        for link in links:
            assert ((await ada.get(link)).status_code, (await mallory.get(link)).status_code) == (200, 404), link
    assert "Nothing of yours has this id or name" in (await ada.get("/organizer/search?q=unn")).text
    assert "What are you looking for?" in (await ada.get("/organizer/search")).text


async def test_a_connection_is_found_by_the_name_of_its_software_and_only_by_its_organizers(
    app: Site, story: Connected, db: Database
) -> None:
    ada, eve = await app.as_user(story.ada), (await app.rows(str, "SELECT user_id FROM integration_members"))[0]
    link = f"{EVENT}/{story.event_id}/integrations/{story.installation.id}"
    for words in ("badge", story.installation.id, story.client.integration_id):
        assert (words, await found(ada, words)) == (words, [link])
        assert (words, await found(await app.as_user(eve), words)) == (words, [])
    assert (await ada.get(link)).status_code == 200
    async with db.tx() as tx:
        assert (await proofs.as_integration_manager(tx, story.ada, story.event_id)).event_id == story.event_id


async def test_however_much_is_found_the_search_takes_two_statements(
    app: Site, story: Connected, db: Database, clock: MovableClock
) -> None:
    world = await convention(db, clock)
    ada = await app.as_user(world.people["Ada Moss"])
    counts = {await app.statements(ada, f"/organizer/search?q={words}") for words in ("mossgarden", "ha", "nobody")}
    assert len(counts) == 1
