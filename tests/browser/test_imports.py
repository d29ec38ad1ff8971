"""An organizer plans a convention from a published schedule, and takes the whole of it elsewhere."""

import json
from typing import Any

import pytest
from playwright.async_api import expect

from revento.events.overview import queries as overview
from revento.events.program import queries as program
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.ids import EventId
from tests.importing.world import published

from .conftest import PageAt, go_on, sign_in
from .looks import axe, overflows
from .story import convention

pytestmark = pytest.mark.browser


def sent(raw: bytes, name: str) -> Any:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": raw}


def later(raw: bytes) -> bytes:
    """The next version of the schedule: one session renamed, one moved by an hour, one gone."""
    document = json.loads(raw)
    rooms = [room for day in document["schedule"]["conference"]["days"] for room in day["rooms"].values()]
    held = [(room, event) for room in rooms for event in room]
    held[0][1]["title"] = "Opening, said anew"
    held[1][1]["duration"] = "03:00"
    gone, event = held[2]
    gone.remove(event)
    return json.dumps(document).encode()


async def test_a_convention_is_planned_from_an_imported_schedule(
    db: Database, site: str, clock: Clock, page_at: PageAt
) -> None:
    await convention(db, clock, ())
    page = await page_at(1280)
    await sign_in(page, site, "ada@example.test")
    raw = published("pretalx-good2025.json")

    # A new event out of the file, looked at first
    await page.goto(f"{site}/organizer/events/new")
    await go_on(page, "text=From a file")
    await page.set_input_files("#file", sent(raw, "schedule.json"))
    await go_on(page)
    await page.wait_for_selector("text=An event with 72 activities")
    assert await axe(page) == []
    await go_on(page, "nav >> text=Locations")
    await page.wait_for_selector("ul.list >> text=New")
    await page.fill("#title", "Good Days")
    await go_on(page, "main button.primary >> text=Make the event")
    await page.wait_for_selector("text=72 activities are new.")
    event_id = EventId(page.url.split("/")[5])

    # The grid of a day, and all of it as a table that is searched
    assert await page.locator(".program .act").count() >= 3
    await go_on(page, "nav >> text=All")
    await page.wait_for_selector("table.cards")
    await expect(page.locator("tr[data-row]")).to_have_count(50)
    await go_on(page, "a[rel=next]")
    await expect(page.locator("tr[data-row]")).to_have_count(22)
    await page.goto(f"{site}/organizer/events/{event_id}/program?day=all&state=clash")
    clashing = await page.locator("tr[data-row]").count()
    assert clashing > 1
    assert await axe(page) == []

    # A later version of the file, on a phone without JavaScript
    phone = await page_at(390, js=False)
    await sign_in(phone, site, "ada@example.test")
    await phone.goto(f"{site}/organizer/events/{event_id}/program/files")
    await phone.set_input_files("#file", sent(later(raw), "later.json"))
    await go_on(phone)
    words = await phone.inner_text(".page-head")
    assert "2 changed, 69 unchanged, 1 gone from the file" in words
    await go_on(phone, "nav >> text=Changed")
    assert "Opening, said anew" in await phone.inner_text("ul.list")
    await phone.check("[name=remove_vanished]")
    await go_on(phone, "main button.primary >> text=Bring it in")
    assert "2 changed, 1 removed, 69 stayed as they were" in await phone.inner_text(".flash.ok")
    async with db.tx() as tx:
        held = await program.list_activities(tx, event_id, drafts=True)
    assert len(held) == 71
    assert "Opening, said anew" in {each.title for each in held}

    # On paper: every activity, none of the frame around it
    await page.goto(f"{site}/organizer/events/{event_id}/program/print")
    assert await axe(page) == []
    await page.emulate_media(media="print")
    assert await page.locator(".printed .item").count() == 71
    assert not await page.locator(".topbar, .side, .screen-only").first.is_visible()
    assert (await page.pdf(prefer_css_page_size=True))[:5] == b"%PDF-"
    await page.emulate_media(media="screen")
    assert page.complaints == []  # type: ignore[attr-defined]


async def test_a_whole_event_is_taken_out_and_made_again(
    db: Database, site: str, clock: Clock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    page = await page_at(390)
    await sign_in(page, site, "ada@example.test")
    await page.goto(f"{site}/organizer/events/{story.event_id}/program/files")
    assert await axe(page) == []
    async with page.expect_download() as waiting:
        await page.click("text=Download the archive")
    raw = await (await waiting.value).path()
    await page.goto(f"{site}/organizer/events/import")
    await page.set_input_files("#file", sent(raw.read_bytes(), "mossgarden.zip"))
    await go_on(page)
    await page.wait_for_selector("text=8 people have an account here")
    assert await axe(page) == []
    assert not await overflows(page)
    await page.fill("#title", "Mossgarden, again")
    await go_on(page, "main button.primary >> text=Make the event")
    await page.wait_for_selector("text=with 8 people and 7 activities")
    made = EventId(page.url.split("/")[5].split("?")[0])
    async with db.tx() as tx:
        desk = await overview.find_desk(tx, story.people["Ada Moss"], made)
    assert desk is not None
    assert (desk.title, desk.publish_status, desk.pending) == ("Mossgarden, again", "draft", len(story.applications))
