"""Organizations: the queue of those to verify, all of them, one of them with the decisions about it."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.identity.audit import queries as audit
from revento.identity.organizations import actions
from revento.identity.organizations import queries as organizations
from revento.identity.proofs import Operator
from revento.integrations.operations import queries
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId
from revento.web.operator.desk import PAGE, AnyRequest, Desk, before, show, typed
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import look
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

BASE: Final = "/operator/organizations"
STATUSES: Final = ("unverified", "pending", "verified", "rejected", "lost")


class Decision(msgspec.Struct):
    """Why, in words for the owners."""

    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


@get("/organizations")
async def organizations_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Those to verify, the longest waiting first; or all, the newest first."""
    if typed(request, "view") == "pending":
        return await _waiting(request, tx, desk)
    status, search = typed(request, "status"), typed(request, "q")
    status = status if status in STATUSES else None
    rows = await queries.page_organizations(
        tx, before(typed(request, "cursor")), status=status, search=search, limit=PAGE + 1
    )
    more = {"status": status, "q": search}
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    older = {**more, "cursor": f"{last.created_at.isoformat()}~{last.id}"} if last else None
    return show(
        "organizations.html",
        desk,
        part="organizations_rows.html",
        rows=rows[:PAGE],
        older=f"?{urlencode({key: value for key, value in older.items() if value})}" if older else None,
        chosen=status,
        q=search,
        statuses=[(each, look(each).words) for each in STATUSES],
    )


async def _waiting(request: AnyRequest, tx: Tx, desk: Desk) -> Response[str]:
    search, cursor = typed(request, "q"), typed(request, "cursor")
    rows = await organizations.list_verification_requests(
        tx, state="pending", search=search, after=before(cursor) if cursor else organizations.FIRST, limit=PAGE + 1
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    named = {
        "view": "pending",
        "q": search or "",
        "cursor": f"{last.submitted_at.isoformat()}~{last.id}" if last else "",
    }
    return show(
        "verifications.html",
        desk,
        part="verifications_rows.html",
        waiting=rows[:PAGE],
        older=f"?{urlencode(named)}" if last else None,
        q=search,
    )


@get("/organizations/{organization_id:str}")
async def organization_page(tx: Given[Tx], desk: Given[Desk], organization_id: FromPath[str]) -> Response[str]:
    """One organization: its papers, people, events, and what a decision would do."""
    return await _page(tx, desk, OrganizationId(organization_id), Form())


async def _page(
    tx: Tx, desk: Desk, id: OrganizationId, form: Form[Decision], *, status: int = 200, opened: str = ""
) -> Response[str]:
    organization = await organizations.get(tx, id)
    requests = await organizations.list_verification_requests(tx, organization_id=id)
    return show(
        "organization.html",
        desk,
        status,
        organization=organization,
        requests=list(reversed(requests)),
        members=await organizations.list_members(tx, id),
        events=await queries.list_events(tx, id),
        reach=await queries.reach_of_organization(tx, id),
        deeds=await audit.page(tx, about=id, limit=15),
        form=form,
        opened=opened,
    )


@post("/organizations/{organization_id:str}/verify", status_code=303)
async def verify(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    operator: Given[Operator],
    clock: Given[Clock],
    organization_id: FromPath[str],
) -> Response[Any]:
    """Grant formal status."""
    form = await forms.read(request, Decision)
    if form.got is not None:
        try:
            await actions.verify(tx, operator, OrganizationId(organization_id), note=form.got.note, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, OrganizationId(organization_id), form, status=422, opened="verify")
    return go(f"{BASE}/{organization_id}", Flash(gettext("Verified. The owners get a mail.")))


@post("/organizations/{organization_id:str}/reject", status_code=303)
async def reject(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    operator: Given[Operator],
    clock: Given[Clock],
    organization_id: FromPath[str],
) -> Response[Any]:
    """Refuse formal status, with the reason that the owners read."""
    form = await forms.read(request, Decision)
    if form.got is not None and not form.got.note:
        form.refuse("note", gettext("Say why, so that they can do something about it."))
    if form.got is not None:
        try:
            await actions.reject(tx, operator, OrganizationId(organization_id), note=form.got.note, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, OrganizationId(organization_id), form, status=422, opened="reject")
    return go(f"{BASE}/{organization_id}", Flash(gettext("Refused. The owners get a mail with your reason.")))


HANDLERS: Final = (organizations_page, organization_page, verify, reject)
