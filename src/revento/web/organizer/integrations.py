"""Integrations of an event: what is connected and how it fares, the catalogue, who is behind an integration."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.access import queries as access
from revento.contract import errors, scopes
from revento.contract.errors import Refused
from revento.contract.scopes import TokenKind
from revento.events.overview.models import Desk
from revento.identity.organizations import queries as organizations
from revento.identity.organizations import rules as formal
from revento.integrations.board import queries, rules
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.catalogue.models import Offer
from revento.integrations.deletions import queries as deletions
from revento.integrations.deletions import rules as duties
from revento.integrations.manifests import rules as manifests
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.organizer.desk import show
from revento.web.organizer.ledger import LATEST
from revento.web.shared.links import with_query

AnyRequest = Request[Any, Any, Any]


@get("/events/{event_id:str}/integrations")
async def integrations_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """What is connected, what needs a look, what was connected once, the newest reads."""
    now = clock.now()
    found = await queries.list_connections(tx, desk.event_id)
    uses = await queries.list_scope_uses(tx, desk.event_id, since=now - rules.UNUSED)
    active = [each for each in found if each.is_active]
    ended = [each for each in found if not each.is_active]
    owed = {each.installation_id: each for each in await deletions.list_by_event(tx, desk.event_id)}
    return show(
        "integrations.html",
        desk,
        active=[(each, rules.health(each), rules.grants(each, uses, now=now)) for each in active],
        ended=[(each, owed.get(each.id)) for each in ended],
        owed_states={each.id: duties.state(each, now=now) for each in owed.values()},
        failing=[each for each in active if rules.health(each) == "failing"],
        asking=[each for each in active if rules.reconsent(each)],
        ending=[each for each in active if rules.ends_soon(each, now=now)],
        unanswered=await queries.count_unanswered(tx, desk.event_id),
        refusal=formal.why_not_connect(await organizations.get(tx, desk.organization_id)),
        reads=await access.page_by_event(tx, desk.event_id, since=now - LATEST, until=now, limit=5),
    )


@get("/events/{event_id:str}/integrations/catalogue")
async def catalogue_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """What could be connected, found by name, words or publisher."""
    q = request.query_params.get("q", "").strip()[:100]
    kind = request.query_params.get("kind", "")
    offers = await catalogue.list_offers(tx, desk.event_id, search=q)
    shown = [each for each in offers if not kind or each.kind == kind]
    refusal = formal.why_not_connect(await organizations.get(tx, desk.organization_id))
    return show("catalogue.html", desk, offers=shown, q=q, kind=kind, refusal=refusal)


@get("/events/{event_id:str}/integrations/catalogue/{integration_id:str}")
async def offer_page(tx: Given[Tx], desk: Given[Desk], integration_id: FromPath[str]) -> Response[str]:
    """Who is behind an integration, what it asks and why, and the way to connect it."""
    offer = await _offer(tx, desk, integration_id)
    asked = offer.manifest.scopes
    return show(
        "offer.html",
        desk,
        offer=offer,
        required=_told(offer, manifests.of_kind(asked.required, TokenKind.INSTALLATION)),
        optional=_told(offer, manifests.of_kind(asked.optional, TokenKind.INSTALLATION)),
        of_people=_told(offer, manifests.of_kind(offer.manifest.declared_scopes, TokenKind.USER)),
        connect_to=connect_address(offer.manifest.connect_url, desk),
        refusal=formal.why_not_connect(await organizations.get(tx, desk.organization_id)),
    )


def connect_address(connect_url: str | None, desk: Desk) -> str | None:
    """Where *Connect* sends the browser (contract §3.1)."""
    return None if connect_url is None else with_query(connect_url, event_id=desk.event_id)


async def _offer(tx: Tx, desk: Desk, id: str) -> Offer:
    found = next((each for each in await catalogue.list_offers(tx, desk.event_id) if each.id == id), None)
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return found


def _told(offer: Offer, names: list[str]) -> list[tuple[scopes.Scope, str]]:
    """Scopes with the publisher's reason for each."""
    return [(scopes.BY_NAME[name], offer.manifest.scopes.purposes.get(name, "")) for name in names]


HANDLERS: Final = (integrations_page, catalogue_page, offer_page)
