"""A participant's way with a phone: from a draft to a place, a turn on a waitlist, and other people's software."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from revento.events.reviews import actions as reviews
from revento.events.signups import actions as signups
from revento.events.webview_pages import actions as event_pages
from revento.events.webview_pages.models import PageFacts
from revento.identity import proofs
from revento.integrations.installations import actions as installations
from revento.kernel.db import Database
from revento.kernel.ids import ApplicationId, UserId
from tests.browser.conftest import PageAt, overflows, sign_in, site
from tests.browser.story import Convention, convention, person
from tests.conftest import MovableClock
from tests.flows.companion import Companion, accompanying
from tests.integrations import given
from tests.participant.cast import approved, crowd

__all__ = ["site"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
WHO = "Leila Haddad"


@pytest.fixture
def companion() -> Iterator[Companion]:
    with accompanying() as running:
        yield running


async def opened(db: Database, clock: MovableClock, companion: Companion, site: str) -> Convention:
    """Mossgarden Days as a sandbox event, with the companion connected and its page in the navigation."""
    story, now = await convention(db, clock, ()), clock.now()
    ada = story.people["Ada Moss"]
    async with db.tx() as tx:
        await tx.run(
            "UPDATE organizations SET is_sandbox = true, kind = 'formal', verification_status = 'verified',"
            " verified_at = %(now)s",
            now=now,
        )
        story.people[WHO] = await person(tx, WHO, now)
        own = {
            "login_url": f"{companion.origin}/login",
            "connect_url": f"{companion.origin}/connect",
            "redirect_uris": [f"{companion.origin}/callback"],
            "webview_origins": [companion.origin],
            "scopes": given.document()["scopes"]
            | {
                "required": ["event.read", "participants.read", "profile.read"],
                "optional": ["program.read", "event.attendance"],
            },
        }
        made, client = await given.registered(tx, ada, now=now, name="Lantern Companion", **own)
        companion.issuer, companion.client_id, companion.client_secret = site, client.id, made.client_secret
        manager = await proofs.as_integration_manager(tx, ada, story.event_id)
        await installations.connect(tx, manager, client, ["event.read", "participants.read"], now=now)
        facts = PageFacts(
            title="Lanterns",
            kind="webview",
            url=f"{companion.origin}/app",
            integration_id=client.integration_id,
            requires_auth=True,
            visibility="registered",
            is_published=True,
        )
        editor = await proofs.as_page_editor(tx, ada, story.event_id)
        await event_pages.create(tx, editor, facts, own_origin=site, now=now)
    return story


async def test_from_a_draft_to_a_place_and_a_page_of_somebody_elses(
    db: Database, site: str, clock: MovableClock, page_at: PageAt, companion: Companion
) -> None:
    story = await opened(db, clock, companion, site)
    page = await page_at(390, height=844)
    await sign_in(page, site, "leila@example.test")
    id = await apply_with_a_draft(page, site, db)
    await change_what_was_asked(page, site, db, clock, story, id)
    await take_places(page, site, db, clock, story, id)
    await open_the_page(page, companion)
    assert page.complaints == []  # type: ignore[attr-defined]


async def apply_with_a_draft(page: Page, site: str, db: Database) -> ApplicationId:
    """She begins, leaves, is reminded at home, finds what she typed, and sends it."""
    await page.goto(f"{site}/find")
    await page.get_by_role("link", name="Mossgarden Days").click()
    await page.get_by_role("link", name="Apply").click()
    await page.get_by_label("What will people do?").fill("Fold zines")
    await expect(page.locator("#kept")).to_contain_text("Draft kept")
    await page.goto(site)
    await page.get_by_role("link", name="Finish it").click()
    await expect(page.get_by_label("What will people do?")).to_have_value("Fold zines")
    await page.get_by_role("button", name="Send application").click()
    await expect(page.get_by_text("Waits for the organizers")).to_be_visible()
    assert not await overflows(page)
    async with db.tx() as tx:
        return ApplicationId(await tx.one(str, "SELECT id FROM applications"))


async def change_what_was_asked(
    page: Page, site: str, db: Database, clock: MovableClock, story: Convention, id: ApplicationId
) -> None:
    """A reviewer asks about one answer; that one is marked, an empty one is refused beside it, the next is sent."""
    clock.pass_(minutes=5)
    async with db.tx() as tx:
        bo = await proofs.as_reviewer(tx, story.people["Bo Reed"], story.event_id)
        await reviews.ask_revision(tx, bo, id, note="Which tools do you bring?", fields=["about"], now=clock.now())
    await page.goto(site)
    await page.get_by_role("link", name="Change it").click()
    await expect(page.get_by_text("Which tools do you bring?").first).to_be_visible()
    asked = page.locator(".asked")
    await expect(asked).to_have_count(1)
    await expect(asked).to_contain_text("What will people do?")
    await expect(asked).to_contain_text("The organizers ask you to change this.")
    await page.locator("form#application").evaluate("form => form.noValidate = true")
    await asked.locator("textarea").fill("")
    await page.get_by_role("button", name="Send again").click()
    await expect(page.locator(".asked .error")).to_be_visible()
    await expect(page.get_by_label("Your name here")).to_have_value(WHO)
    page.complaints.clear()  # type: ignore[attr-defined]  a 422 is a complaint of the console
    await page.locator(".asked textarea").fill("Fold zines. I bring bone folders.")
    clock.pass_(minutes=5)
    await page.get_by_role("button", name="Send again").click()
    await expect(page.get_by_text("You sent it again")).to_be_visible()
    assert not await overflows(page)


async def take_places(
    page: Page, site: str, db: Database, clock: MovableClock, story: Convention, id: ApplicationId
) -> None:
    """Approved, she takes a place; where it is full she waits, and has the place when somebody leaves."""
    event, full = f"{site}/events/{story.event_id}", story.activities["Dice Design"]
    async with db.tx() as tx:
        bo = await proofs.as_reviewer(tx, story.people["Bo Reed"], story.event_id)
        await reviews.approve(tx, bo, id, now=clock.now())
        others = [UserId(each.id) for each in await crowd(tx, 2, now=clock.now())]
        await approved(tx, story, others, now=clock.now())
        for other in others:
            await signups.sign_up(tx, other, story.event_id, full, now=clock.now())
    await page.goto(site)
    await page.get_by_role("link", name="See program").click()
    await page.locator(".dock").get_by_role("link", name="Program").click()
    await page.get_by_role("link", name="Lantern Making").click()
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_text("You have a place.").first).to_be_visible()
    await page.goto(f"{event}/activities/{full}")
    await page.get_by_role("button", name="Join the waitlist").click()
    await expect(page.get_by_text("You are number 1 on the waitlist.")).to_be_visible()
    async with db.tx() as tx:
        await signups.leave(tx, others[0], story.event_id, full, now=clock.now())
    await page.goto(site)
    await expect(page.get_by_text("You moved up from the waitlist")).to_be_visible()
    await page.goto(f"{event}/schedule")
    for title in ("Lantern Making", "Dice Design"):
        await expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
    assert not await overflows(page)


async def open_the_page(page: Page, companion: Companion) -> None:
    """The page needs her to be signed in: there, consent, back in the frame, with a token that says who she is."""
    await page.locator(".dock").get_by_role("link", name="Extras").click()
    await page.get_by_role("link", name="Lanterns").click()
    await expect(page.get_by_role("heading", name="Log in to Lantern Companion with Revento?")).to_be_visible()
    assert not await overflows(page)
    await page.get_by_role("button", name=f"Continue as {WHO}").click()
    inside = page.frame_locator("iframe[data-webview]")
    await expect(inside.get_by_role("heading", name="Your lanterns")).to_be_visible()
    await expect(page.locator("#trouble")).to_be_hidden()
    (token,) = companion.tokens
    assert token["access_token"].startswith("rev_user_")
    assert {*companion.shown[-1]} == {"event_id", "page_id", "locale", "theme", "launch_token"}
    await page.get_by_role("link", name="Back to Mossgarden Days").click()
    await expect(page.get_by_role("heading", name="Mossgarden Days", level=1)).to_be_visible()
