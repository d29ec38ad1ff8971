"""Consent in a real browser: two tabs, the back button, a double click, a change of mind; each ends well."""

from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
from playwright.async_api import BrowserContext, Page

from revento.identity.sessions import actions as sessions
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.secrets import Box, Keys, load_or_create_key
from tests.browser.conftest import PageAt, browser, page_at, site
from tests.oauth import given
from tests.oauth.given import Speaker, Verifier
from tests.webhooks import receivers

__all__ = ["browser", "page_at", "site"]
pytestmark = pytest.mark.browser


class Scene(msgspec.Struct):
    """Ada's browser, and an integration that listens for what it is sent."""

    origin: str
    integration: Speaker
    listens: receivers.Receiver
    context: BrowserContext

    def address(self, made: Verifier, **changed: str) -> str:
        """Where the integration sends the browser."""
        asked = self.integration.query(made.challenge, redirect_uri=self.listens.url, **changed)
        return f"{self.origin}/oauth/authorize?{urlencode(asked)}"

    async def tab(self, made: Verifier, **changed: str) -> Page:
        """A tab with the consent page."""
        page = await self.context.new_page()
        await page.goto(self.address(made, **changed))
        assert await page.locator("[name=decision][value=approve]").count() == 1, await page.content()
        return page

    async def approve(self, page: Page) -> str:
        """A click on the button; the code that came of it."""
        await page.click("[name=decision][value=approve]")
        return await self.arrived(page)

    async def arrived(self, page: Page) -> str:
        """The code in the address where the tab has ended."""
        await page.wait_for_url(f"{self.listens.url}?**")
        (code,) = parse_qs(urlsplit(page.url).query)["code"]
        return code

    async def redeem(self, code: str, made: Verifier) -> int:
        """What the integration gets for it."""
        return (await self.integration.redeem(code, made, redirect_uri=self.listens.url)).status_code


@pytest.fixture
async def scene(
    site: str,
    db: Database,
    clock: Clock,
    page_at: PageAt,
    tmp_path: Path,
) -> AsyncGenerator[Scene]:
    """The convention, and Ada signed in."""
    box = Box(Keys(load_or_create_key(tmp_path)))
    con = await given.convention(db, clock, box)
    async with receivers.listening() as listens, httpx.AsyncClient(base_url=site) as http:
        async with db.tx() as tx:
            tabs = await given.register(tx, con.people["Ivo"], given.document("Tabs", listens.url), box, clock)
            opened = await sessions.open_for(
                tx, con.people["Ada"], address="127.0.0.1", user_agent="tests", now=clock.now()
            )
        first = await page_at()
        await first.context.add_cookies([{"name": "revento_session", "value": opened.token, "url": site}])
        yield Scene(site, Speaker(http, tabs, con.event_id), listens, first.context)


async def test_two_tabs_the_back_button_and_a_double_click_end_well(scene: Scene) -> None:
    proofs = [given.proof() for _ in range(4)]
    one, two = [await scene.tab(made) for made in proofs[:2]]
    first, second = await scene.approve(one), await scene.approve(two)
    assert first != second
    assert [await scene.redeem(code, made) for code, made in zip((first, second), proofs, strict=False)] == [200, 200]

    back = await scene.tab(proofs[2])
    first = await scene.approve(back)
    await back.go_back()
    await back.wait_for_selector("[name=decision][value=approve]")
    again = await scene.approve(back)
    assert await scene.redeem(again, proofs[2]) == 200
    if again != first:
        assert await scene.redeem(first, proofs[2]) == 200

    twice = await scene.tab(proofs[3])
    await twice.dblclick("[name=decision][value=approve]", no_wait_after=True)
    code = await scene.arrived(twice)
    assert await scene.redeem(code, proofs[3]) == 200


async def test_a_no_takes_the_browser_back_with_access_denied(scene: Scene) -> None:
    page = await scene.tab(given.proof(), state="s-7")
    await page.click("[name=decision][value=deny]")
    await page.wait_for_url(f"{scene.listens.url}?**")
    told = {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}
    assert told == {"error": "access_denied", "state": "s-7", "iss": scene.origin}
