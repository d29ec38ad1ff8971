"""The API's request log and the audit of tokens, as an integration's developers see them."""

import contextlib
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.access import queries
from revento.access.hours import actions as hours
from revento.access.models import Entry
from revento.contract import endpoints as table
from revento.contract import errors
from revento.integrations.consoles import queries as consoles
from revento.kernel import ids
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.oauth.audit import queries as tokens
from revento.oauth.audit.actions import ACTIONS
from revento.oauth.audit.models import About, Search
from revento.oauth.audit.models import Entry as Token
from revento.oauth.audit.rules import what_is
from revento.web.developer.deliveries import uuid_of
from revento.web.developer.desk import PAGE, AnyRequest, Desk, show, typed
from revento.web.shared.words import token_words

STATUSES: Final = {"2": (200, 299), "3": (300, 399), "4": (400, 499), "429": queries.LIMITED, "5": queries.FAILED}
KEPT: Final = timedelta(days=90)
FIELDS: Final = {
    About.EVENT: "event_id",
    About.INSTALLATION: "installation_id",
    About.REQUEST: "request_id",
    About.ADDRESS: "address",
}


@get("/integrations/{integration_id:str}/requests")
async def requests_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """What was asked of the API, the newest first; each error leads to its page in the guide."""
    now, asked = clock.now(), _asked(request)
    rows = await _rows(tx, desk, asked, now)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    named = asked | {
        "env": desk.client.environment if desk.env else None,
        "until": last.at.isoformat() if last else None,
    }
    return show(
        "requests.html",
        desk,
        part="requests_rows.html",
        rows=rows[:PAGE],
        older=f"?{urlencode({key: value for key, value in named.items() if value})}" if last else None,
        asked=asked,
        filtered=any(value for name, value in asked.items() if name != "until"),
        figures=await hours.figures(tx, desk.console.id, client_id=desk.client.id, now=now),
        endpoints=[(each.template, each.path) for each in table.ALL],
        codes=[(each.code, each.code) for each in errors.API],
        statuses=[("2", "2xx"), ("4", "4xx"), ("429", "429"), ("5", "5xx")],
        names=dict(await consoles.list_event_names(tx, desk.console.id, desk.client.id)),
    )


def _asked(request: AnyRequest) -> dict[str, str | None]:
    return {name: typed(request, name) for name in ("q", "event", "endpoint", "status", "error", "until")}


async def _rows(tx: Tx, desk: Desk, asked: dict[str, str | None], now: datetime) -> list[Entry]:
    id = uuid_of(asked["q"] or "")
    if id is not None:
        return await queries.find_by_request_id(tx, id, integration_id=desk.console.id)
    q = asked["q"] or ""
    event = q if ids.has_prefix(q, "evt") else None
    installation = q if ids.has_prefix(q, "ins") else None
    if q and (event or installation) is None:
        return []
    until = now + timedelta(seconds=5)
    with contextlib.suppress(ValueError, TypeError):
        until = datetime.fromisoformat(asked.get("until") or "")
    return await queries.page_by_integration(
        tx,
        desk.console.id,
        since=now - KEPT,
        until=until,
        client_id=desk.client.id,
        installation_id=installation,
        event_id=event or asked["event"],
        endpoint=asked["endpoint"],
        error=asked["error"],
        statuses=STATUSES.get(asked["status"] or ""),
        limit=PAGE + 1,
    )


@get("/integrations/{integration_id:str}/tokens")
async def tokens_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Every consent, issue, refresh, refusal and end, the newest first."""
    search, before = _search(request), typed(request, "before") or ""
    q, action, event = (typed(request, name) for name in ("q", "action", "event"))
    rows: list[Token] = []
    if search is not None:
        rows = await tokens.page_by_client(
            tx,
            desk.client.id,
            desk.console.id,
            search,
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
            limit=PAGE + 1,
        )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    named: dict[str, Any] = {"q": q, "action": action, "event": event}
    named |= {"env": desk.client.environment if desk.env else None, "before": last.id if last else None}
    return show(
        "tokens.html",
        desk,
        part="tokens_rows.html",
        rows=rows[:PAGE],
        older=f"?{urlencode({key: value for key, value in named.items() if value})}" if last else None,
        q=q,
        action=action,
        event=event,
        actions=[(each, token_words(each)) for each in ACTIONS],
        names=await consoles.list_event_names(tx, desk.console.id, desk.client.id),
    )


def _search(request: AnyRequest) -> Search | None:
    """What the filters say; `None` when the search box holds nothing that a token's line could name."""
    q, action = typed(request, "q"), typed(request, "action")
    search = Search(action=action if action in ACTIONS else None, event_id=typed(request, "event"))
    if q is None:
        return search
    about, word = what_is(q)
    return msgspec.structs.replace(search, **{FIELDS[about]: word}) if about in FIELDS else None


HANDLERS: Final = (requests_page, tokens_page)
