"""One connection: what it may, does and keeps; pausing, extending, taking a scope back, disconnecting."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.access import queries as access
from revento.contract import errors, scopes
from revento.contract.errors import Refused
from revento.endings.disconnect import disconnect as end
from revento.endings.narrow import narrow
from revento.events.overview.models import Desk
from revento.events.webview_pages import queries as pages
from revento.identity.proofs import IntegrationManager
from revento.integrations.board import queries, rules
from revento.integrations.board.models import Connection
from revento.integrations.deletions import queries as deletions
from revento.integrations.deletions import rules as duties
from revento.integrations.installations import actions
from revento.integrations.installations.rules import AFTER_EVENT
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId
from revento.web.organizer.desk import show
from revento.web.organizer.integrations import connect_address
from revento.web.organizer.ledger import LATEST
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.text import day
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash
from revento.webhooks.console import queries as console
from revento.webhooks.console.models import Search

AnyRequest = Request[Any, Any, Any]
WHY: Final = {
    "": N_("No reason given"),
    "unneeded": N_("We no longer need it"),
    "broken": N_("It did not work"),
    "greedy": N_("It reads more than it should"),
    "replaced": N_("We use something else now"),
}


async def _known(tx: Tx, desk: Desk, id: str) -> Connection:
    found = await queries.find_connection(tx, desk.event_id, InstallationId(id))
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return found


@get("/events/{event_id:str}/integrations/{installation_id:str}")
async def connection_page(
    tx: Given[Tx], desk: Given[Desk], clock: Given[Clock], installation_id: FromPath[str]
) -> Response[str]:
    """Everything about one connection."""
    now = clock.now()
    found = await _known(tx, desk, installation_id)
    uses = await queries.list_scope_uses(tx, desk.event_id, since=now - rules.UNUSED, installation_id=found.id)
    owed = await deletions.list_by_event(tx, desk.event_id, installation_id=found.id)
    own = [each for each in await pages.list_pages(tx, desk.event_id) if each.integration_id == found.integration_id]
    receivers = await console.list_endpoints(tx, installation_id=found.id)
    return show(
        "connection.html",
        desk,
        found=found,
        health=rules.health(found),
        grants=rules.grants(found, uses, now=now),
        scopes=scopes.BY_NAME,
        asks=rules.reconsent(found) if found.is_active else None,
        connect_to=connect_address(found.manifest.connect_url, desk),
        ends_soon=rules.ends_soon(found, now=now),
        after=day((now + AFTER_EVENT).date(), "d MMMM y") if now + AFTER_EVENT > found.ends_at else None,
        pages=own,
        deliveries=await console.page(tx, [each.no for each in receivers], Search(), limit=10),
        duties=[(each, duties.state(each, now=now)) for each in owed],
        reads=await access.page_by_event(
            tx, desk.event_id, since=now - LATEST, until=now, installation_id=found.id, limit=10
        ),
    )


@post("/events/{event_id:str}/integrations/{installation_id:str}/{deed:str}", status_code=303)
async def do(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    integration_manager: Given[IntegrationManager],
    clock: Given[Clock],
    installation_id: FromPath[str],
    deed: FromPath[str],
) -> Response[Any]:
    """Pause, resume, extend, or take a scope back."""
    found, manager, now = await _known(tx, desk, installation_id), integration_manager, clock.now()
    base, names = f"/organizer/events/{desk.event_id}/integrations", {"name": found.name}
    if deed == "narrow":
        scope = str((await request.form()).get("scope", ""))
        await narrow(tx, manager, found.id, scope, now=now)
        said = gettext("%(name)s can no longer read with %(scope)s.") % (names | {"scope": scope})
    elif deed == "pause":
        await actions.pause(tx, manager, found.id, now=now)
        said = gettext("Updates to %(name)s are held back until you resume.") % names
    elif deed == "resume":
        await actions.resume(tx, manager, found.id, now=now)
        said = gettext("%(name)s gets its updates again, the held ones first.") % names
    elif deed == "extend":
        longer = await actions.extend(tx, manager, found.id, now=now)
        said = gettext("%(name)s keeps its access until %(day)s.") % (
            names | {"day": day(longer.ends_at.date(), "d MMMM y")}
        )
    else:
        raise Refused(errors.NOT_FOUND)
    return go(f"{base}/{found.id}", Flash(said))


@get("/events/{event_id:str}/integrations/{installation_id:str}/disconnect")
async def disconnect_page(
    tx: Given[Tx],
    desk: Given[Desk],
    integration_manager: Given[IntegrationManager],
    clock: Given[Clock],
    installation_id: FromPath[str],
) -> Response[str]:
    """What ends, what must be erased until when; both ways out."""
    found = await _known(tx, desk, installation_id)
    deadline = clock.now() + duties.LIFE
    return show(
        "disconnect.html",
        desk,
        found=found,
        deadline=day(deadline.date(), "d MMMM y"),
        reads_people="participants.read" in found.granted_scopes,
        reasons=[(key, gettext(say)) for key, say in WHY.items()],
    )


@post("/events/{event_id:str}/integrations/{installation_id:str}/disconnect", status_code=303)
async def disconnect(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    integration_manager: Given[IntegrationManager],
    clock: Given[Clock],
    installation_id: FromPath[str],
) -> Response[Any]:
    """Disconnect."""
    found = await _known(tx, desk, installation_id)
    why = str((await request.form()).get("why", ""))
    await end(tx, integration_manager, found.id, why=WHY.get(why, "") if why else "", now=clock.now())
    said = gettext("%(name)s is disconnected. It has 30 days to erase what it holds.") % {"name": found.name}
    return go(f"/organizer/events/{desk.event_id}/integrations", Flash(said))


HANDLERS: Final = (connection_page, do, disconnect_page, disconnect)
