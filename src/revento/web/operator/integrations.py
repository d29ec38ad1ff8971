"""Integrations: all of them, one of them, and what ends or brings back their access."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.access.hours import actions as hours
from revento.contract import errors
from revento.contract.errors import Refused
from revento.endings import lose_status as statuses
from revento.endings import suspend as suspensions
from revento.endings import unpublish as unpublishing
from revento.identity.audit import queries as audit
from revento.identity.proofs import Operator
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.credentials import queries as clients
from revento.integrations.examinations import queries as examinations
from revento.integrations.limits import queries as limits
from revento.integrations.operations import queries
from revento.integrations.submissions import queries as submissions
from revento.integrations.teams import queries as teams
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, OrganizationId
from revento.web.operator.desk import PAGE, AnyRequest, Desk, before, show, typed
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import look
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash

BASE: Final = "/operator/integrations"
STATES: Final = ("draft", "sandbox", "submitted", "approved", "published", "suspended", "unpublished")


class Why(msgspec.Struct):
    """The reason, in words that everybody who is hit reads."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)]


@get("/integrations")
async def integrations_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """All integrations, the newest first."""
    state, search = typed(request, "state"), typed(request, "q")
    state = state if state in STATES else None
    rows = await queries.page_integrations(
        tx, before(typed(request, "cursor")), state=state, search=search, limit=PAGE + 1
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    older = {"state": state, "q": search, "cursor": f"{last.created_at.isoformat()}~{last.id}"} if last else {}
    return show(
        "integrations.html",
        desk,
        part="integrations_rows.html",
        rows=rows[:PAGE],
        older=f"?{urlencode({key: value for key, value in older.items() if value})}" if older else None,
        state=state,
        q=search,
        states=[(each, look(each).words) for each in STATES],
        suspended=await queries.count_suspended(tx),
    )


@get("/integrations/{integration_id:str}")
async def integration_page(
    tx: Given[Tx], desk: Given[Desk], clock: Given[Clock], integration_id: FromPath[str]
) -> Response[str]:
    """One integration, and whom a decision would hit."""
    return await _page(tx, desk, clock, IntegrationId(integration_id), Form())


async def _page(
    tx: Tx, desk: Desk, clock: Clock, id: IntegrationId, form: Form[Why], *, status: int = 200
) -> Response[str]:
    found = await catalogue.find(tx, id)
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return show(
        "integration.html",
        desk,
        status,
        integration=found,
        clients=await clients.list_clients(tx, id),
        reach=await queries.reach_of_integration(tx, id),
        members=await teams.list_members(tx, id),
        figures=await hours.figures(tx, id, now=clock.now()),
        limits=await limits.list_limits(tx, integration_id=id, now=clock.now()),
        seen=await examinations.list_by_integration(tx, id),
        submissions=await submissions.list_by_integration(tx, id),
        deeds=await audit.page(tx, about=id, limit=15),
        form=form,
    )


@post("/integrations/{integration_id:str}/{step:str}", status_code=303)
async def decide(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    operator: Given[Operator],
    clock: Given[Clock],
    integration_id: FromPath[str],
    step: FromPath[str],
) -> Response[Any]:
    """Suspend, resume or unpublish, with the reason that team and organizers get by mail."""
    if step not in ("suspend", "resume", "unpublish"):
        raise Refused(errors.NOT_FOUND)
    id, now, by = IntegrationId(integration_id), clock.now(), operator.user_id
    form = await forms.read(request, Why) if step != "resume" else Form(got=Why(""))
    if form.got is None:
        return await _page(tx, desk, clock, id, form, status=422)
    try:
        if step == "suspend":
            hit = await suspensions.suspend(tx, by, id, reason=form.got.reason, now=now)
        elif step == "resume":
            hit = await suspensions.resume(tx, by, id, now=now)
        else:
            hit = await unpublishing.unpublish(tx, by, id, note=form.got.reason, now=now)
    except Refused as refused:
        if refused.reason.status != 409:
            raise
        return go(f"{BASE}/{id}", Flash(gettext(refused.say), "bad"))
    said = ngettext("Done: %(n)d connection, everybody is told.", "Done: %(n)d connections, everybody is told.", hit)
    return go(f"{BASE}/{id}", Flash(said % {"n": hit}))


@post("/organizations/{organization_id:str}/lose-status", status_code=303)
async def lose_status(
    request: AnyRequest,
    tx: Given[Tx],
    operator: Given[Operator],
    clock: Given[Clock],
    organization_id: FromPath[str],
) -> Response[Any]:
    """Take formal status away: every connection of every event ends."""
    form, where = await forms.read(request, Why), f"/operator/organizations/{organization_id}"
    if form.got is None:
        return go(where, Flash(gettext("Say why; the owners read it."), "bad"))
    id = OrganizationId(organization_id)
    try:
        hit = await statuses.lose_status(tx, operator, id, note=form.got.reason, now=clock.now())
    except Refused as refused:
        if refused.reason.status != 409:
            raise
        return go(where, Flash(gettext(refused.say), "bad"))
    said = ngettext("Taken away: %(n)d connection ended.", "Taken away: %(n)d connections ended.", hit)
    return go(where, Flash(said % {"n": hit}))


HANDLERS: Final = (integrations_page, integration_page, decide, lose_status)
