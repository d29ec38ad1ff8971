"""Pages of a participant that no link leads to, on every screen: nothing axe objects to, nothing cut off."""

import pytest

from revento.kernel.db import Database

from ..browser.conftest import PageAt, sign_in
from ..browser.looks import faults, with_axe
from ..browser.story import convention
from ..conftest import MovableClock

pytestmark = pytest.mark.browser


async def test_searching_and_changing_an_application_are_accessible_and_fit(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    page = await page_at(1280)
    await with_axe(page)
    await sign_in(page, site, "leila@example.test")
    base = f"/events/{story.event_id}"
    for path in ("/program?q=dra", "/program?q=xyzzy", "/application", "/application?edit=1", "/application/withdraw"):
        await page.goto(f"{site}{base}{path}")
        assert (path, await faults(page)) == (path, [])
