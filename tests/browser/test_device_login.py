"""`revento login` in the browser: the code compared, one integration chosen; wrong, late, used, refused, two tabs."""

from typing import Any

import pytest
from playwright.async_api import Page

from revento.integrations.catalogue import actions as catalogue
from revento.integrations.manifests import actions as manifests
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.secrets import Box, Keys
from tests.conftest import MovableClock
from tests.integrations.given import document

from .conftest import PageAt, go_on, sign_in
from .looks import DESK, LOOKS, View, faults
from .story import PASSWORD, person

pytestmark = pytest.mark.browser
VIEWS = (DESK, View(390, "light", LOOKS), View(390, "dark", LOOKS), View(1280, "dark", LOOKS))
OVER = "That login is over. Start it again in your terminal."
UNKNOWN = "No command line waits with this code. It lives ten minutes; ask for a new one."


async def builder(db: Database, clock: Clock) -> None:
    """Ruben builds two integrations."""
    now = clock.now()
    async with db.tx() as tx:
        ruben = await person(tx, "Ruben de Graaf", now)
        for name in ("Badge desk", "Signage"):
            manifest = manifests.read(document(name=name), environment="sandbox")
            await catalogue.register(
                tx, ruben, manifest, environment="sandbox", organization_id=None, box=Box(Keys("k" * 43)), now=now
            )


class Machine:
    """A command line that asks, as the server sees it."""

    def __init__(self, page: Page, site: str) -> None:
        self._page, self._at, self.codes = page, f"{site}/api/v1/integration/logins", dict[str, Any]()

    async def asks(self) -> str:
        """A new login; the address to open."""
        answer = await self._page.request.post(self._at, data={"machine": "ruben-laptop"})
        self.codes = await answer.json()
        return self.codes["verification_uri_complete"]

    async def hears(self) -> dict[str, Any]:
        answer = await self._page.request.post(f"{self._at}/poll", data={"device_code": self.codes["device_code"]})
        return await answer.json()


async def test_a_command_line_is_approved_on_a_phone_after_signing_in_and_gets_what_was_chosen(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    await builder(db, clock)
    page = await page_at(390, scheme="dark")
    machine = Machine(page, site)
    await page.goto(await machine.asks())
    await page.fill("#email", "ruben@example.test")  # nobody is signed in: the address waits until somebody is
    await page.fill("#password", PASSWORD)
    await go_on(page)
    assert await page.input_value("#code") == machine.codes["user_code"]
    assert await faults(page, VIEWS) == []
    await go_on(page)
    assert "ruben-laptop" in await page.inner_text("main")
    assert await faults(page, VIEWS) == []
    await page.select_option("#client_id", label="Signage (sandbox)")
    await go_on(page, "button:has-text('Approve')")
    assert "Approved. Go back to your terminal." in await page.inner_text("h1")
    assert await faults(page, VIEWS) == []
    told = await machine.hears()
    assert (told["status"], told["integration_name"]) == ("approved", "Signage")
    await go_on(page, "text=See and end its secret under Credentials")
    assert "ruben-laptop" in await page.inner_text("main")


async def test_a_code_that_is_wrong_late_or_used_and_a_second_tab_are_told_and_hand_out_nothing(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    await builder(db, clock)
    page = await page_at(1280)
    machine = Machine(page, site)
    await sign_in(page, site, "ruben@example.test")

    await page.goto(f"{site}/developer/device")
    await page.fill("#code", "BCDF-GHJK")
    await go_on(page)
    assert UNKNOWN in await page.inner_text("#code-error")
    assert await page.input_value("#code") == "BCDF-GHJK"

    address = await machine.asks()
    first, second = page, await page.context.new_page()
    for tab in (first, second):
        await tab.goto(address)
        await go_on(tab)
    await go_on(second, second.get_by_role("button", name="No"))
    assert "Refused. Nothing was handed out." in await second.inner_text("h1")
    await go_on(first, "button:has-text('Approve')")
    await first.wait_for_selector(f"text={OVER}")
    assert (await machine.hears())["status"] == "denied"
    await first.goto(address)
    await go_on(first)
    assert UNKNOWN in await first.inner_text("#code-error")

    await first.goto(await machine.asks())
    await go_on(first)
    clock.pass_(minutes=10)
    await go_on(first, "button:has-text('Approve')")
    await first.wait_for_selector(f"text={OVER}")
    assert (await machine.hears())["status"] == "expired"
