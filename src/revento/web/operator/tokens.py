"""The token audit of the whole platform: who was issued, refused and cut off, by any id or address."""

from typing import Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.kernel.db import Tx
from revento.oauth.audit import queries
from revento.oauth.audit.actions import ACTIONS
from revento.oauth.audit.rules import what_is
from revento.web.operator.desk import PAGE, AnyRequest, Desk, show, typed
from revento.web.shared.words import token_words


@get("/tokens")
async def tokens_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """The newest first; `q` is any id, address or request id that a row names."""
    about, action, before = typed(request, "q"), typed(request, "action"), typed(request, "before") or ""
    rows = await queries.page(
        tx,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        action=action if action in ACTIONS else None,
        about=what_is(about) if about else None,
        limit=PAGE + 1,
    )
    asked = {"q": about, "action": action, "before": rows[PAGE - 1].id if len(rows) > PAGE else None}
    return show(
        "tokens.html",
        desk,
        part="tokens_rows.html",
        rows=rows[:PAGE],
        about=about,
        action=action,
        actions=[(each, token_words(each)) for each in ACTIONS],
        older=f"?{urlencode({name: value for name, value in asked.items() if value})}" if asked["before"] else None,
    )


HANDLERS: Final = (tokens_page,)
