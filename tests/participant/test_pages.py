"""Every page of a participant, on a phone and on a desk, light and dark: nothing axe objects to, nothing cut off."""

from pathlib import Path

import pytest

from revento.kernel.db import Database

from ..browser.conftest import PageAt, axe, overflows, sign_in
from ..browser.story import convention
from ..conftest import MovableClock

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (320, "dark"), (1280, "light")])
async def test_the_participants_pages_are_accessible_and_fit(
    db: Database, site: str, clock: MovableClock, page_at: PageAt, tmp_path: Path, width: int, scheme: str
) -> None:
    story = await convention(db, clock)
    page = await page_at(width, scheme=scheme)
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
    mine |= {"withdraw": f"{base}/application/withdraw", "account": "/account"}

    async def look(named: dict[str, str]) -> None:
        for name, path in named.items():
            await page.goto(f"{site}{path}")
            await page.wait_for_load_state("networkidle")
            await page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
            assert (name, await axe(page), page.complaints) == (name, [], [])  # type: ignore[attr-defined]
            assert not await overflows(page), name

    await look(paths)
    await sign_in(page, site, "leila@example.test")
    await look(mine)
