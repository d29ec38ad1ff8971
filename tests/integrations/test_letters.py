"""Whom a pause and a manifest without a page's origin concern: they are told by a letter."""

from datetime import datetime

from revento.events.webview_pages import actions as pages
from revento.events.webview_pages.models import PageFacts
from revento.identity import proofs
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.credentials import queries as clients
from revento.integrations.installations import actions as installations
from revento.integrations.manifests import actions as manifests
from revento.kernel.db import Database, Tx
from tests.conftest import MovableClock
from tests.integrations import given
from tests.integrations.connected import Connected, connected

SHOP, MAPS = "https://badges.papertrail.example", "https://maps.papertrail.example"


async def letters_to(tx: Tx, who: str) -> list[str]:
    """The letters to somebody so far; they are taken out of the box."""
    found = await tx.all(
        str,
        r"SELECT subject || E'\n\n' || body FROM mails WHERE recipient LIKE %(who)s || '-%%' ORDER BY id",
        who=who,
    )
    await tx.run("DELETE FROM mails")
    return found


async def with_page(tx: Tx, story: Connected, title: str, url: str, *, now: datetime) -> None:
    """A published page of the integration in Ada's event."""
    facts = PageFacts(
        kind="webview",
        title=title,
        url=url,
        integration_id=story.client.integration_id,
        visibility="everyone",
        is_published=True,
    )
    editor = await proofs.as_page_editor(tx, story.ada, story.event_id)
    await pages.create(tx, editor, facts, own_origin="https://revento.example", now=now)


async def in_force(tx: Tx, story: Connected, *, now: datetime, **changed: object) -> None:
    """The integration's manifest, changed."""
    client = await clients.find_client(tx, story.client.id)
    assert client is not None
    manifest = manifests.read(given.document(**changed), environment="sandbox")
    await catalogue.update(tx, None, client, manifest, box=given.BOX, now=now)


async def test_developers_hear_that_organizers_hold_their_webhooks_back_and_let_them_go(
    db: Database, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        manager = await story.manager(tx)
        await installations.pause(tx, manager, story.installation.id, now=clock.now())
        (told,) = await letters_to(tx, "eve")
        assert told.startswith("Northlight Con: updates to BadgePress are held back\n")
        assert "kept for 30 days" in told
        await installations.resume(tx, manager, story.installation.id, now=clock.now())
        (told,) = await letters_to(tx, "eve")
        assert told.startswith("Northlight Con: updates to BadgePress go out again\n")


async def test_organizers_hear_which_pages_a_manifest_without_their_origin_hides_and_when_they_are_back(
    db: Database, clock: MovableClock
) -> None:
    now = clock.now()
    async with db.tx() as tx:
        story = await connected(tx, now=now, webview_origins=[SHOP, MAPS])
        await with_page(tx, story, "Badge shop", f"{SHOP}/shop", now=now)
        await with_page(tx, story, "Hall map", f"{MAPS}/hall", now=now)
        await in_force(tx, story, now=now, webview_origins=[SHOP, MAPS], description="Prints more badges.")
        assert await letters_to(tx, "ada") == []

        await in_force(tx, story, now=now, webview_origins=[SHOP])
        (told,) = await letters_to(tx, "ada")
        assert told.startswith("Pages of BadgePress show nothing any more\n")
        assert "show nothing any more:\n“Hall map” in Northlight Con" in told
        assert "Badge shop" not in told

        await in_force(tx, story, now=now, webview_origins=[SHOP, MAPS])
        (told,) = await letters_to(tx, "ada")
        assert told.startswith("Pages of BadgePress are shown again\n")
        assert "are shown again:\n“Hall map” in Northlight Con" in told
        assert "Badge shop" not in told


async def test_a_change_of_origins_that_hides_no_page_is_no_letter(db: Database, clock: MovableClock) -> None:
    now = clock.now()
    async with db.tx() as tx:
        story = await connected(tx, now=now, webview_origins=[SHOP, MAPS])
        await with_page(tx, story, "Badge shop", f"{SHOP}/shop", now=now)
        for origins in ([SHOP], [SHOP, MAPS]):
            await in_force(tx, story, now=now, webview_origins=origins)
            assert await letters_to(tx, "ada") == []
