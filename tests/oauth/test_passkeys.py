"""Passkeys in a real browser, with an authenticator that the browser itself plays."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from revento.identity.sessions import actions as sessions
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from tests.browser.conftest import PageAt, browser, page_at, served
from tests.browser.looks import axe
from tests.browser.story import person

__all__ = ["browser", "page_at"]
pytestmark = pytest.mark.browser


@pytest.fixture
async def home(database_url: str, clock: Clock, tmp_path: Path) -> AsyncGenerator[str]:
    """The application under a name: passkeys are made for hosts, not for addresses."""
    async with served("localhost", database_url, clock, tmp_path) as origin:
        yield origin


async def test_a_passkey_is_made_signs_in_and_is_forgotten(
    db: Database, home: str, clock: Clock, page_at: PageAt, tmp_path: Path
) -> None:
    async with db.tx() as tx:
        ada = await person(tx, "Ada Moss", clock.now())
        opened = await sessions.open_for(tx, ada, address="127.0.0.1", user_agent="tests", now=clock.now())
    page = await page_at(390)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    authenticator: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    authenticator |= {"hasUserVerification": True, "isUserVerified": True}
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    await page.context.add_cookies([{"name": "revento_session", "value": opened.token, "url": home}])
    await page.goto(f"{home}/account/passkeys")
    assert await axe(page) == []
    await page.fill("#name", "My phone")
    await page.click("text=Make a passkey")
    await page.wait_for_selector("text=Your passkey works from now on")
    await page.context.clear_cookies()
    await page.goto(f"{home}/account/sign-in?next=/account/passkeys")
    await page.screenshot(path=tmp_path / "sign-in.png")
    await page.click("text=Use a passkey")
    await page.wait_for_selector("text=last used")
    assert page.complaints == []  # type: ignore[attr-defined]
    await page.click("summary:has-text('Remove')")
    await page.click("text=Remove My phone")
    await page.wait_for_selector("text=You have no passkey yet")
    await page.context.clear_cookies()
    await page.goto(f"{home}/account/sign-in")
    await page.click("text=Use a passkey")
    await page.wait_for_selector("text=We don't know this passkey")
