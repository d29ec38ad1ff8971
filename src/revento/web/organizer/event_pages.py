"""Event pages: text, and other people's software in a frame: making them, ordering, publishing (contract §7)."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.overview.models import Desk
from revento.events.webview_pages import actions, queries, rules
from revento.events.webview_pages.models import Host, Kind, Page, PageFacts, Visibility
from revento.identity.proofs import PageEditor
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, PageId
from revento.web.organizer.desk import show
from revento.web.shared import forms, words
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
SEEN_BY: Final = {
    "everyone": N_("Everyone, signed in or not"),
    "participants": N_("People with an application"),
    "registered": N_("People whose place is confirmed"),
    "organizers": N_("Organizers only"),
}
# Why no answer came (`webhooks.retries.Outcome`).
SILENT: Final = {
    "dns": N_("The name of its server cannot be found."),
    "connect": N_("Nobody answers at its address."),
    "tls": N_("Its certificate is not valid."),
    "timeout": N_("Its server takes longer than 5 seconds to answer."),
    "reset": N_("Its server closes the connection without an answer."),
    "garbage": N_("What its server answers is not a web page."),
}


class PageForm(msgspec.Struct):
    """What the form posts."""

    title: Annotated[str, msgspec.Meta(max_length=200)]
    kind: Kind = "text"
    url: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    body: Annotated[str, msgspec.Meta(max_length=50_000)] = ""
    integration_id: str = ""
    requires_auth: bool = False
    visibility: Visibility = "participants"
    is_published: bool = False

    def facts(self, kind: Kind) -> PageFacts:
        """The same as the domain wants it; a text page has neither address nor integration."""
        framed = kind == "webview"
        return PageFacts(
            kind=kind,
            title=self.title,
            url=self.url if framed else None,
            body="" if framed else self.body,
            integration_id=IntegrationId(self.integration_id) if framed and self.integration_id else None,
            requires_auth=framed and self.requires_auth,
            visibility=self.visibility,
            is_published=self.is_published,
        )


def _starts(page: Page) -> dict[str, Any]:
    """What the form of a known page starts with."""
    plain = ("title", "kind", "url", "body", "integration_id", "visibility")
    return {name: getattr(page, name) or "" for name in plain} | {
        "requires_auth": "1" if page.requires_auth else "",
        "is_published": "1" if page.is_published else "",
    }


@get("/events/{event_id:str}/pages")
async def pages_page(tx: Given[Tx], desk: Given[Desk], settings: Given[Settings]) -> Response[str]:
    """The event's pages in their order."""
    found = await queries.list_pages(tx, desk.event_id)
    hosts: dict[str | None, Host] = {each.integration_id: each for each in await queries.list_hosts(tx, desk.event_id)}
    unnamed = {page.id for page in found if _is_unnamed(page, hosts.get(page.integration_id), settings)}
    return show("pages.html", desk, pages=found, unnamed=unnamed, seen_by=words.translated(SEEN_BY))


def _is_unnamed(page: Page, host: Host | None, settings: Settings) -> bool:
    """Whether its integration's manifest no longer names its address, so that it is not shown."""
    return host is not None and rules.why_not_url(page.url or "", host, own_origin=settings.base_url) is not None


async def _form(
    tx: Tx,
    desk: Desk,
    settings: Settings,
    form: Form[PageForm],
    kind: Kind,
    page: Page | None,
    status: int = 200,
) -> Response[str]:
    every = await queries.list_hosts(tx, desk.event_id)
    hosts = [host for host in every if host.webview_origins]
    behind = next((host for host in every if page and host.integration_id == page.integration_id), None)
    return show(
        "page.html",
        desk,
        status,
        part="organizer/page_look.html" if page and status == 200 else None,
        own_origin=rules.origin_of(settings.base_url),
        silent=words.translated(SILENT),
        form=form,
        kind=kind,
        page=page,
        is_unnamed=page is not None and _is_unnamed(page, behind, settings),
        hosts=hosts,
        host_options=[(host.integration_id, host.name) for host in hosts],
        seen_by=words.pairs(SEEN_BY),
    )


@get("/events/{event_id:str}/pages/new")
async def new_page(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    page_editor: Given[PageEditor],
    settings: Given[Settings],
) -> Response[str]:
    """The form of a new page."""
    kind: Kind = "webview" if request.query_params.get("kind") == "webview" else "text"
    first = {"integration_id": request.query_params.get("integration", ""), "is_published": "1"}
    return await _form(tx, desk, settings, Form[PageForm](first), kind, None)


@post("/events/{event_id:str}/pages", status_code=303)
async def create(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    page_editor: Given[PageEditor],
    clock: Given[Clock],
    settings: Given[Settings],
) -> Response[Any]:
    """Add a page."""
    form = await forms.read(request, PageForm)
    kind: Kind = "webview" if form.value("kind") == "webview" else "text"
    if got := form.got:
        try:
            facts = got.facts(kind)
            id = await actions.create(tx, page_editor, facts, own_origin=settings.base_url, now=clock.now())
            return _saved(desk, id, got.title)
        except Refused as refused:
            forms.take(form, refused)
    return await _form(tx, desk, settings, form, kind, None, 422)


@get("/events/{event_id:str}/pages/{page_id:str}")
async def page_page(
    tx: Given[Tx], desk: Given[Desk], settings: Given[Settings], page_id: FromPath[str]
) -> Response[str]:
    """One page, to look at and to change; its part is what a look at its server found."""
    page = await _known(tx, desk, page_id)
    return await _form(tx, desk, settings, Form[PageForm](_starts(page)), page.kind, page)


@post("/events/{event_id:str}/pages/{page_id:str}", status_code=303)
async def change(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    page_editor: Given[PageEditor],
    clock: Given[Clock],
    settings: Given[Settings],
    page_id: FromPath[str],
) -> Response[Any]:
    """Change a page."""
    page = await _known(tx, desk, page_id)
    form = await forms.read(request, PageForm)
    if got := form.got:
        try:
            facts = got.facts(page.kind)
            await actions.edit(tx, page_editor, page.id, facts, own_origin=settings.base_url, now=clock.now())
            return _saved(desk, page.id, got.title)
        except Refused as refused:
            forms.take(form, refused)
    return await _form(tx, desk, settings, form, page.kind, page, 422)


@post("/events/{event_id:str}/pages/{page_id:str}/{deed:str}", status_code=303)
async def do(
    tx: Given[Tx],
    desk: Given[Desk],
    page_editor: Given[PageEditor],
    clock: Given[Clock],
    page_id: FromPath[str],
    deed: FromPath[str],
) -> Response[Any]:
    """Move a page up or down, have its server looked at again, or remove it."""
    back = f"/organizer/events/{desk.event_id}/pages"
    if deed in ("up", "down"):
        await actions.move(tx, page_editor, PageId(page_id), up=deed == "up")
        return go(back)
    if deed == "look":
        await actions.look_again(tx, page_editor, PageId(page_id))
        return go(f"{back}/{page_id}")
    if deed == "drop":
        page = await actions.drop(tx, page_editor, PageId(page_id), now=clock.now())
        return go(back, Flash(gettext("%(title)s is removed.") % {"title": page.title}))
    raise Refused(errors.NOT_FOUND)


async def _known(tx: Tx, desk: Desk, id: str) -> Page:
    page = await queries.find(tx, desk.event_id, PageId(id))
    if page is None:
        raise Refused(errors.NOT_FOUND)
    return page


def _saved(desk: Desk, id: PageId, title: str) -> Response[Any]:
    said = Flash(gettext("%(title)s is saved.") % {"title": title})
    return go(f"/organizer/events/{desk.event_id}/pages/{id}", said)


HANDLERS: Final = (pages_page, new_page, create, page_page, change, do)
