"""The program as a grid: an activity is dragged to another room and hour, and put back with one press."""

from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from revento.events.program import queries as program
from revento.events.program.places import queries as places
from revento.kernel.clock import Clock
from revento.kernel.db import Database

from .conftest import PageAt, go_on, sign_in
from .story import Convention, convention

pytestmark = pytest.mark.browser


async def stands(db: Database, story: Convention, title: str) -> tuple[str, str, int]:
    """In which room, from when, and how many minutes it takes."""
    async with db.tx() as tx:
        found = await program.find_activity(tx, story.event_id, story.activities[title])
        rooms = {each.id: each.name for each in await places.list_locations(tx, story.event_id)}
    assert found is not None
    at = found.starts_at.astimezone(ZoneInfo("Europe/Helsinki"))
    return rooms[found.location_id or ""], f"{at:%H:%M}", int((found.ends_at - found.starts_at).total_seconds() // 60)


async def drag(page: Page, title: str, *, room: str, quarters: int) -> None:
    """Take it at its upper edge and let it go in another column, so many quarters of an hour further down."""
    held = page.locator("[data-activity]", has_text=title).first
    box = await held.bounding_box()
    head = await page.locator(".program .head", has_text=room).first.bounding_box()
    hour = await page.locator(".program .hour").first.bounding_box()
    assert box is not None
    assert head is not None
    assert hour is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 4)
    await page.mouse.down()
    x, y = head["x"] + 40, box["y"] + 4 + quarters * hour["height"] / 4
    await page.mouse.move(x, y, steps=4)
    await page.mouse.move(x, y + 1)
    await page.mouse.up()


async def test_an_activity_is_dragged_and_put_back(db: Database, site: str, clock: Clock, page_at: PageAt) -> None:
    story = await convention(db, clock, ())
    was = await stands(db, story, "Quiet Reading")
    page = await page_at(1280, height=1400)
    await sign_in(page, site, "ada@example.test")
    await page.goto(f"{site}/organizer/events/{story.event_id}/program")
    await drag(page, "Quiet Reading", room="Studio 1", quarters=26)
    await expect(page.get_by_text("Quiet Reading moved.")).to_be_visible()
    room, start, minutes = await stands(db, story, "Quiet Reading")
    hours = int(was[1][:2]) + 6, int(was[1][3:]) + 30
    assert (room, minutes) == ("Studio 1", 60)
    assert start == f"{hours[0] + hours[1] // 60:02}:{hours[1] % 60:02}"
    await go_on(page, page.get_by_role("button", name="Undo"))
    await expect(page.get_by_text("Quiet Reading moved.")).to_be_visible()
    assert await stands(db, story, "Quiet Reading") == was
