"""`/guide/`: the integrator's guide, its Markdown twins, its search, and `llms.txt`."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from revento.web.guide import book, markup
from revento.web.guide.book import Page
from revento.web.shared import pages
from revento.web.shared.edge import Given, Services

Asked = Request[Any, Any, State]
_KEPT: Final = {"Cache-Control": "public, max-age=300"}


def _show(page: Page) -> Response[str]:
    before, after = book.beside(page.slug)
    html, headings = book.shown(page.slug)
    return pages.page(
        "guide/page.html",
        page=page,
        say=markup.inline(page.say),
        html=html,
        headings=headings,
        before=before,
        after=after,
        contents=book.contents(),
        titles=_titles(),
    )


def _titles() -> dict[str, str]:
    return {slug: page.title for slug, page in book.pages().items()}


def _page(slug: str) -> Page:
    page = book.pages().get(slug)
    if page is None:
        raise NotFoundException
    return page


@get("/guide", sync_to_thread=False)
def front(request: Asked) -> Response[Any]:
    """The first page; relative links need the slash."""
    if not request.scope["raw_path"].split(b"?")[0].endswith(b"/"):
        return Redirect("/guide/", status_code=308)
    return _show(next(iter(book.pages().values())))


@get("/guide/search", sync_to_thread=False)
def search(q: FromQuery[str] = "") -> Response[str]:
    """What the guide says about some words."""
    found = book.search(q)
    return pages.page("guide/search.html", q=q, found=found, contents=book.contents(), titles=_titles())


@get("/guide/search.json", sync_to_thread=False)
def search_index() -> Response[bytes]:
    """The whole index, for searching while one types and without a connection."""
    return Response(msgspec.json.encode(book.index()), media_type="application/json", headers=_KEPT)


@get(["/guide/llms.txt", "/llms.txt"], sync_to_thread=False)
def llms(provided: Given[Services]) -> Response[str]:
    """The guide for people who work with assistants."""
    text = book.llms(provided.settings.base_url)
    return Response(text, media_type="text/plain", headers=_KEPT)


@get("/guide/{slug:str}", sync_to_thread=False)
def page(slug: FromPath[str]) -> Response[str]:
    """One page, or its Markdown twin."""
    if slug.endswith(".md"):
        twin = _page(slug.removesuffix(".md")).markdown
        return Response(twin, media_type="text/markdown", headers=_KEPT)
    return _show(_page(slug))


ROUTES: Final = Router("/", route_handlers=[front, search, search_index, llms, page])
