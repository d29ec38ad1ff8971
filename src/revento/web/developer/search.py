"""The search across a person's consoles: integrations, connections, deliveries, requests, webhook types."""

from typing import Final
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.identity.sessions.models import SignedIn
from revento.integrations import finding
from revento.integrations.finding.models import Hit
from revento.kernel.db import Tx
from revento.web.developer.desk import AnyRequest, typed
from revento.web.shared import pages

# Where a hit of a kind opens below its integration, and the parameter that names it there.
OPENS: Final = {
    "integration": ("", None),
    "installation": ("/installations", "q"),
    "deletion": ("/deletions", None),
    "request": ("/requests", "q"),
    "delivery": ("/deliveries/{id}", None),
    "topic": ("/deliveries", "topic"),
}


@get("/search")
async def search_page(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """Everything of the person's integrations that the words name."""
    words = typed(request, "q")
    found = await finding.find_for_developer(tx, person.user_id, words) if words else []
    hits = [(hit, _opens(hit)) for hit in found]
    return pages.page("developer/search.html", part="parts/hits.html", q=words, hits=hits)


def _opens(hit: Hit) -> str:
    path, parameter = OPENS[hit.kind]
    named = {"env": hit.environment, parameter: hit.id if parameter else None}
    query = urlencode({name: value for name, value in named.items() if name and value})
    where = f"/developer/integrations/{quote(hit.under, safe='')}{path.format(id=quote(hit.id, safe=''))}"
    return f"{where}?{query}" if query else where


HANDLERS: Final = (search_page,)
