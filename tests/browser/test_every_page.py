"""Promise: every page a person can reach by links is accessible, fits every screen, complains of nothing."""

import re
from collections import deque
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.async_api import Page, expect

from revento.kernel.clock import Clock
from revento.kernel.db import Database
from tests.furnished import PASSWORD, PEOPLE, furnish, is_page, kind_of

from .conftest import PageAt, sign_in
from .looks import FITS, VIEWS, View, faults, with_axe

pytestmark = pytest.mark.browser

GUIDE = re.compile(r"^/guide/.")  # the same for everybody: walked once, by nobody
MOST = 90  # kinds of pages one role is led through
IN_THE_GUIDE = (View(390, "dark"), View(320, "light", FITS))  # many long pages of one layout
# What else there is at the address of a kind of page, and is another page to look at.
MORE = {
    "/organizer/events/*/program": "?view=table",
    "/organizer/events/*/participants": "?status=",
    "/operator": "/search?q=tide",
    "/operator/organizations": "?view=pending",
}


class Walk(msgspec.Struct, frozen=True):
    """One person's way through everything that links lead to."""

    role: str
    start: str
    fewest: int

    def leaves_out(self, path: str) -> bool:
        """No page of ours, or one that another walk goes to."""
        return not is_page(path) or (self.role != "nobody" and bool(GUIDE.search(path)))


WALKS = (
    Walk("participant", "/", 12),
    Walk("integrator", "/developer", 0),  # the owner of the sample, an organizer, sees more
    Walk("organizer", "/organizer", 12),
    Walk("operator", "/operator", 6),
    Walk("nobody", "/", 20),  # sees much of the same, and none of it as the others do
)


async def links(page: Page, site: str, walk: Walk) -> list[str]:
    """Where the page leads, on our own site."""
    found: list[str] = await page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    own = [href.removeprefix(site) for href in found if href.startswith(f"{site}/")]
    return [href for href in own if not walk.leaves_out(urlsplit(href).path)]


def opened_by(href: str) -> list[str]:
    """The page of a link, and what else is at its address."""
    kind, path = kind_of(href), urlsplit(href).path
    return [href, f"{path}{MORE[kind]}"] if kind in MORE else [href]


async def walked(page: Page, site: str, walk: Walk, seen: set[str]) -> dict[str, list[str]]:
    """Every kind of page that links lead to and nobody has `seen` yet, and what is wrong with each."""
    wrong, waiting, most = dict[str, list[str]](), deque(opened_by(walk.start)), len(seen) + MOST
    seen.add(kind_of(walk.start))
    while waiting and len(seen) <= most:
        path = waiting.popleft()
        answer = await page.goto(f"{site}{path}")
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        found = await faults(page, IN_THE_GUIDE if GUIDE.search(path) else VIEWS) + (
            [] if answer.ok else [f"answers {answer.status}"]
        )
        if found:
            wrong[path] = found
        for href in await links(page, site, walk):
            if (kind := kind_of(href)) not in seen:
                seen.add(kind)
                waiting += opened_by(href)
    return wrong


@pytest.fixture
def database_url(sandbox_url: str) -> str:
    """The sandbox is there."""
    return sandbox_url


async def furnished(db: Database, clock: Clock) -> None:
    async with db.tx() as tx:
        await furnish(tx, clock)


@pytest.mark.timeout(600)
async def test_promise_pages_are_accessible_and_fit(db: Database, site: str, clock: Clock, page_at: PageAt) -> None:
    await furnished(db, clock)
    seen, wrong, reached = set[str](), {}, {}
    for walk in WALKS:
        page = await page_at(1280)
        await with_axe(page)
        if walk.role == "nobody":
            assert set(MORE) <= seen
            seen = set()
        else:
            await sign_in(page, site, PEOPLE[walk.role], PASSWORD)
        before = len(seen)
        wrong[walk.role] = await walked(page, site, walk, seen)
        reached[walk.role] = len(seen) - before >= walk.fewest
        await page.context.close()
    assert {role: found for role, found in wrong.items() if found} == {}
    assert [role for role, enough in reached.items() if not enough] == []


async def test_promise_the_first_tab_leads_past_the_navigation(
    db: Database, site: str, clock: Clock, page_at: PageAt
) -> None:
    await furnished(db, clock)
    page = await page_at(1280)
    await sign_in(page, site, PEOPLE["organizer"], PASSWORD)
    for path in ("/", "/account", "/organizer"):
        await page.goto(f"{site}{path}")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip"), path).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#main"), path).to_be_focused()
