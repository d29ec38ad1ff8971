"""Every page of a participant, on every screen, light and dark: nothing axe objects to, nothing cut off."""

import pytest

from revento.kernel.db import Database

from ..browser.conftest import PageAt, sign_in
from ..browser.looks import faults, with_axe
from ..browser.story import convention
from ..conftest import MovableClock

pytestmark = pytest.mark.browser


async def test_the_participants_pages_are_accessible_and_fit(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    page = await page_at(1280)
    await with_axe(page)
    base = f"/events/{story.event_id}"
    paths = {
        "welcome": "/",
        "event-stranger": base,
        "activity-stranger": f"{base}/activities/{story.activities['Dice Design']}",
    }
    mine = {"home": "/", "find": "/find", "event": base, "program": f"{base}/program", "schedule": f"{base}/schedule"}
    mine |= {"search": f"{base}/program?q=dra", "nothing": f"{base}/program?q=xyzzy"}
    mine |= {"activity": f"{base}/activities/{story.activities['Dice Design']}", "places": f"{base}/places"}
    mine |= {"application": f"{base}/application", "change": f"{base}/application?edit=1"}
    mine |= {"withdraw": f"{base}/application/withdraw", "account": "/account", "address": "/account/address"}

    async def look(named: dict[str, str]) -> None:
        for name, path in named.items():
            await page.goto(f"{site}{path}")
            assert (name, await faults(page)) == (name, [])

    await look(paths)
    await sign_in(page, site, "leila@example.test")
    await look(mine)
