"""Event pages as their visitors see them: text, and other people's software in a frame (contract §7)."""

from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.events.applications import queries as applications
from revento.events.mine.models import Visit
from revento.events.webview_pages import queries, rules
from revento.events.webview_pages.models import Host, Page, Viewer
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import Client
from revento.integrations.grants import queries as grants
from revento.integrations.grants import rules as signing_in
from revento.integrations.installations import queries as installations
from revento.integrations.launches import actions as launches
from revento.integrations.launches.models import Launch
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import PageId, UserId
from revento.web.participant.visit import show
from revento.web.shared import pages, visitor
from revento.web.shared.edge import Services
from revento.web.shared.links import with_query
from revento.web.shared.people import NotSignedIn
from revento.web.shared.text import markdown

AnyRequest = Request[Any, Any, Any]
SANDBOX: Final = (
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads"
)
RETURNED: Final = (
    "returned"  # marks the way back from an integration's sign-in, so that nobody is sent round in circles
)
THEMES: Final = ("light", "dark")


def _viewer(visit: Visit) -> Viewer:
    return Viewer(visit.is_member, visit.application_status, visit.is_registered)


@get("/events/{event_id:str}/pages")
async def pages_page(tx: Given[Tx], visit: Given[Visit]) -> Response[str]:
    """The pages that this visitor may open."""
    seen = rules.seen_by(await queries.list_pages(tx, visit.event_id), _viewer(visit))
    return show("pages.html", visit, pages=seen)


@get("/events/{event_id:str}/pages/{page_id:str}")
async def page_page(
    request: AnyRequest,
    tx: Given[Tx],
    visit: Given[Visit],
    clock: Given[Clock],
    provided: Given[Services],
    page_id: FromPath[str],
) -> Response[Any]:
    """One page: its text, its frame, or the way to the sign-in that it needs."""
    page = await queries.find(tx, visit.event_id, PageId(page_id))
    if page is None:
        raise Refused(errors.NOT_FOUND)
    _refuse_unseen(page, visit)
    if page.kind == "text" or page.url is None:
        return show("page_text.html", visit, page=page, body=markdown(page.body))
    return await _of_others(request, tx, visit, page, provided, clock)


def _refuse_unseen(page: Page, visit: Visit) -> None:
    """Whoever may not see it is told so; who is not signed in may see it afterwards, unless it is the organizers'."""
    reason = rules.why_not_see(page, _viewer(visit))
    if reason is None:
        return
    if visit.user_id is None and page.is_published and page.visibility != "organizers":
        raise NotSignedIn
    raise Refused(reason)


async def _of_others(
    request: AnyRequest, tx: Tx, visit: Visit, page: Page, provided: Services, clock: Clock
) -> Response[Any]:
    """Somebody else's software in a frame, as a stranger or signed in, while its integration stands behind it."""
    host = await queries.find_host(tx, visit.event_id, page.integration_id) if page.integration_id else None
    if page.integration_id is not None and _why_not_show(page, host, provided.settings.base_url):
        return _blocked(visit, page, errors.INTEGRATION_SUSPENDED if host and host.is_suspended else None)
    if page.stays_empty:
        return _blocked(visit, page, None, stays_empty=True)
    if not page.requires_auth or host is None:
        return _framed(request, visit, page, host, None)
    return await _launched(request, tx, visit, page, host, provided, clock)


def _why_not_show(page: Page, host: Host | None, own_origin: str) -> bool:
    """The manifest may have changed since the page was made, and the integration may be suspended or gone."""
    if host is None or host.is_suspended:
        return True
    return rules.why_not_url(page.url or "", host, own_origin=own_origin) is not None


async def _launched(
    request: AnyRequest, tx: Tx, visit: Visit, page: Page, host: Host, provided: Services, clock: Clock
) -> Response[Any]:
    if visit.user_id is None:
        raise NotSignedIn
    if visitor.current().is_stood_in_for:  # her name would be signed for somebody else's eyes
        raise Refused(errors.NOT_WHILE_ACTING)
    client = await clients.find_client(tx, host.client_id)
    if client is None:
        return _blocked(visit, page, errors.NOT_CONNECTED)
    if await grants.find_active(tx, visit.event_id, visit.user_id, host.integration_id) is None:
        return await _led_to_sign_in(request, tx, visit, page, client, provided)
    application = await applications.find(tx, visit.event_id, visit.application_id) if visit.application_id else None
    launch = Launch(
        client_id=client.id,
        user_id=UserId(visit.user_id),
        event_id=visit.event_id,
        page_id=page.id,
        role=application.role if application else "participant",
    )
    token = launches.sign(launch, issuer=provided.settings.base_url, keys=provided.keys, now=clock.now())
    return _framed(request, visit, page, host, token)


async def _led_to_sign_in(
    request: AnyRequest, tx: Tx, visit: Visit, page: Page, client: Client, provided: Services
) -> Response[Any]:
    """On top level to the integration's own sign-in; once a visit, then a page says what is missing."""
    installation = await installations.find_active(tx, visit.event_id, client.integration_id)
    reason = signing_in.why_not_sign_in(client, installation, visit.application_id is not None, visit.organization_id)
    if reason is not None or client.manifest.login_url is None:
        return _blocked(visit, page, reason or errors.NOT_CONNECTED)
    back = f"{provided.settings.base_url}/events/{visit.event_id}/pages/{page.id}?{RETURNED}=1"
    target = with_query(client.manifest.login_url, event_id=visit.event_id, return_to=back)
    if RETURNED in request.query_params:
        return _blocked(visit, page, None, sign_in=target)
    return Redirect(target, status_code=302, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _framed(request: AnyRequest, visit: Visit, page: Page, host: Host | None, token: str | None) -> Response[str]:
    origin = rules.origin_of(page.url or "")
    told = {
        "event_id": visit.event_id,
        "page_id": page.id,
        "locale": visitor.current().locale,
        "theme": _theme(request),
    }
    if token is not None:
        told["launch_token"] = token
    return pages.page(
        "participant/page_frame.html",
        frames=origin,
        shows_secret=token is not None,
        visit=visit,
        base=f"/events/{visit.event_id}",
        page=page,
        host=host,
        source=with_query(page.url or "", **told),
        origin=origin,
        sandbox=SANDBOX,
        signed_in=token is not None,
    )


def _blocked(
    visit: Visit, page: Page, reason: Reason | None, *, sign_in: str | None = None, stays_empty: bool = False
) -> Response[str]:
    return show(
        "page_blocked.html",
        visit,
        200 if sign_in or stays_empty else 409,
        page=page,
        reason=reason,
        sign_in=sign_in,
        stays_empty=stays_empty,
    )


def _theme(request: AnyRequest) -> str:
    """The theme that the visitor chose; `system` when the device decides."""
    try:
        chosen = SimpleCookie(request.headers.get("cookie", "")).get("revento_theme")
    except CookieError:
        chosen = None
    return chosen.value if chosen is not None and chosen.value in THEMES else "system"


HANDLERS: Final = (pages_page, page_page)
