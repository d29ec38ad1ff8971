"""The token audit of an event: every consent, issue, refresh, refusal and end of what is connected to it."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from revento.events.overview.models import Desk
from revento.integrations.board import queries as board
from revento.kernel.db import Tx
from revento.oauth.audit import queries
from revento.oauth.audit.actions import ACTIONS
from revento.web.organizer.desk import PAGE, show
from revento.web.shared.words import token_words

AnyRequest = Request[Any, Any, Any]


@get("/events/{event_id:str}/integrations/tokens")
async def tokens_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """The newest first, by integration and kind."""
    params = request.query_params
    action, integration, before = params.get("action", ""), params.get("integration", ""), params.get("before", "")
    rows = await queries.page_by_event(
        tx,
        desk.event_id,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        action=action if action in ACTIONS else None,
        integration_id=integration if integration.isidentifier() else None,
        limit=PAGE + 1,
    )
    names = {each.integration_id: each.name for each in await board.list_connections(tx, desk.event_id)}
    asked = {"action": action, "integration": integration}
    older = asked | {"before": rows[PAGE - 1].id} if len(rows) > PAGE else None
    return show(
        "tokens.html",
        desk,
        rows=rows[:PAGE],
        asked=asked,
        actions=[(each, token_words(each)) for each in ACTIONS],
        integrations=sorted(names.items(), key=lambda pair: pair[1].lower()),
        older=f"?{urlencode({name: value for name, value in older.items() if value})}" if older else None,
    )


HANDLERS: Final = (tokens_page,)
