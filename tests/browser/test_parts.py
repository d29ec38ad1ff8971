"""Every part on one page, in a real browser: nothing refused, nothing that axe objects to, nothing cut off."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader
from litestar import Litestar, Response, get, post
from litestar.datastructures import State
from litestar.testing import AsyncTestClient
from playwright.async_api import Page, Route, expect

from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.secrets import Box, Keys
from revento.web.shared import assets, errors, forms, pages, states, visitor
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.visitor import Flash

from .conftest import PageAt
from .looks import axe, faults

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.browser


class Noon(Clock):
    def now(self) -> datetime:
        return NOW


@get("/preview", sync_to_thread=False)
def preview() -> Response[str]:
    visitor.greet("Ada Moss", "ada@example.test", apps=("organizer",))
    errors = {"name": "Fill this in.", "decision": "Choose one of the options."}
    return pages.page(
        "preview.html",
        form=Form({"mail": "ada@example", "about": '<script>alert("x")</script>'}, errors),
        states=list(states.LOOKS),
        earlier=NOW - timedelta(days=5),
        later=NOW - timedelta(days=5, hours=-2),
        text="# A title\n\n<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1)) [fine](https://example.test)",
    )


@post("/said", sync_to_thread=False)
def said() -> Response[None]:
    return pages.go("/preview", Flash("Kept.", undo="/undo"))  # type: ignore[return-value]


@pytest.fixture
async def app() -> AsyncGenerator[AsyncTestClient[Litestar]]:
    """The parts behind the same middleware and guard as the pages."""
    templates = ChoiceLoader([FileSystemLoader(pages.FOLDER), FileSystemLoader(Path(__file__).parent / "templates")])
    pages.environment.loader = templates
    keys = Keys("k" * 32)
    provided = Services(
        Settings.read({"DATABASE_URL": "postgresql://none"}), None, Noon(), keys, Box(keys), *[None] * 5
    )  # type: ignore[arg-type]
    made = Litestar(
        [assets.routes, preview, said],
        middleware=[visitor.remember_visitors],
        guards=[forms.same_person],
        exception_handlers=errors.HANDLERS,
        state=State({"services": provided}),
    )
    async with AsyncTestClient(made, base_url="http://127.0.0.1:8000") as client:
        yield client
    pages.environment.loader = FileSystemLoader(pages.FOLDER)


async def show(page: Page, app: AsyncTestClient[Litestar], path: str) -> None:
    """Open a path of the application in the browser, every request answered in process."""

    async def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        got = await app.get(asked.path, headers={"accept-encoding": "identity", "cookie": "revento_session=s"})
        await route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.content)

    await page.route("**/*", answer)
    await page.goto(f"http://127.0.0.1:8000{path}")
    await page.wait_for_load_state("networkidle")


async def test_every_part_is_accessible_and_fits(app: AsyncTestClient[Litestar], page_at: PageAt) -> None:
    page = await page_at()
    await show(page, app, "/preview")
    assert await faults(page) == []


async def test_a_page_with_errors_starts_at_its_summary_and_links_to_the_field(
    app: AsyncTestClient[Litestar], page_at: PageAt
) -> None:
    page = await page_at()
    await show(page, app, "/preview")
    assert await page.evaluate("() => document.activeElement.classList.contains('summary')")
    await page.click(".summary a[href='#name']")
    assert await page.evaluate("() => document.activeElement.id || location.hash") in ("name", "#name")


async def test_a_link_to_a_confirmation_opens_the_dialog_and_focus_comes_back(
    app: AsyncTestClient[Litestar], page_at: PageAt
) -> None:
    page = await page_at()
    await show(page, app, "/preview")
    await page.focus("[data-open]")
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog#disconnect")).to_be_visible()
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-open=disconnect]")).to_be_focused()


async def test_the_keyboard_moves_decides_and_explains_itself(app: AsyncTestClient[Litestar], page_at: PageAt) -> None:
    page = await page_at()
    await show(page, app, "/preview")
    await page.keyboard.press("x")
    await expect(page.locator("input[value=rejected]")).to_be_checked()
    await page.keyboard.press("j")
    await expect(page.locator(":focus")).to_have_text("Leila Haddad")
    await page.keyboard.press("j")
    await expect(page.locator(":focus")).to_have_text("Marcus Oyelaran")
    await page.keyboard.press("/")
    await expect(page.locator("input[type=search]:focus")).to_be_visible()
    await page.keyboard.type("a?x")  # typing is typing
    assert not await page.is_visible("#keys")


async def test_words_of_people_stay_words(app: AsyncTestClient[Litestar]) -> None:
    html = (await app.get("/preview")).text
    assert "<script>alert" not in html
    assert "onerror" not in html.split("A title")[1].split("</section>")[0] or "&lt;img" in html
    assert 'href="javascript:' not in html
    assert '<a href="https://example.test" rel="nofollow noopener noreferrer">fine</a>' in html


async def test_pages_say_what_browsers_must_not_do(app: AsyncTestClient[Litestar]) -> None:
    answer = await app.get("/preview", headers={"cookie": "revento_session=s"})
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "HX-Request, Cookie, Accept-Language, Accept-Encoding"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


async def test_promise_a_form_of_another_session_or_site_is_refused(app: AsyncTestClient[Litestar]) -> None:
    session = {"cookie": "revento_session=s"}
    token = visitor.csrf_token(Keys("k" * 32).current("csrf"), "s")
    others = visitor.csrf_token(Keys("k" * 32).current("csrf"), "t")
    asked = [
        ({}, {"csrf_token": token}),
        ({"x-csrf-token": token}, {}),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, {"csrf_token": token}),
        ({}, {}),
        ({}, {"csrf_token": others}),
        ({}, {"csrf_token": token[:-1]}),
        ({"origin": "https://evil.test"}, {"csrf_token": token}),
        ({"sec-fetch-site": "cross-site"}, {"csrf_token": token}),
        ({"sec-fetch-site": "same-site"}, {"csrf_token": token}),
        ({"origin": "null"}, {"csrf_token": token}),
    ]
    got = [
        (await app.post("/said", headers=session | headers, data=body, follow_redirects=False)).status_code
        for headers, body in asked
    ]
    assert got == [303, 303, 303, 403, 403, 403, 403, 403, 403, 403]


async def test_a_flash_is_shown_once_and_only_when_we_wrote_it(app: AsyncTestClient[Litestar]) -> None:
    token = visitor.csrf_token(Keys("k" * 32).current("csrf"), "s")
    mine = {"cookie": "revento_session=s"}
    sent = await app.post("/said", data={"csrf_token": token}, headers=mine, follow_redirects=False)
    cookie = sent.headers["set-cookie"].split(";")[0]
    app.cookies.clear()
    shown = await app.get("/preview", headers={"cookie": cookie})
    assert "Kept." in shown.text
    assert 'revento_flash="' in shown.headers["set-cookie"] or "Max-Age=0" in shown.headers["set-cookie"]
    forged = cookie[:-4] + "0000"
    assert "Kept." not in (await app.get("/preview", headers={"cookie": forged})).text


async def test_static_files_are_kept_for_a_year_at_their_present_address_only(app: AsyncTestClient[Litestar]) -> None:
    now = await app.get(assets.url("revento.css"))
    old = await app.get("/static/000000000000/revento.css")
    lost = await app.get(f"/static/{assets.version()}/../pages.py")
    assert (now.status_code, now.headers["cache-control"]) == (200, assets.YEAR)
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    assert lost.status_code == 404
