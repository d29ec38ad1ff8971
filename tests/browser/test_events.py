"""An organizer makes an event from nothing and after an earlier one, changes it, publishes it."""

import pytest

from revento.events.forms import queries as forms
from revento.events.overview import queries as overview
from revento.events.program import queries as program
from revento.events.program.places import queries as places
from revento.events.waves import queries as waves
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.ids import EventId

from .conftest import PageAt, go_on, sign_in
from .story import convention

pytestmark = pytest.mark.browser


async def test_an_event_is_made_after_an_earlier_one_changed_and_published(
    db: Database, site: str, clock: Clock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    page = await page_at(1280)
    await sign_in(page, site, "ada@example.test")

    await page.goto(f"{site}/organizer/events/new")
    await page.fill("#title", "Mossgarden Winter Days")
    await page.fill("#starts_at", "2027-01-15T10:00")
    await page.fill("#ends_at", "2027-01-14T18:00")
    await page.fill("#time_zone", "Europe/Helsinki")
    await page.select_option("#source_id", story.event_id)
    await page.check("[name=with_program]")
    await go_on(page)
    assert "An event ends after it starts." in await page.inner_text("#ends_at-error")
    assert await page.input_value("#title") == "Mossgarden Winter Days"
    await page.fill("#ends_at", "2027-01-17T18:00")
    await go_on(page)
    await page.wait_for_url("**/organizer/events/evt_*")
    made = EventId(page.url.rsplit("/", 1)[-1])

    async with db.tx() as tx:
        assert [field.key for field in await forms.list_fields(tx, made)] == ["favorite_track", "about", "first_time"]
        assert [wave.title for wave in await waves.list_waves(tx, made)] == ["Early birds"]
        old = await program.list_activities(tx, story.event_id, drafts=True)
        new = await program.list_activities(tx, made, drafts=True)
        assert [each.title for each in new] == [each.title for each in old]
        assert not any(each.is_published for each in new)
        rooms = {each.id: each.name for each in await places.list_locations(tx, made)}
        before = {each.id: each.name for each in await places.list_locations(tx, story.event_id)}
        assert [rooms[each.location_id or ""] for each in new] == [before[each.location_id or ""] for each in old]

    await go_on(page, "text=Publish")
    await page.wait_for_selector("text=is public now")
    await page.goto(f"{site}/organizer/events/{made}/settings")
    await page.fill("#location_name", "Ice Hall")
    await go_on(page, "form[action$='/settings'] button.primary")
    await page.wait_for_selector("text=Saved.")
    async with db.tx() as tx:
        desk = await overview.find_desk(tx, story.people["Ada Moss"], made)
    assert desk is not None
    assert (desk.publish_status, desk.location_name) == ("published", "Ice Hall")


async def test_a_stranger_cannot_make_an_event_for_an_organization_nor_after_its_events(
    db: Database, site: str, clock: Clock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    page = await page_at(1280)
    await sign_in(page, site, "mallory@example.test")
    await page.goto(f"{site}/organizer/organizations/new")
    token = await page.get_attribute("input[name=csrf_token]", "value")
    form = {"title": "Mine now", "starts_at": "2027-01-15T10:00", "ends_at": "2027-01-17T18:00"}
    form |= {"time_zone": "Europe/Helsinki", "organization_id": story.organization_id, "csrf_token": token or ""}
    answer = await page.request.post(f"{site}/organizer/events/new", form=form)
    assert answer.status == 404
    for path in ("settings", "participants"):
        assert (await page.request.get(f"{site}/organizer/events/{story.event_id}/{path}")).status == 404
