"""Letting an operator act for oneself for a while; taking it back; the operator's way out."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.act_as import actions, queries
from revento.identity.audit import queries as audit
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.shared import forms, pages
from revento.web.shared.edge import Given
from revento.web.shared.forms import Form
from revento.web.shared.people import STOP_ACTING, SignedIn
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
DONE: Final = 50  # deeds on the page


class Allowed(msgspec.Struct, frozen=True):
    """For how long, and why."""

    hours: int
    reason: Annotated[str, msgspec.Meta(max_length=500)]


@get("/account/act-as")
async def act_as_page(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """What the consent means, and the one that holds now."""
    return await _page(tx, clock, person, Form[Allowed]())


async def _page(tx: Tx, clock: Clock, person: SignedIn, form: Form[Allowed], *, status: int = 200) -> Response[Any]:
    now = clock.now()
    return pages.page(
        "account/act_as.html",
        status,
        person=person,
        consent=await queries.find_live(tx, person.user_id, now=now),
        acting=await queries.list_acting(tx, person.user_id, now=now),
        done=await audit.list_done_for(tx, person.user_id, limit=DONE),
        form=form,
    )


@post("/account/act-as", status_code=303)
async def allow(request: AnyRequest, tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """Let the operators act for oneself."""
    form = await forms.read(request, Allowed)
    if form.got is not None:
        try:
            await actions.consent(tx, person.user_id, hours=form.got.hours, reason=form.got.reason, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, clock, person, form, status=422)
    return pages.go("/account/act-as", Flash(gettext("Allowed. You can take it back here at any time.")))


@post("/account/act-as/take-back", status_code=303)
async def take_back(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """Take the consent back."""
    await actions.take_back(tx, person.user_id, now=clock.now())
    return pages.go("/account/act-as", Flash(gettext("Taken back. Nobody acts for you any more.")))


@post(STOP_ACTING, status_code=303)
async def stop(tx: Given[Tx], clock: Given[Clock], person: Given[SignedIn]) -> Response[Any]:
    """The operator is herself again. Raises `WRONG_STATE` when she acts for nobody."""
    if person.acted_by is None:
        raise Refused(errors.WRONG_STATE)
    await actions.stop(tx, person.acted_by, person.session_id, person.user_id, now=clock.now())
    where = "/developer" if person.is_persona else f"/operator/users/{person.user_id}"
    return pages.go(where, Flash(gettext("You are yourself again.")))


HANDLERS: Final = [act_as_page, allow, take_back, stop]
