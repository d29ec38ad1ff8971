"""Without a network: the program and my schedule stay readable, and only as long as I am signed in here."""

import asyncio

import pytest
from playwright.async_api import Page

from revento.events.signups import actions as signups
from revento.kernel.db import Database

from ..browser.conftest import PageAt, go_on, sign_in
from ..browser.story import convention
from ..conftest import MovableClock

pytestmark = pytest.mark.browser
KEPT = """async () => (await (await caches.open('pages')).keys()).map(each => {
    const url = new URL(each.url); return url.pathname + url.search }).sort()"""


async def settled(page: Page, *paths: str) -> None:
    """Until the worker has kept these pages."""
    wait = """async paths => { const kept = await caches.open('pages');
        for (const path of paths) while (!await kept.match(path)) await new Promise(go => setTimeout(go, 100)) }"""
    async with asyncio.timeout(30):
        await page.evaluate(wait, list(paths))


async def test_the_program_and_my_schedule_are_read_without_a_network_until_i_sign_out(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    base = f"/events/{story.event_id}"
    async with db.tx() as tx:
        leila, id = story.people["Leila Haddad"], story.activities["Map Drawing"]
        await signups.remember(tx, leila, story.event_id, id, now=clock.now())
    page = await page_at(390)
    await sign_in(page, site, "leila@example.test")
    await page.goto(f"{site}{base}")
    await settled(page, base, f"{base}/program", f"{base}/schedule", f"{base}/places")
    await page.goto(f"{site}/account")

    await page.context.set_offline(True)
    await page.goto(f"{site}{base}/schedule")
    assert await page.text_content("h1") == "My schedule"
    assert "Map Drawing" in await page.inner_text("main")
    assert await page.is_visible("#offline")
    await page.goto(f"{site}{base}/program")
    assert "Quiet Reading" in await page.inner_text("main")
    await page.goto(f"{site}{base}/application")
    assert await page.text_content("h1") == "You are offline"
    await page.wait_for_selector(f"[data-kept] a[href='{base}/schedule']")

    await page.context.set_offline(False)
    assert not [path for path in await page.evaluate(KEPT) if "account" in path or "application" in path]
    await page.goto(f"{site}{base}")
    await page.click(".topbar .avatar")
    await go_on(page, "text=Sign out")
    assert page.url == f"{site}/"
    await page.wait_for_load_state("networkidle")
    assert [path for path in await page.evaluate(KEPT) if path != "/"] == []
    await page.context.set_offline(True)
    await page.goto(f"{site}{base}/schedule")
    assert await page.text_content("h1") == "You are offline"


async def test_where_the_network_does_not_answer_what_is_kept_is_shown_and_what_was_sent_is_not_lost_silently(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    story = await convention(db, clock)
    base = f"/events/{story.event_id}"
    page = await page_at(390)
    await sign_in(page, site, "leila@example.test")
    await page.goto(f"{site}{base}")
    await settled(page, f"{base}/program")
    async with db.tx() as tx:
        await tx.run("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")  # the server is there, but does not answer
        await page.goto(f"{site}{base}/program")
        assert "Quiet Reading" in await page.inner_text("main")
        assert "The network is slow" in await page.inner_text("#offline")
        assert "As of" in await page.inner_text("#offline")
    await page.goto(f"{site}{base}/program")
    assert await page.is_hidden("#offline")

    await page.context.set_offline(True)
    await page.click(".star button >> nth=0")
    await page.wait_for_selector("#failed:not([hidden])")
    assert "did not arrive" in await page.inner_text("#failed")
    await page.evaluate("document.querySelector('form.star').submit()")
    await page.wait_for_selector("h1:has-text('That did not arrive')")
    assert await page.is_hidden("h1:has-text('You are offline')")
