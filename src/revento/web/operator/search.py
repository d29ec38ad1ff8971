"""The search by any id, request id, address or name."""

from typing import Final
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.integrations.operations import search as finding
from revento.integrations.operations.models import Found
from revento.kernel.db import Tx
from revento.oauth.audit import queries as audit
from revento.oauth.audit.models import About, Entry
from revento.oauth.audit.rules import what_is
from revento.web.operator.desk import AnyRequest, Desk, show, typed
from revento.web.shared.words import ended_words, token_words

# Where a hit of a kind opens; `under` is what it belongs to.
# What lies inside an event: opened at its organization, since the desk shows nobody's answers.
INSIDE: Final = ("application", "participant", "activity", "thread", "location", "wave", "page")
OPENS: Final = {
    "organization": "/operator/organizations/{id}",
    "user": "/operator/users/{id}",
    "integration": "/operator/integrations/{id}",
    "client": "/operator/integrations/{under}",
    "installation": "/operator/integrations/{under}",
    "event": "/operator/organizations/{under}",
    **dict.fromkeys(INSIDE, "/operator/organizations/{under}"),
    "request": "/operator/audit?q={id}",
    "token": "/operator/tokens?q={id}",
    "deed": "/operator/audit?q={id}",
    "message": "/operator/integrations/{under}",
    "delivery": "/operator/integrations/{under}",
    "deletion": "/operator/integrations/{under}",
    "submission": "/operator/submissions/{id}",
}


@get("/search")
async def search_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Everything that the words name."""
    words = typed(request, "q")
    found = await finding.find(tx, words) + await _tokens(tx, words) if words else []
    return show("search.html", desk, part="search_rows.html", q=words, hits=[(hit, _opens(hit)) for hit in found])


async def _tokens(tx: Tx, words: str) -> list[Found]:
    """What a request with this id did to tokens; each of a client once."""
    about = what_is(words)
    rows = await audit.page(tx, about=about, limit=20) if about[0] is About.REQUEST else []
    return list({(row.client_id, row.action): _found(row) for row in rows}.values())


def _found(row: Entry) -> Found:
    say = " · ".join(each for each in (row.integration_name, ended_words(row.reason or "")) if each)
    return Found("token", row.request_id or "", token_words(row.action), say, row.at, row.integration_id)


def _opens(hit: Found) -> str:
    return OPENS[hit.kind].format(id=quote(hit.id, safe=""), under=quote(hit.under or "", safe=""))


HANDLERS: Final = (search_page,)
