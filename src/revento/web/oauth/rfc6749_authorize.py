"""`GET /oauth/authorize` (RFC 6749 §4.1.1, RFC 7636, RFC 9207; contract §3.1).

The safe order: client, then redirect URI, both shown on a page of ours when they are wrong; then who is asking; only
then is the rest looked at, and its faults go back to the client (checklist 1–13).
"""

from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get
from litestar.response import Redirect

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.contract.scopes import TokenKind
from revento.integrations.credentials import queries as credentials
from revento.integrations.credentials.models import Client
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.oauth.consent import actions, rules
from revento.oauth.consent.models import AuthorizationRequest, Fault
from revento.web.oauth import consent, refusals, wire
from revento.web.oauth.wire import AnyRequest
from revento.web.shared import people
from revento.web.shared.edge import Given
from revento.web.shared.people import SignedIn


@get("/oauth/authorize")
async def authorize(
    request: AnyRequest,
    tx: Given[Tx],
    clock: Given[Clock],
    settings: Given[Settings],
    guest: Given[SignedIn | None],
) -> Response[Any]:
    """Checks the request, then asks the person: to sign in, to choose an event, to consent."""
    try:
        params = wire.parse(request.scope["query_string"])
    except wire.Malformed as error:
        return refusals.damaged(str(error))
    client_id = rules.only(params, "client_id")
    client = await credentials.find_client(tx, client_id) if client_id else None
    if client is None:
        return refusals.unknown_client()
    if rules.registered_uri(client, params) is None:
        return refusals.wrong_redirect(client)
    if guest is None:
        return Redirect(people.sign_in_path(_here(request)), status_code=303)
    read = rules.read(client, params)
    if isinstance(read, Fault):
        return _back(params, settings, read)
    return await _ask(request, tx, clock, settings, guest, client, read)


async def _ask(
    request: AnyRequest,
    tx: Tx,
    clock: Clock,
    settings: Settings,
    person: SignedIn,
    client: Client,
    asked: AuthorizationRequest,
) -> Response[Any]:
    leave = rules.location(asked.redirect_uri, settings.base_url, asked.state, error="access_denied")
    if asked.event_id is None:
        return await consent.choose_event(request, tx, person, client, leave)
    try:
        offer = await actions.prepare(tx, person.user_id, client, asked)
    except Refused as refusal:
        reason = _told(refusal.reason, asked.kind)
        await actions.note_refused(tx, person.user_id, client, asked, reason.code, now=clock.now())
        return refusals.refused(reason, client, leave, kind=asked.kind, event_id=asked.event_id)
    if rules.is_personal(asked.scopes) and not person.is_fresh(clock.now()):
        return Redirect(f"/account/confirm?next={quote(_here(request), safe='/')}", status_code=303)
    reference = await actions.open_page(
        tx, asked, offer, session_id=person.session_id, user_id=person.user_id, now=clock.now()
    )
    return await consent.page(
        tx, person, client, offer, reference, redirect_uri=asked.redirect_uri, here=_here(request)
    )


def _told(reason: Reason, kind: TokenKind) -> Reason:
    """Outsiders of an event learn no more from a page for organizers than from any other."""
    return errors.FORBIDDEN if reason is errors.NOT_FOUND and kind is TokenKind.INSTALLATION else reason


def _here(request: AnyRequest) -> str:
    return f"{request.url.path}?{request.scope['query_string'].decode('ascii', 'replace')}"


def _back(params: rules.Params, settings: Settings, fault: Fault) -> Response[Any]:
    where = rules.location(
        rules.only(params, "redirect_uri") or "",
        settings.base_url,
        rules.state_of(params),
        error=fault.error,
        error_description=fault.description,
    )
    return Redirect(where, status_code=302, headers={"Cache-Control": "no-store"})


HANDLERS: Final = [authorize]
