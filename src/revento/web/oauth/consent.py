"""The consent page: who asks, for what, what it would see, until when, how to stop it; and its two answers."""

from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, post
from litestar.response import Redirect

from revento.contract import errors, limits
from revento.contract import scopes as table
from revento.contract.errors import Refused
from revento.contract.scopes import TokenKind
from revento.events.events import queries as events
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.credentials import queries as credentials
from revento.integrations.credentials.models import Client
from revento.integrations.installations import rules as installations
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.oauth.consent import actions, rules
from revento.oauth.consent.models import Offer, Pending
from revento.web.oauth import refusals, samples
from revento.web.shared import pages
from revento.web.shared.edge import Given, Services
from revento.web.shared.people import SignedIn
from revento.web.shared.translate import gettext

AnyRequest = Request[Any, Any, Any]
_DAYS: Final = limits.REFRESH_TOKEN_S // 86_400


class Line(msgspec.Struct, frozen=True):
    """One scope on the page: what it shows in plain words, why the integration wants it, a sample of this event."""

    name: str
    title: str
    say: str
    purpose: str
    sample: list[tuple[str, str]]


async def choose_event(request: AnyRequest, tx: Tx, person: SignedIn, client: Client, leave: str) -> Response[Any]:
    """The events that the person may connect, each a link to the same request with its `event_id`."""
    found = await events.list_connectable(
        tx, person.user_id, roles=[str(role) for role in actions.MANAGING], is_sandbox=client.environment == "sandbox"
    )
    query = request.scope["query_string"].decode("ascii", "replace")
    return pages.page(
        "oauth/choose_event.html",
        headers=refusals.HEADERS,
        client=client,
        events=found,
        here=f"{request.url.path}?{query}",
        leave=leave,
    )


async def page(
    tx: Tx,
    person: SignedIn,
    client: Client,
    offer: Offer,
    reference: str,
    *,
    redirect_uri: str,
    here: str = "",
    problem: str = "",
    status: int = 200,
) -> Response[Any]:
    """The page itself. Its form carries a reference and the ticks, nothing else that counts."""
    integration = await catalogue.get(tx, client.integration_id)
    connects = offer.kind is TokenKind.INSTALLATION
    shown = await samples.of(tx, offer, person)
    lines = {name: _line(client, name, shown.get(name, [])) for name in (*offer.certain, *offer.optional)}
    parts = urlsplit(redirect_uri)
    return pages.page(
        "oauth/consent_connect.html" if connects else "oauth/consent_login.html",
        status,
        sends_to=(_source(parts.scheme, parts.netloc), *pages.ELSEWHERE),
        headers=refusals.HEADERS,
        client=client,
        publisher=client.manifest.publisher,
        verified_at=integration.publisher_verified_at,
        person=person,
        event=offer.event,
        required=[lines[name] for name in offer.required],
        optional=[lines[name] for name in offer.optional],
        held=[lines[name] for name in offer.held],
        reference=reference,
        here=here,
        ends_at=installations.ends_at(offer.event.ends_at, now=pages.visitor.current().now),
        days=_DAYS,
        host=parts.hostname or parts.netloc,
        reads_people="participants.read" in lines,
        problem=problem,
    )


def _source(scheme: str, netloc: str) -> str:
    """The client's origin as a policy can say it: an IPv6 address cannot be said, its scheme can."""
    return f"{scheme}:" if netloc.startswith("[") else f"{scheme}://{netloc}"


def _line(client: Client, name: str, sample: list[tuple[str, str]]) -> Line:
    scope = table.BY_NAME[name]
    purpose = client.manifest.scopes.purposes.get(name, "")
    return Line(name, gettext(scope.title), gettext(scope.say), purpose, sample)


@post("/oauth/authorize", status_code=200)
async def decide(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    provided: Given[Services],
    person: Given[SignedIn],
) -> Response[Any]:
    """Takes the answer. Only reference, decision and ticks are read; the rest was kept when it was shown."""
    try:
        return await _decide(request, tx, clock, settings, provided, person)
    except Refused as refusal:  # decided before anything is written
        if refusal.reason is not errors.FORM_EXPIRED:
            raise
        return refusals.expired()


async def _decide(
    request: AnyRequest, tx: Tx, clock: Clock, settings: Settings, provided: Services, person: SignedIn
) -> Response[Any]:
    posted = await request.form()
    reference, decision = str(posted.get("consent", "")), posted.getall("decision", [])
    chosen = [str(name) for name in posted.getall("optional_scope", [])]
    pending = await actions.find_page(tx, reference, session_id=person.session_id, user_id=person.user_id)
    issuer, now = settings.base_url, clock.now()
    if decision == ["deny"]:
        return _go(await actions.deny(tx, reference, pending, box=provided.box, issuer=issuer, now=now))
    if decision != ["approve"]:
        raise Refused(errors.FORM_EXPIRED)
    try:
        return _go(await actions.approve(tx, reference, pending, chosen, box=provided.box, issuer=issuer, now=now))
    except Refused as refusal:
        if refusal.reason is errors.INVALID_INPUT:
            return await _again(tx, person, pending, reference, refusal.say)
        return await _refuse(tx, pending, refusal, issuer)


async def _again(tx: Tx, person: SignedIn, pending: Pending, reference: str, problem: str) -> Response[Any]:
    client = await credentials.find_client(tx, pending.client_id)
    kind = table.kind_of(pending.optional_scopes)
    event = await events.find(tx, pending.event_id)
    if client is None or kind is None or event is None:
        raise Refused(errors.FORM_EXPIRED)
    offer = Offer(kind, event, [], pending.required_scopes, pending.optional_scopes)
    return await page(
        tx, person, client, offer, reference, redirect_uri=pending.redirect_uri, problem=gettext(problem), status=422
    )


async def _refuse(tx: Tx, pending: Pending, refusal: Refused, issuer: str) -> Response[Any]:
    client = await credentials.find_client(tx, pending.client_id)
    kind = table.kind_of([*pending.required_scopes, *pending.optional_scopes])
    if client is None or kind is None or refusal.reason is errors.FORM_EXPIRED:
        raise refusal
    leave = rules.location(pending.redirect_uri, issuer, pending.state, error="access_denied")
    reason = errors.FORBIDDEN if refusal.reason is errors.NOT_FOUND else refusal.reason
    return refusals.refused(reason, client, leave, kind=kind, event_id=pending.event_id)


def _go(where: str) -> Redirect:
    return Redirect(where, status_code=303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


HANDLERS: Final = [decide]
