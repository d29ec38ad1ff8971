"""Who works on the integration, with which role."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.integrations.catalogue.models import Developer
from revento.integrations.teams import actions, queries
from revento.integrations.teams.models import ROLES, TeamRole
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.web.developer.desk import AnyRequest, Desk, show
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

WORDS: Final = {
    "owner": (N_("Owner"), N_("Everything, the team included")),
    "developer": (N_("Developer"), N_("Manifest, credentials, deliveries, submission")),
    "viewer": (N_("Viewer"), N_("Looks, changes nothing")),
}


class Added(msgspec.Struct):
    """Whom to add."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    role: TeamRole


@get("/integrations/{integration_id:str}/team")
async def team_page(tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """The team and its roles."""
    return await _page(tx, desk, Form())


async def _page(tx: Tx, desk: Desk, form: Form[Added], *, status: int = 200) -> Response[str]:
    return show(
        "team.html",
        desk,
        status,
        members=await queries.list_members(tx, desk.console.id),
        roles=[(role, gettext(WORDS[role][0])) for role in ROLES],
        words=[(gettext(WORDS[role][0]), gettext(WORDS[role][1])) for role in ROLES],
        form=form,
    )


@post("/integrations/{integration_id:str}/team", status_code=303)
async def add(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    reader: Given[Developer],
    clock: Given[Clock],
    settings: Given[Settings],
) -> Response[Any]:
    """Let somebody work on it."""
    actions.need_owner(reader)
    form = await forms.read(request, Added)
    if form.got is not None:
        got = form.got
        try:
            await actions.add(
                tx,
                reader,
                got.email,
                got.role,
                name=desk.console.name,
                base_url=settings.base_url,
                now=clock.now(),
            )
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, form, status=422)
    return go(f"{desk.base}/team", Flash(gettext("Added, and told by mail.")))


@post("/integrations/{integration_id:str}/team/{user_id:str}", status_code=303)
async def change(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    reader: Given[Developer],
    clock: Given[Clock],
    user_id: FromPath[str],
) -> Response[Any]:
    """Give a member another role, or end the membership."""
    actions.need_owner(reader)
    role = str((await request.form()).get("role", ""))
    try:
        if role in ROLES:
            await actions.change_role(tx, reader, UserId(user_id), role, now=clock.now())
        else:
            await actions.remove(tx, reader, UserId(user_id), now=clock.now())
    except Refused as refused:
        if refused.reason.status != 409:
            raise
        return go(f"{desk.base}/team", Flash(gettext(refused.say), "bad"))
    where = f"{desk.base}/team" if role or user_id != reader.user_id else "/developer"
    return go(where, Flash(gettext("Role changed.") if role else gettext("Membership ended.")))


HANDLERS: Final = (team_page, add, change)
