"""Pages of connected events that a new manifest hides, or lets be shown again: which, and letters about them."""

from datetime import datetime

from revento.contract.manifest import Manifest
from revento.events.webview_pages import queries as webview_pages
from revento.events.webview_pages import rules
from revento.events.webview_pages.models import Shown
from revento.integrations.credentials.models import Client
from revento.integrations.installations import letters
from revento.integrations.installations import queries as installations
from revento.kernel.db import Tx
from revento.kernel.language import Say


async def list_hidden(tx: Tx, client: Client, manifest: Manifest) -> list[Shown]:
    """The published pages of connected events that would show nothing any more with this manifest."""
    gone = set(client.manifest.webview_origins) - set(manifest.webview_origins)
    if not gone:
        return []
    active = [each for each in await installations.list_by_client(tx, client.id) if each.is_active]
    shown = await webview_pages.list_shown(
        tx, [each.event_id for each in active], [each.integration_id for each in active]
    )
    return [page for page in shown if rules.origin_of(page.url) in gone]


async def tell_organizers(tx: Tx, client: Client, manifest: Manifest, *, now: datetime) -> None:
    """Tells who manages connected events which of their pages the change of declared origins hides or shows."""
    before, after = set(client.manifest.webview_origins), set(manifest.webview_origins)
    if before == after:
        return
    known = {"name": manifest.name}
    active = [each for each in await installations.list_by_client(tx, client.id) if each.is_active]
    await letters.tell_organizers(
        tx,
        active,
        Say("Pages of %(name)s show nothing any more", **known),
        Say(
            "the new version of %(name)s no longer names the address of some of your pages. Visitors read that they "
            "cannot be shown. Ask who makes it, give the pages another address, or take them away.",
            **known,
        ),
        pages=Say("These pages of your events show nothing any more:"),
        which=lambda page: rules.origin_of(page.url) in before - after,
        only_of_pages=True,
        now=now,
    )
    await letters.tell_organizers(
        tx,
        active,
        Say("Pages of %(name)s are shown again", **known),
        Say("the new version of %(name)s names the address of some of your pages again.", **known),
        pages=Say("These pages of your events are shown again:"),
        which=lambda page: rules.origin_of(page.url) in after - before,
        only_of_pages=True,
        now=now,
    )
