"""A newcomer's first day: one command, a browser, a sample integration, a signed webhook. Nothing is faked.

All tests share one `revento up`; the last one stops it.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page

from revento.contract import topics
from tests.flows import first_day
from tests.flows.house import EXAMPLES, House, eventually
from tests.flows.receiver import Receiver, receiving

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


def test_every_type_is_triggered_and_arrives_signed(house: House, tmp_path: Path) -> None:
    """The real action of each type, once and again, by the command; the receiver checks each signature."""
    event = house.sheet["events"][1]
    with receiving() as receiver:
        connected(house, receiver, event, tmp_path)
        for topic in topics.ALL:
            before = len(receiver.of(topic.name))
            told = house.run("trigger", topic.name, "--event", event["id"], "--count", "2")
            assert (told["count"], len(told["resource_ids"])) == (2, 2)
            eventually(lambda t=topic.name, n=before: len(receiver.of(t)) >= n + 2 or None)
        assert receiver.wrong == []
        assert {body["type"] for _, body in receiver.got} == {topic.name for topic in topics.ALL}


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


def connected(house: House, receiver: Receiver, event: dict[str, str], folder: Path) -> None:
    """An integration that listens to everything, connected to the event by the command."""
    manifest: dict[str, Any] = json.loads((EXAMPLES / "quickstart-python" / "manifest.json").read_text())
    manifest |= {
        "name": "Hears everything",
        "webhook_url": receiver.url,
        "declared_webhook_event_types": [topic.name for topic in topics.ALL],
        "scopes": {"required": ["event.read", "participants.read", "program.read"], "optional": [], "purposes": {}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    register = ("integrations", "register", str(folder / "manifest.json"), "--organization", event["organization_id"])
    made = house.run(*register)
    receiver.secret = made["webhook_secret"].encode()
    organizer = house.person("organizer")["email"]
    house.run("connect", "--integration", made["id"], "--event", event["id"], "--as", organizer)
