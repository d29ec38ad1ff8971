"""The day of issue and README: a sample integration is connected in a browser, and hears of an approval."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import go_on
from tests.flows.house import House, Quickstart, eventually, quickstart

SHARED = {"favorite_track", "dietary_notes"}  # of the answers, some; the others are the organizer's alone


async def live_it(house: House, kind: str, folder: Path, page: Page) -> dict[str, Any]:
    """From the registered manifest to the delivery that organizer and developer see with its attempts; the message."""
    event = next(each for each in house.sheet["events"] if "Tides" in each["name"])
    with quickstart(kind, house, event, folder) as sample:
        await connect(page, house, sample)
        (read,) = sample.status()["events"]
        assert (read["event_id"], read["title"], read["participants"]) == (event["id"], event["name"], 40)
        approved = await approve(page, house, event["id"])
        (message,) = eventually(lambda: sample.received("application.approved") or None)
        is_the_approval_of(approved, event, message)
        await organizer_sees_it_delivered(page, house, event["id"], sample)
        developer_sees_its_one_attempt(house, sample, message["id"])
        await organizer_sees_what_it_read(page, house, event["id"], sample)
        await organizer_disconnects_it(page, house, event["id"], sample)
        return message


async def connect(page: Page, house: House, sample: Quickstart) -> None:
    """From the integration to the consent page, signing in on the way, and back with tokens."""
    await page.goto(f"{sample.url}/connect")
    await page.fill("#email", house.person("organizer")["email"])
    await page.fill("#password", house.person("organizer")["password"])
    await go_on(page)
    await page.wait_for_url(re.compile("/oauth/authorize"))
    assert sample.name in await page.inner_text("h1")
    await page.click('button[name="decision"][value="approve"]')
    await page.wait_for_url(f"{sample.url}/")


async def approve(page: Page, house: House, event_id: str) -> str:
    """Opens the first pending application on its page and approves it; its id."""
    applications = f"/organizer/events/{event_id}/applications"
    await page.goto(f"{house.url}{applications}?status=pending")
    link = page.locator(f'a[href*="{applications}/app_"]').first
    application = re.search(r"app_[0-9a-z]{26}", await link.get_attribute("href") or "")
    assert application is not None
    await page.goto(f"{house.url}{applications}/{application[0]}")
    await page.check('input[name="decision"][value="approved"]')
    await go_on(page, 'form[action$="/decide"] button.primary')
    return application[0]


def is_the_approval_of(application_id: str, event: dict[str, str], message: dict[str, Any]) -> None:
    """The full snapshot of contract §6.5, without the answers that are not shared."""
    assert set(message) == {"id", "type", "occurred_at", "event_id", "organization_id", "data"}
    assert (message["event_id"], message["organization_id"]) == (event["id"], event["organization_id"])
    data = message["data"]
    assert (data["id"], data["status"]) == (application_id, "approved")
    names = "id participant_id user_id status role custom_form_fields approved_at approver_id"
    assert set(data) == set(names.split())
    assert set(data["custom_form_fields"]) >= SHARED
    assert "emergency_contact" not in data["custom_form_fields"]


async def organizer_sees_it_delivered(page: Page, house: House, event_id: str, sample: Quickstart) -> None:
    """On the connection's page: what was told, that it arrived, and with how many tries."""
    connections = f"/organizer/events/{event_id}/integrations"
    await page.goto(f"{house.url}{connections}")
    await go_on(page, page.locator(f'a[href^="{connections}/ins_"]', has_text=sample.name).first)
    row = page.locator('section[aria-labelledby="deliveries"] tbody tr', has_text="application.approved")
    await reloaded_until(page, row, "Delivered")  # it is told as delivered a moment after it was
    assert (await row.inner_text()).split()[-2:] == ["Delivered", "1"]


async def organizer_sees_what_it_read(page: Page, house: House, event_id: str, sample: Quickstart) -> None:
    """Its health, and in the ledger how many people's rows it read, filtered to it alone."""
    await expect(page.locator("main .page-head")).to_contain_text("Healthy")
    ledger = f"{house.url}/organizer/events/{event_id}/integrations/ledger"
    await page.goto(f"{ledger}?integration={sample.id}&people=1&days=7")
    row = page.locator("tbody tr").first
    await reloaded_until(page, row, "Participants with role, status and shared answers")  # written in batches
    assert (await row.locator("td").last.inner_text()).split()[-1] == "40"


async def organizer_disconnects_it(page: Page, house: House, event_id: str, sample: Quickstart) -> None:
    """Told first what ends and what must be erased; then the integration is told, erases and confirms."""
    connections = f"/organizer/events/{event_id}/integrations"
    await page.goto(f"{house.url}{connections}")
    await go_on(page, page.get_by_role("link", name=f"Disconnect {sample.name}", exact=True))
    await expect(page.locator("main")).to_contain_text("must delete its copy of your")
    await go_on(page, page.get_by_role("button", name=f"Disconnect {sample.name}", exact=True))
    await page.goto(f"{house.url}{connections}")
    assert await page.get_by_role("link", name=f"Disconnect {sample.name}", exact=True).count() == 0
    receipt = page.locator('section[aria-labelledby="ended"] tbody tr', has_text=sample.name).first
    await reloaded_until(page, receipt, "Confirmed")


async def reloaded_until(page: Page, place: Locator, words: str) -> None:
    """Loads the page again until it says so there: what it shows happens elsewhere, a moment later."""
    for _ in range(60):
        if await place.count() and words in await place.inner_text():
            return
        await page.wait_for_timeout(500)
        await page.reload()
    await expect(place).to_contain_text(words)


def developer_sees_its_one_attempt(house: House, sample: Quickstart, message_id: str) -> None:
    """In the delivery log: one try, answered with 204, signed."""
    (entry,) = house.run(
        "deliveries", "list", "--integration", sample.id, "--type", "application.approved"
    )  # fmt: skip
    assert entry["state"] == "delivered"
    shown = house.run("deliveries", "show", entry["id"])
    (tried,) = shown["tries"]
    assert tried["status"] == 204
    assert tried["headers"]["X-Revento-Signature"].startswith("sha256=")
    assert message_id in shown["body"]
