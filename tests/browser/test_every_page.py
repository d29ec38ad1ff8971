"""Promise: every page a person can reach by links is accessible, fits a phone, complains of nothing."""

import re
from collections import deque
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.async_api import Page

from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.secrets import Box, Keys
from revento.sandbox import actions, cast, sample
from revento.sandbox.cast import OWNERS

from .conftest import PageAt, axe, overflows, sign_in

pytestmark = pytest.mark.browser

PASSWORD = "a lantern at low tide"
KEYS = Keys("a-key-for-tests-that-nobody-else-uses-32-characters")
ID = re.compile(r"[a-z][a-z_]*_[0-7][0-9a-hjkmnp-tv-z]{25}")
NOT_PAGES = re.compile(r"\.(csv|ics|json|xml|md|txt|zip|js|webmanifest)$|^/(static|api|oauth|dev)/|/export|/download")
GUIDE = re.compile(r"^/guide/.")  # the same for everybody: walked once, by nobody
IN_THE_DARK = ("color-contrast",)  # what another scheme changes
MOST = 60  # kinds of pages one role is led through


def kind_of(href: str) -> str:
    """The address of a page with its ids taken out: one page of a kind is enough."""
    return ID.sub("*", urlsplit(href).path).rstrip("/") or "/"


class Walk(msgspec.Struct, frozen=True):
    """One person's way through everything that links lead to, at one size and in one scheme."""

    role: str
    start: str
    width: int
    scheme: str
    fewest: int
    rules: tuple[str, ...] = ()

    def leaves_out(self, path: str) -> bool:
        """No page of ours, or one that another walk goes to."""
        return bool(NOT_PAGES.search(path) or (self.role != "nobody" and GUIDE.search(path)))


WALKS = (
    Walk("organizer", "/organizer", 1280, "light", 12),
    Walk("organizer", "/organizer", 390, "dark", 12, IN_THE_DARK),
    Walk("participant", "/", 390, "light", 12),
    Walk("participant", "/", 1280, "dark", 12, IN_THE_DARK),
    Walk("operator", "/operator", 1280, "dark", 6),
    Walk("integrator", "/developer", 390, "light", 1),
    Walk("nobody", "/", 360, "light", 20),
)


async def links(page: Page, site: str, walk: Walk) -> list[str]:
    """Where the page leads, on our own site."""
    found: list[str] = await page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    own = [href.removeprefix(site) for href in found if href.startswith(f"{site}/")]
    return [href for href in own if not walk.leaves_out(urlsplit(href).path)]


async def faults(page: Page, rules: tuple[str, ...]) -> list[str]:
    """What is wrong with the page that is shown now."""
    wrong = await axe(page, only=rules)
    if await overflows(page):
        wrong.append("scrolls sideways")
    wrong += page.complaints  # type: ignore[attr-defined]
    page.complaints.clear()  # type: ignore[attr-defined]
    return wrong


async def walked(page: Page, site: str, walk: Walk) -> tuple[set[str], dict[str, list[str]]]:
    """Every kind of page that links lead to, and what is wrong with each."""
    seen, wrong = {kind_of(walk.start)}, {}
    waiting = deque([walk.start])
    while waiting and len(seen) <= MOST:
        path = waiting.popleft()
        answer = await page.goto(f"{site}{path}")
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        found = await faults(page, walk.rules) + ([] if answer.ok else [f"answers {answer.status}"])
        if found:
            wrong[path] = found
        for href in await links(page, site, walk):
            if (kind := kind_of(href)) not in seen:
                seen.add(kind)
                waiting.append(href)
    return seen, wrong


async def furnished(db: Database, clock: Clock) -> None:
    """The sandbox with its sample integration."""
    async with db.tx() as tx:
        built = await actions.build(tx, PASSWORD, now=clock.now())
        owner = built.people[next(iter(OWNERS.values()))]
        await sample.put(tx, owner, None, Box(KEYS), seed=actions.SEED, now=clock.now())


PEOPLE = {person.role: person.email for person in reversed(cast.STAFF)} | {"participant": cast.participants()[0].email}


@pytest.mark.timeout(600)
async def test_promise_pages_are_accessible_and_fit(db: Database, site: str, clock: Clock, page_at: PageAt) -> None:
    await furnished(db, clock)
    wrong, reached = {}, {}
    for walk in WALKS:
        page = await page_at(walk.width, scheme=walk.scheme)
        if walk.role != "nobody":
            await sign_in(page, site, PEOPLE[walk.role], PASSWORD)
        seen, wrong[walk.role, walk.width] = await walked(page, site, walk)
        reached[walk.role, walk.width] = len(seen) >= walk.fewest
        await page.context.close()
    assert {one: found for one, found in wrong.items() if found} == {}
    assert [one for one, enough in reached.items() if not enough] == []


async def test_promise_the_first_tab_leads_past_the_navigation(
    db: Database, site: str, clock: Clock, page_at: PageAt
) -> None:
    await furnished(db, clock)
    page = await page_at(1280)
    await sign_in(page, site, PEOPLE["organizer"], PASSWORD)
    for path in ("/", "/account", "/organizer"):
        await page.goto(f"{site}{path}")
        await page.keyboard.press("Tab")
        assert await page.evaluate("() => document.activeElement.className") == "skip", path
        await page.keyboard.press("Enter")
        assert await page.evaluate("() => document.activeElement.id") == "main", path
