"""Promise: every page a person can reach by links is accessible, fits a phone, complains of nothing."""

import re
from collections import deque
from urllib.parse import urlsplit

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
MOST = 60  # kinds of pages one role is led through


def kind_of(href: str) -> str:
    """The address of a page with its ids taken out: one page of a kind is enough."""
    return ID.sub("*", urlsplit(href).path).rstrip("/") or "/"


async def links(page: Page, site: str) -> list[str]:
    """Where the page leads, on our own site."""
    found: list[str] = await page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    own = [href.removeprefix(site) for href in found if href.startswith(f"{site}/")]
    return [href for href in own if not NOT_PAGES.search(urlsplit(href).path)]


async def faults(page: Page) -> list[str]:
    """What is wrong with the page that is shown now."""
    wrong = await axe(page)
    if await overflows(page):
        wrong.append("scrolls sideways")
    wrong += page.complaints  # type: ignore[attr-defined]
    page.complaints.clear()  # type: ignore[attr-defined]
    return wrong


async def walk(page: Page, site: str, start: str) -> tuple[set[str], dict[str, list[str]]]:
    """Every kind of page that links lead to from `start`, and what is wrong with each."""
    seen, wrong = {kind_of(start)}, {}
    waiting = deque([start])
    while waiting and len(seen) <= MOST:
        path = waiting.popleft()
        answer = await page.goto(f"{site}{path}")
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        found = await faults(page) + ([] if answer.ok else [f"answers {answer.status}"])
        if found:
            wrong[path] = found
        for href in await links(page, site):
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


@pytest.mark.parametrize(
    ("role", "start", "width", "scheme", "fewest"),
    [
        ("organizer", "/organizer", 1280, "light", 12),
        ("organizer", "/organizer", 390, "dark", 12),
        ("participant", "/", 390, "light", 12),
        ("participant", "/", 1280, "dark", 12),
        ("operator", "/operator", 1280, "dark", 6),
        ("integrator", "/developer", 390, "light", 1),
        ("nobody", "/", 360, "light", 3),
    ],
)
async def test_promise_pages_are_accessible_and_fit(
    db: Database, site: str, clock: Clock, page_at: PageAt, role: str, start: str, width: int, scheme: str, fewest: int
) -> None:
    await furnished(db, clock)
    page = await page_at(width, scheme=scheme)
    if role != "nobody":
        await sign_in(page, site, PEOPLE[role], PASSWORD)
    seen, wrong = await walk(page, site, start)
    assert wrong == {}
    assert len(seen) >= fewest, seen


@pytest.mark.parametrize("path", ["/", "/account/sign-in", "/organizer"])
async def test_promise_the_first_tab_leads_past_the_navigation(
    db: Database, site: str, clock: Clock, page_at: PageAt, path: str
) -> None:
    await furnished(db, clock)
    page = await page_at(1280)
    await sign_in(page, site, PEOPLE["organizer"], PASSWORD)
    await page.goto(f"{site}{path}")
    await page.keyboard.press("Tab")
    assert await page.evaluate("() => document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("() => document.activeElement.id") == "main"
