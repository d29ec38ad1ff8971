"""A season in the browser: two people decide two hundred applications, each within the other's sight."""

import re

import pytest
from playwright.async_api import Page, expect

from revento.kernel import ids
from revento.kernel.db import Database
from tests.conftest import MovableClock

from .conftest import PageAt, sign_in
from .story import Convention, convention

pytestmark = pytest.mark.browser

PEOPLE = """INSERT INTO users (id, email, name, email_verified_at, created_at, updated_at)
            VALUES (%(user)s, %(email)s, %(name)s, %(now)s, %(now)s, %(now)s)"""
APPLICATIONS = """INSERT INTO applications (event_id, id, user_id, status, submitted_at, created_at, updated_at)
                  VALUES (%(event_id)s, %(id)s, %(user)s, 'pending', %(now)s, %(now)s, %(now)s)"""
PARTICIPANTS = """INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
                  VALUES (%(event_id)s, %(participant)s, %(user)s, %(id)s, %(name)s, %(now)s, %(now)s)"""


async def crowd(db: Database, story: Convention, size: int, clock: MovableClock) -> None:
    """That many more applications that nobody has looked at."""
    rows = [
        {
            "event_id": story.event_id,
            "id": ids.new("app"),
            "user": ids.new("usr"),
            "participant": ids.new("ptp"),
            "name": f"Guest {n:03}",
            "email": f"guest{n}@example.test",
            "now": clock.now(),
        }
        for n in range(size)
    ]
    async with db.tx() as tx:
        for statement in (PEOPLE, APPLICATIONS, PARTICIPANTS):
            await tx.run_many(statement, rows)


async def statuses(db: Database) -> dict[str, int]:
    """How many applications stand how."""
    async with db.tx() as tx:
        rows = await tx.all(str, "SELECT status FROM applications ORDER BY status")
    return {status: rows.count(status) for status in rows}


async def told(page: Page, words: str) -> None:
    """The page says so, now or soon."""
    await expect(page.get_by_text(words).first).to_be_visible()


async def decide_all_shown(page: Page, words: str) -> None:
    """Choose everything on the page and decide it with one press."""
    await page.locator("[data-pick-all]").check()
    await page.locator("#queue").get_by_role("button", name=words).click()


async def counted(page: Page) -> dict[str, int]:
    """What the tabs above the queue say."""
    tabs = await page.locator("nav.tabs a:has(.count)").all_inner_texts()
    return {words: int(n) for words, n in (re.split(r"\s+(?=\d+$)", tab.strip()) for tab in tabs)}


async def test_two_people_review_two_hundred_applications(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    story = await convention(db, clock, ("Marcus Oyelaran", "Leila Haddad"))
    await crowd(db, story, 198, clock)
    queue = f"{site}/organizer/events/{story.event_id}/applications?status=pending"
    ada, bo = await page_at(1280), await page_at(1280)
    await sign_in(ada, site, "ada@example.test")
    await sign_in(bo, site, "bo@example.test")

    # Both look at the same page. Ada is faster; Bo learns it, and nothing is decided twice.
    for page in (ada, bo):
        await page.goto(queue)
        await told(page, "200 wait for a decision.")
    await decide_all_shown(ada, "Approve")
    await told(ada, "50 applications: Approved.")
    clock.pass_(seconds=2)
    await decide_all_shown(bo, "Reject")
    await told(bo, "50 were decided meanwhile and stay.")
    assert await statuses(db) == {"approved": 50, "pending": 150}

    # Within the window one press takes all of it back, but for what somebody else has changed since.
    await bo.goto(f"{queue.partition('?')[0]}/{story.applications['Leila Haddad']}")
    await bo.get_by_role("button", name="Reopen").click()
    await bo.get_by_label("Reject").check()
    await bo.get_by_role("button", name="Save decision").click()
    await told(bo, "Rejected.")
    clock.pass_(seconds=2)
    await ada.get_by_role("button", name="Undo").click()
    await told(ada, "49 decisions taken back.")
    await told(ada, "Somebody changed this while you looked at it.")
    assert await statuses(db) == {"pending": 199, "rejected": 1}

    # One by one with the keyboard; then Ada, who still has the same one open, is told who was faster.
    await bo.goto(queue)
    for key, name in (("j", "Guest"), ("k", "Marcus Oyelaran")):
        await bo.keyboard.press(key)
        await expect(bo.locator("#app-title")).to_contain_text(name)
        await bo.wait_for_load_state()
    await ada.goto(bo.url)
    await bo.keyboard.press("a")
    await bo.keyboard.press("s")
    await expect(bo.locator("#app-title")).to_contain_text("Guest")
    await ada.keyboard.press("x")
    await ada.fill("[name=note]", "Next year, please.")
    await ada.get_by_role("button", name="Save decision").click()
    await told(ada, "Bo Reed was faster: Approved")
    await told(ada, "Next year, please.")
    await expect(ada.locator("#application")).to_contain_text("Bo Reed: Approved")

    # The rest in turns, page by page, until the page says that nobody waits.
    for turn in range(4):
        clock.pass_(seconds=2)
        page, words, said = ((ada, "Approve", "Approved"), (bo, "Reject", "Rejected"))[turn % 2]
        await page.goto(queue)
        await decide_all_shown(page, words)
        await told(page, f"applications: {said}.")
    await bo.goto(queue.partition("?")[0])
    await told(bo, "Nobody waits for a decision.")
    assert await statuses(db) == {"approved": 101, "rejected": 99}
    assert await counted(bo) == {"All": 200, "Approved": 101, "Rejected": 99}
