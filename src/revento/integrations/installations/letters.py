"""Letters about connections: to an integration's developers; to organizers one each, whatever the number of events."""

from collections.abc import Callable, Sequence
from datetime import datetime

from revento.events.webview_pages import queries as webview_pages
from revento.events.webview_pages.models import Shown
from revento.integrations.catalogue import queries as integrations
from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail


async def tell_developers(tx: Tx, id: IntegrationId, subject: Say, *parts: Say | str, now: datetime) -> None:
    """Writes to everybody who develops this integration."""
    for address in await integrations.list_developer_mails(tx, id):
        await mail.write(tx, address, subject, *parts, now=now)


async def tell_organizers(
    tx: Tx,
    touched: Sequence[Installation],
    subject: Say,
    *parts: Say | str,
    pages: Say,
    which: Callable[[Shown], bool] = lambda page: True,
    only_of_pages: bool = False,
    now: datetime,
) -> None:
    """Writes to everybody who manages integrations in the organizations of these connections.

    `pages` stands above the list of the published pages in her events that these connections show, or of `which` of
    them; there is neither when there is no such page, and with `only_of_pages` no letter.
    """
    shown = await webview_pages.list_shown(
        tx, [each.event_id for each in touched], [each.integration_id for each in touched]
    )
    told: dict[str, tuple[str, list[Say]]] = {}
    for organization_id in sorted({each.organization_id for each in touched}):
        here = [
            Say("“%(page)s” in %(event)s", page=each.title, event=each.event_title)
            for each in shown
            if each.organization_id == organization_id and which(each)
        ]
        for manager in await installations.managers(tx, organization_id):
            told.setdefault(manager.email, (manager.name, []))[1].extend(here)
    for address, (person, lines) in told.items():
        if lines or not only_of_pages:
            listed = (pages, *lines) if lines else ""
            await mail.write(tx, address, subject, *parts, listed, hello=person, now=now)


def quoted(what: str, *, operator: bool) -> Say | str:
    """What the operator, or else the organizers, say about it; nothing when nothing was said."""
    if not what.strip():
        return ""
    said = what.strip()
    return (
        Say("The operator writes: %(what)s", what=said)
        if operator
        else Say("The organizers write: %(what)s", what=said)
    )
