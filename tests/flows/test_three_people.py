"""An integrator, the operator and an organizer: from signing up to an integration that a real event is connected to."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.conftest import go_on
from tests.conftest import CHROMIUM, QUIET
from tests.flows.hands import Hand, Steps, public
from tests.guide.live import BIN, Live
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

HOST = "badges.example"
PASSWORD = "correct horse battery staple"
SAMPLE = Path(__file__).parents[2] / "examples" / "quickstart-python" / "app.py"
MOST = 12  # interactions from signing up to the first verified webhook
WAIT_S = 30


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Generator[Live]:
    made = Live(tmp_path_factory.mktemp("live"))
    yield made
    made.stop()


@pytest.fixture
async def chromium() -> AsyncGenerator[Browser]:
    """A browser that finds the integration's public name on this machine."""
    async with async_playwright() as playwright:
        arguments = [*QUIET, f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        await opened.close()


async def somebody(browser: Browser) -> Page:
    context = await browser.new_context(ignore_https_errors=True, reduced_motion="reduce")
    context.set_default_timeout(WAIT_S * 1000)
    return await context.new_page()


class Sample:
    """The Python quickstart, with what the created page told to put into its environment."""

    def __init__(self, folder: Path, env: dict[str, str], port: int) -> None:
        self.url, self.env = f"http://localhost:{port}", env | {"PORT": str(port), "PATH": os.environ["PATH"]}
        self.process = subprocess.Popen([sys.executable, SAMPLE], cwd=folder, env=self.env)
        until(lambda: self.status() is not None)

    def status(self) -> dict[str, Any] | None:
        try:
            return httpx.get(self.url, trust_env=False, timeout=WAIT_S).json()
        except httpx.TransportError:
            return None

    def received(self, topic: str) -> list[dict[str, Any]]:
        return [each for each in (self.status() or {"received": []})["received"] if each["type"] == topic]


@contextmanager
def running(folder: Path, env: dict[str, str], port: int) -> Generator[Sample]:
    folder.mkdir(exist_ok=True)
    sample = Sample(folder, env, port)
    yield sample
    sample.process.terminate()
    sample.process.wait(timeout=WAIT_S)


def until(so: Any) -> None:
    ends_at = time.monotonic() + WAIT_S
    while not so():
        assert time.monotonic() < ends_at
        time.sleep(0.1)


async def shown_env(page: Page) -> dict[str, str]:
    """The .env that the page shows, once."""
    text = await page.locator("figure.code code").first.inner_text()
    return dict(line.split("=", 1) for line in text.splitlines())


async def sign_up(hand: Hand, url: str, name: str, email: str) -> None:
    await hand.page.goto(url)
    await go_on(hand.page, "a[href*='sign-up']")
    await hand.type("#name", name)
    await hand.type("#email", email)
    await hand.type("#password", PASSWORD)
    await hand.button("Create account")


async def sign_in(hand: Hand, url: str, email: str, password: str) -> None:
    await hand.page.goto(f"{url}/account/sign-in")
    await hand.type("#email", email)
    await hand.type("#password", password)
    await hand.button("Sign in")


async def first_webhook(hand: Hand, live: Live, folder: Path) -> tuple[str, Sample, Any]:
    """From nothing to the first verified webhook: the integration's id and its running server."""
    page, port = hand.page, free_port()
    await sign_up(hand, f"{live.url}/developer", "Ruben de Graaf", "ruben@papertrail.example")
    await hand.type("#name", "BadgePress")
    # The form says port 3000, as the quickstart does; a test takes a free one.
    for field in ("connect_url", "webhook_url", "redirect_uris"):
        await page.fill(f"#{field}", (await page.input_value(f"#{field}")).replace(":3000", f":{port}"))
    await hand.button("Create integration")
    env = await shown_env(page)
    hand.pasted()  # .env
    hand.pasted()  # the lines that start the quickstart
    opened = running(folder / "sandbox", env, port)
    sample = opened.__enter__()
    async with page.context.expect_page() as consent:
        await hand.click(page.get_by_role("link", name="Connect", exact=True).first)  # in a tab of its own
    there = await consent.value
    hand.steps.count += 1
    await there.click('button[name="decision"][value="approve"]')
    await there.wait_for_url(f"{sample.url}/")
    await hand.click(page.get_by_role("button", name="Trigger", exact=True))
    until(lambda: sample.received("application.approved"))
    found = re.search(r"int_[0-9a-z]{26}", page.url)
    assert found is not None
    return found[0], sample, opened


def check(live: Live, sample: Sample, folder: Path) -> Path:
    """The conformance kit's run, signed."""
    report = folder / "report.json"
    command = [
        BIN / "revento",
        "check",
        f"http://localhost:{(port := free_port())}",
        "--provider-port",
        str(free_port()),
    ]
    command += ["--start", f"{sys.executable} {SAMPLE}", "--probe", "/", "--read", "POST /read", "--report", report]
    home = f"http://localhost:{port}"
    env = sample.env | {
        "PORT": str(port),
        "REVENTO_REDIRECT_URI": f"{home}/callback",
        "NO_PROXY": "localhost,127.0.0.1",
    }
    (folder / "kit").mkdir()
    ran = subprocess.run(command, env=env, cwd=folder / "kit", capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return report


async def submit(hand: Hand, base: str, manifest: dict[str, Any], copy: str) -> None:
    await hand.page.goto(f"{base}/submission")
    await hand.type("#marketing_copy", copy)
    await hand.type("#demo_url", f"https://{HOST}/demo")
    await hand.type("#notes", "Sign in as demo, press Print.")
    await hand.type("#document", json.dumps(manifest, indent=2))
    await hand.button("Submit for review")
    assert "Number 1 in the queue" in await hand.page.inner_text("main")


async def decide(hand: Hand, decision: str, text: str = "", request: str = "") -> None:
    await hand.click(f'input[name="decision"][value="{decision}"]')
    if text:
        await hand.type("#text", text)
    if request:
        await hand.type("#request", request)
    await hand.button("Send decision")
    assert "The team is told" in await hand.page.inner_text("body")


async def open_review(hand: Hand, live: Live) -> None:
    await hand.page.goto(f"{live.url}/operator")
    await hand.go("a[href='/operator/submissions']")
    await go_on(hand.page, hand.page.get_by_role("link", name="BadgePress").first)
    await hand.page.wait_for_url("**/submissions/sub_*")


async def real_event(ada: Hand, olga: Hand, live: Live) -> str:
    """An organization is founded, verified by the operator, and plans an event; its id."""
    await sign_up(ada, f"{live.url}/organizer", "Ada Moss", "ada@mossgarden.example")
    await ada.page.goto(f"{live.url}/organizer/organizations/new")
    await ada.type("#name", "Mossgarden Society")
    await ada.button("Create organization")
    await ada.page.wait_for_url("**/organizations/org_*")
    organization = ada.page.url.rpartition("/")[2]
    for field, text in (("legal_name", "Mossgarden Society ry"), ("registration_number", "2345678-9")):
        await ada.type(f"#{field}", text)
    await ada.type("#country", "Finland")
    await ada.button("Ask for formal status")
    await olga.page.goto(f"{live.url}/operator/organizations/{organization}")
    await olga.button("Verify")
    await ada.page.goto(f"{live.url}/organizer/events/new?organization={organization}")
    await ada.type("#title", "Moss Weekend")
    await ada.type("#starts_at", "2031-05-02T10:00")
    await ada.type("#ends_at", "2031-05-04T18:00")
    await ada.type("#time_zone", "Europe/Helsinki")
    await ada.button("Create event")
    await ada.page.wait_for_url("**/organizer/events/evt_*")
    found = re.search(r"evt_[0-9a-z]{26}", ada.page.url)
    assert found is not None
    return found[0]


async def test_an_integration_goes_from_nothing_into_a_real_event(
    live: Live, chromium: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = Steps()
    ruben, olga, ada = [Hand(await somebody(chromium), steps) for _ in range(3)]
    with steps.step("Integrator: from signing up to the first verified webhook"):
        integration, sample, opened = await first_webhook(ruben, live, tmp_path)
    (_, _, interactions) = steps.done[0]
    base = f"{live.url}/developer/integrations/{integration}"
    with steps.step("Integrator: the conformance kit fills the checklist"):
        report = check(live, sample, tmp_path)
        await ruben.page.goto(f"{base}/checklist")
        await ruben.page.set_input_files("#report", report)
        await ruben.button("Upload")
        assert "Everything is proved" in await ruben.page.inner_text("main")
    port = free_port()
    async with public(tmp_path, HOST, port) as address:
        await review(ruben, olga, live, base, address, steps)
        env = await production(ruben, base, steps)
        with steps.step("Organizer: a verified organization with an event"):
            event = await real_event(ada, olga, live)
        env["SANDBOX_EVENT_ID"] = event
        with running(tmp_path / "production", env, port) as served, steps.step("Organizer: finds and connects it"):
            await connect(ada, live, event, served)
    opened.__exit__(None, None, None)
    with capsys.disabled():
        sys.stdout.write(f"\n{steps}\nFrom signing up to the first verified webhook: {interactions} interactions.\n")
    assert interactions <= MOST


async def review(ruben: Hand, olga: Hand, live: Live, base: str, address: str, steps: Steps) -> None:
    """Submitted, tried, sent back with a finding, submitted again, approved."""
    manifest = {
        "name": "BadgePress",
        "description": "Prints badges.",
        "kind": "public",
        "publisher": {
            "display_name": "Papertrail Labs",
            "website_url": f"https://{HOST}",
            "support_email": f"help@{HOST}",
            "privacy_url": f"https://{HOST}/privacy",
            "terms_url": f"https://{HOST}/terms",
        },
        "connect_url": f"{address}/connect",
        "login_url": None,
        "redirect_uris": [f"{address}/callback"],
        "webhook_url": f"https://{HOST}/webhooks/revento",
        "declared_webhook_event_types": ["application.approved", "data.deletion_required"],
        "scopes": {
            "required": ["event.read", "participants.read"],
            "optional": ["program.read"],
            "purposes": {
                "event.read": "To print the event's name.",
                "participants.read": "To print names.",
                "program.read": "To print a program.",
            },
        },
        "webview_origins": [],
        "icon_url": None,
    }
    copy = "Prints badges of everybody you approve, before they arrive at your door."
    with steps.step("Integrator: submits"):
        await submit(ruben, base, manifest, copy)
    with steps.step("Operator: live test, finding with a request, asks for changes"):
        operator = next(each for each in live.facts["people"] if each["role"] == "operator")
        await sign_in(olga, live.url, operator["email"], operator["password"])
        await open_review(olga, live)
        await olga.button("Live test: send a forged and a stale message now")
        for _ in range(WAIT_S * 2):
            await olga.page.reload()
            if await olga.page.get_by_text("An old timestamp: refused").count():
                break
            await olga.page.wait_for_timeout(500)
        assert await olga.page.get_by_text("A stranger's signature: refused").count()
        finding = "curl https://revento.example/api/v1/events/EVENT/program"
        await decide(olga, "changes", "It never reads the program.", finding)
    with steps.step("Integrator: reads the finding, submits again"):
        await ruben.page.goto(base)
        await ruben.follow("The reviewer asks for changes")
        said = await ruben.page.inner_text("main")
        assert "It never reads the program." in said and finding in said
        manifest["scopes"] = {**manifest["scopes"], "optional": []}  # type: ignore[dict-item]
        del manifest["scopes"]["purposes"]["program.read"]  # type: ignore[index]
        await submit(ruben, base, manifest, copy)
        assert await ruben.page.locator(".diff del").first.inner_text() == "program.read"
    with steps.step("Operator: sees what changed, approves"):
        await open_review(olga, live)
        assert await olga.page.locator(".diff del").first.inner_text() == "program.read"
        await decide(olga, "approve", "Welcome.")


async def production(ruben: Hand, base: str, steps: Steps) -> dict[str, str]:
    """Production credentials, then into the catalogue; what the production server gets."""
    with steps.step("Integrator: production credentials, publishes"):
        await ruben.page.goto(f"{base}/submission")
        await ruben.button("Make them")
        env = await shown_env(ruben.page)
        await ruben.button("Publish")
        assert "Published" in await ruben.page.inner_text("body")
    return env


async def connect(ada: Hand, live: Live, event: str, served: Sample) -> None:
    """The organizer finds it in the catalogue and consents; it reads the event."""
    await ada.page.goto(f"{live.url}/organizer/events/{event}/integrations/catalogue")
    await ada.type("input[name=q]", "badges")
    await ada.go(ada.page.get_by_role("link", name="BadgePress"))
    await ada.follow("Connect BadgePress")
    assert "Moss Weekend" in await ada.page.inner_text("main")
    await ada.click('button[name="decision"][value="approve"]')
    await ada.page.wait_for_url(f"https://{HOST}*/**")
    until(lambda: (served.status() or {"events": []})["events"])
    (read,) = (served.status() or {"events": []})["events"]
    assert (read["event_id"], read["title"]) == (event, "Moss Weekend")
