"""A real browser: system Chromium, at the widths and schemes that people have."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from tests import apps
from tests.browser.looks import axe as axe
from tests.browser.looks import overflows as overflows
from tests.ports import free_port

PageAt = Callable[..., Awaitable[Page]]
expect.set_options(
    timeout=30_000
)  # milliseconds, as everything else of Playwright waits; its own 5 s are for idle machines


@pytest.fixture
async def browser(chromium: str) -> AsyncGenerator[Browser]:
    """Chromium; closing it ends this test's contexts."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.connect_over_cdp(chromium)
        yield opened
        await opened.close()


@pytest.fixture
def page_at(browser: Browser) -> PageAt:
    """Opens pages: `await page_at(390, scheme="dark", js=False)`. Each has cookies of its own.

    Whatever a page's console complains about (a refused style, a missing file) is kept in `page.complaints`.
    """

    async def opened(
        width: int = 1280, *, height: int = 900, scheme: Any = "light", js: bool = True, **more: Any
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=js,
            has_touch=width < 640,
            is_mobile=width < 640,
            reduced_motion="reduce",
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.complaints = complaints  # type: ignore[attr-defined]
        return page

    return opened


@pytest.fixture
async def site(database_url: str, clock: Clock, tmp_path: Path) -> AsyncGenerator[str]:
    """The whole application on a free port of loopback, with a database of its own; its origin."""
    async with served("127.0.0.1", database_url, clock, tmp_path) as origin:
        yield origin


@asynccontextmanager
async def served(host: str, database_url: str, clock: Clock, folder: Path) -> AsyncGenerator[str]:
    """The whole application under that name of this machine; its origin."""
    port = free_port()
    origin = f"http://{host}:{port}"
    environ = {"DATABASE_URL": database_url, "REVENTO_BASE_URL": origin, "REVENTO_DATA_DIR": str(folder)}
    with apps.built(Settings.read(environ, env="development"), clock) as made:
        server = Server(made, address="127.0.0.1", port=port, interface=Interfaces.ASGI)
        serving = asyncio.create_task(server.serve())
        await _ready(f"http://127.0.0.1:{port}")
        yield origin
        server.stop()
        await serving


async def _ready(at: str) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient(timeout=30) as client:
        while True:
            try:
                if (await client.get(f"{at}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def go_on(page: Page, target: str | Locator = "main button.primary") -> None:
    """Clicks what leads to another page and waits until that one has loaded: what is asked next is asked of it.

    A form's own navigation may begin after the click has returned; whoever then asks the page asks the old one, and
    whoever opens another breaks it off.
    """
    async with page.expect_navigation():
        await (page.locator(target).first if isinstance(target, str) else target).click()


async def sign_in(page: Page, site: str, email: str, password: str = "correct horse battery staple") -> None:
    """Sign in as a person does."""
    await page.goto(f"{site}/account/sign-in")
    await page.fill("#email", email)
    await page.fill("#password", password)
    await go_on(page)
    assert not page.url.startswith(f"{site}/account/sign-in"), await page.inner_text("main")
    page.complaints.clear()  # type: ignore[attr-defined]
