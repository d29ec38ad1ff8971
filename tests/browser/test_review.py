"""Two people review a season's applications, in the browser."""

from pathlib import Path

import pytest

from revento.kernel.clock import Clock
from revento.kernel.db import Database

from .conftest import PageAt, axe, overflows, sign_in
from .story import NAMES, convention

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (360, "light"), (1920, "dark")])
async def test_the_review_pages_are_accessible_and_fit(
    db: Database, site: str, clock: Clock, page_at: PageAt, tmp_path: Path, width: int, scheme: str
) -> None:
    story = await convention(db, clock)
    page = await page_at(width, scheme=scheme)
    await sign_in(page, site, "ada@example.test")
    base = f"/organizer/events/{story.event_id}"
    chosen = f"{base}/applications/{story.applications['Elif Demir']}"
    paths = {"home": "/organizer", "overview": base, "queue": f"{base}/applications", "application": chosen}
    paths |= {"organization": f"/organizer/organizations/{story.organization_id}", "forms": f"{base}/forms"}
    paths |= {"new-organization": "/organizer/organizations/new"}
    paths |= {"program": f"{base}/program", "program-table": f"{base}/program?view=table"}
    paths |= {"activity": f"{base}/activities/{story.activities['Dice Design']}", "places": f"{base}/program/places"}
    paths |= {"new-activity": f"{base}/activities/new", "new-event": "/organizer/events/new"}
    paths |= {"settings": f"{base}/settings", "participants": f"{base}/participants?status="}
    for name, path in paths.items():
        await page.goto(f"{site}{path}")
        await page.wait_for_load_state("networkidle")
        await page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
        assert (name, await axe(page), page.complaints) == (name, [], [])  # type: ignore[attr-defined]
        assert not await overflows(page)
    assert NAMES
