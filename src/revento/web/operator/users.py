"""People: finding one, seeing what she belongs to, acting for her when she has allowed it."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.identity.act_as import actions
from revento.identity.act_as import queries as consents
from revento.identity.audit import queries as audit
from revento.identity.proofs import Operator
from revento.identity.sessions import queries as sessions
from revento.identity.sessions.models import SignedIn
from revento.identity.users import queries as users
from revento.integrations.operations import queries
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.web.operator.desk import PAGE, AnyRequest, Desk, before, show, typed
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

KINDS: Final = ("operator", "consented")


class Acting(msgspec.Struct):
    """Why the operator acts for somebody; she reads it in her mail."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


@get("/users")
async def users_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """People, the newest first."""
    search, kind = typed(request, "q"), typed(request, "kind")
    kind = kind if kind in KINDS else None
    rows = await queries.page_users(
        tx, before(typed(request, "cursor")), search=search, which=kind, now=clock.now(), limit=PAGE + 1
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    named = {"q": search, "kind": kind, "cursor": f"{last.created_at.isoformat()}~{last.id}" if last else None}
    older = f"?{urlencode({key: value for key, value in named.items() if value})}" if last else None
    return show("users.html", desk, part="users_rows.html", rows=rows[:PAGE], older=older, q=search, kind=kind)


@get("/users/{user_id:str}")
async def user_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock], user_id: FromPath[str]) -> Response[str]:
    """One person."""
    return await _page(tx, desk, clock, UserId(user_id), Form())


async def _page(
    tx: Tx, desk: Desk, clock: Clock, id: UserId, form: Form[Acting], *, status: int = 200
) -> Response[str]:
    return show(
        "user.html",
        desk,
        status,
        user=await users.get(tx, id),
        memberships=await queries.list_memberships(tx, id),
        sessions=await sessions.list_live(tx, id, now=clock.now()),
        consent=await consents.find_live(tx, id, now=clock.now()),
        did=await audit.page(tx, actor=id, limit=15),
        form=form,
    )


@post("/users/{user_id:str}/act-as", status_code=303)
async def act_as(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    operator: Given[Operator],
    person: Given[SignedIn],
    clock: Given[Clock],
    settings: Given[Settings],
    user_id: FromPath[str],
) -> Response[Any]:
    """Begin to act for a person who has allowed it."""
    form, id = await forms.read(request, Acting), UserId(user_id)
    if form.got is not None:
        try:
            await actions.begin(
                tx,
                operator,
                person.session_id,
                id,
                reason=form.got.reason,
                base_url=settings.base_url,
                now=clock.now(),
            )
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, clock, id, form, status=422)
    return go("/", Flash(gettext("You see what this person sees."), "info"))


HANDLERS: Final = (users_page, user_page, act_as)
