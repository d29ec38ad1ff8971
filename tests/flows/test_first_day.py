"""A newcomer's first day: one command, a browser, a sample integration, a signed webhook. Nothing is faked.

All tests share one `revento up`; the last one stops it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page

from tests.flows import first_day
from tests.flows.house import House

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
PageAt = Callable[..., Awaitable[Page]]


def test_banner_and_sheet_say_who_can_sign_in_and_what_to_try(house: House) -> None:
    assert "Sign in as" in house.banner
    assert "revento trigger application.approved" in house.banner
    assert (house.data_dir / "sandbox.json").stat().st_mode & 0o777 == 0o600
    sheet = house.sheet
    assert sheet == house.run("sandbox", "show")
    assert sheet["base_url"] == house.url
    roles = Counter(each["role"] for each in sheet["people"])
    assert set(roles) == {"operator", "organizer", "reviewer", "participant", "integrator"}
    assert roles["participant"] >= 30
    names = "id name client_id client_secret webhook_secret redirect_uris webhook_url scopes"
    assert set(sheet["integrations"][0]) == set(names.split())


@pytest.mark.parametrize(("kind", "width"), [("python", 1280), ("node", 390)])
async def test_from_one_command_to_a_signed_webhook(
    house: House, tmp_path: Path, page_at: PageAt, kind: str, width: int
) -> None:
    message = await first_day.live_it(house, kind, tmp_path, await page_at(width))
    assert message["type"] == "application.approved"


def test_a_reset_keeps_ids_and_tokens(house: House) -> None:
    before = house.sheet
    event, organizer = before["events"][0], house.person("organizer")["email"]
    connect = ("connect", "--integration", before["integrations"][0]["id"], "--event", event["id"], "--as", organizer)
    bearer = {"Authorization": f"Bearer {house.run(*connect)['access_token']}"}
    after = house.run("sandbox", "reset")
    assert after == before
    read = httpx.get(f"{house.url}/api/v1/events/{event['id']}", headers=bearer, trust_env=False)
    assert (read.status_code, read.json()["title"]) == (200, event["name"])


def test_ctrl_c_leaves_no_process_and_a_second_start_finds_everything(house: House) -> None:
    before = house.sheet
    assert house.stop() == []
    assert not (house.data_dir / "running.json").exists()
    house.start()
    assert house.sheet == before
    assert house.stop() == []
