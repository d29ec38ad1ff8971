"""The search across a person's consoles: integrations, connections, deliveries, requests, webhook types."""

from typing import Final
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.identity.sessions.models import SignedIn
from revento.integrations import finding
from revento.integrations.finding.models import Hit
from revento.kernel.db import Tx
from revento.oauth.audit import queries as audit
from revento.oauth.audit.models import About, Entry
from revento.oauth.audit.rules import what_is
from revento.web.developer.desk import AnyRequest, typed
from revento.web.shared import pages
from revento.web.shared.words import ended_words, token_words

# Where a hit of a kind opens below its integration, and the parameter that names it there.
OPENS: Final = {
    "integration": ("", None),
    "installation": ("/installations", "q"),
    "deletion": ("/deletions", None),
    "request": ("/requests", "q"),
    "token": ("/tokens", "q"),
    "delivery": ("/deliveries/{id}", None),
    "topic": ("/deliveries", "topic"),
}


@get("/search")
async def search_page(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """Everything of the person's integrations that the words name."""
    words = typed(request, "q")
    found = await finding.find_for_developer(tx, person.user_id, words) if words else []
    found += await _tokens(tx, person, words or "")
    hits = [(hit, _opens(hit)) for hit in found]
    return pages.page("developer/search.html", part="parts/hits.html", q=words, hits=hits)


async def _tokens(tx: Tx, person: SignedIn, words: str) -> list[Hit]:
    """What a request with this id did to tokens: refused, issued, renewed or ended them; each of a client once."""
    about, id = what_is(words)
    rows = await audit.list_of_request(tx, person.user_id, id) if about is About.REQUEST else []
    return list({(row.client_id, row.action): _hit(row) for row in rows}.values())


def _hit(row: Entry) -> Hit:
    environment = row.environment if row.environment in ("sandbox", "production") else None
    return Hit(
        "token",
        row.request_id or "",
        token_words(row.action),
        ended_words(row.reason or ""),
        row.at,
        row.integration_id or "",
        row.integration_name or "",
        environment,
    )


def _opens(hit: Hit) -> str:
    path, parameter = OPENS[hit.kind]
    named = {"env": hit.environment, parameter: hit.id if parameter else None}
    query = urlencode({name: value for name, value in named.items() if name and value})
    where = f"/developer/integrations/{quote(hit.under, safe='')}{path.format(id=quote(hit.id, safe=''))}"
    return f"{where}?{query}" if query else where


HANDLERS: Final = (search_page,)
