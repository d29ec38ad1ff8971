"""Connections by event, and deletion duties with their receipts."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.access.hours import queries as hours
from revento.contract import scopes
from revento.contract.limits import BUDGETS
from revento.contract.scopes import TokenKind
from revento.integrations.catalogue.models import Developer
from revento.integrations.consoles import queries
from revento.integrations.deletions import actions as deletions
from revento.integrations.limits import queries as limits
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import DeletionId
from revento.web.developer.desk import PAGE, AnyRequest, Desk, before, show, typed
from revento.web.shared.pages import go
from revento.web.shared.states import look
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash


@get("/integrations/{integration_id:str}/installations")
async def installations_page(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]
) -> Response[str]:
    """Which events are connected, with what was granted, and how much of their hour they use."""
    state, search = typed(request, "state"), typed(request, "q")
    state = state if state in ("active", "ended") else None
    rows = await queries.page_connections(
        tx,
        desk.console.id,
        desk.client.id,
        before(typed(request, "cursor")),
        state=state,
        search=search,
        limit=PAGE + 1,
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    named = {
        "env": typed(request, "env"),
        "state": state,
        "q": search,
        "cursor": f"{last.created_at.isoformat()}~{last.id}" if last else None,
    }
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    used = {each.installation_id: each for each in await hours.list_by_installation(tx, desk.console.id, since=hour)}
    raised = await limits.list_limits(tx, integration_id=desk.console.id, now=clock.now())
    own = {each.installation_id: each.per_hour for each in raised if each.kind == "installation"}
    everywhere = own.get(None, BUDGETS[TokenKind.INSTALLATION].per_hour)
    return show(
        "installations.html",
        desk,
        part="installations_rows.html",
        rows=[(row, used.get(row.id), own.get(row.id, everywhere)) for row in rows[:PAGE]],
        needed=_needed(desk),
        older=f"?{urlencode({key: value for key, value in named.items() if value})}" if last else None,
        state=state,
        q=search,
        states=[(each, look(each).words) for each in ("active", "ended")],
    )


def _needed(desk: Desk) -> list[str]:
    """What an organizer is asked for now; a connection that was granted less consents again (contract §3.1)."""
    asked = desk.client.manifest.scopes.required
    return [scope.name for scope in scopes.ALL if scope.name in asked and scope.kind is TokenKind.INSTALLATION]


@get("/integrations/{integration_id:str}/deletions")
async def deletions_page(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], settings: Given[Settings]
) -> Response[str]:
    """What has to be erased until when, and the receipts."""
    shown = typed(request, "show")
    rows = await queries.page_duties(
        tx,
        desk.console.id,
        before(typed(request, "cursor")),
        open={"open": True, "confirmed": False}.get(shown or ""),
        limit=PAGE + 1,
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    named = {"show": shown, "cursor": f"{last.opened_at.isoformat()}~{last.id}" if last else None}
    return show(
        "deletions.html",
        desk,
        rows=rows[:PAGE],
        older=f"?{urlencode({key: value for key, value in named.items() if value})}" if last else None,
        nearest=await queries.nearest_deadline(tx, desk.console.id),
        shown=shown,
        base_url=settings.base_url,
    )


@post("/integrations/{integration_id:str}/deletions/{deletion_id:str}/confirm", status_code=303)
async def confirm(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock], deletion_id: FromPath[str]
) -> Response[Any]:
    """Confirm that everything was erased; organizer and participant see the receipt."""
    id = DeletionId(deletion_id)
    await deletions.confirm(tx, desk.console.id, id, by=developer.user_id, now=clock.now())
    return go(f"{desk.base}/deletions", Flash(gettext("Confirmed. The organizer sees the receipt.")))


HANDLERS: Final = (installations_page, deletions_page, confirm)
