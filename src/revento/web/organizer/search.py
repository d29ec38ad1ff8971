"""The search across a person's organizations: events, people and their applications, program, software, pages."""

from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from revento.identity.sessions.models import SignedIn
from revento.integrations import finding
from revento.integrations.finding.models import Hit
from revento.kernel.db import Tx
from revento.web.shared import pages

AnyRequest = Request[Any, Any, Any]
EVENT: Final = "/organizer/events/{under}"
OPENS: Final = {
    "organization": "/organizer/organizations/{id}",
    "event": EVENT,
    "application": EVENT + "/applications/{id}",
    "activity": EVENT + "/activities/{id}",
    "installation": EVENT + "/integrations/{id}",
    "page": EVENT + "/pages/{id}",
    "thread": EVENT + "/program/places",
    "location": EVENT + "/program/places",
    "wave": EVENT + "/forms",
}


@get("/search")
async def search_page(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """Everything of hers that the words name."""
    words = str(request.query_params.get("q", "")).strip()[:200]
    found = await finding.find_for_organizer(tx, person.user_id, words) if words else []
    hits = [(hit, _opens(hit)) for hit in found]
    return pages.page("organizer/search.html", part="parts/hits.html", q=words, hits=hits)


def _opens(hit: Hit) -> str:
    return OPENS[hit.kind].format(id=quote(hit.id, safe=""), under=quote(hit.under, safe=""))


HANDLERS: Final = (search_page,)
