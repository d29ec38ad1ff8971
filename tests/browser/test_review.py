"""Two people review a season's applications, in the browser."""

import pytest

from revento.kernel.clock import Clock
from revento.kernel.db import Database

from .conftest import PageAt, sign_in
from .looks import faults, with_axe
from .story import NAMES, convention

pytestmark = pytest.mark.browser


async def test_the_review_pages_are_accessible_and_fit(db: Database, site: str, clock: Clock, page_at: PageAt) -> None:
    story = await convention(db, clock)
    page = await page_at(1280)
    await with_axe(page)
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
        assert (name, await faults(page)) == (name, [])
    assert NAMES
