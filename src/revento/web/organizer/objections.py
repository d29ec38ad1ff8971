"""Objections: participants who do not want an integration to read along, and the organizers' answers."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.events.overview.models import Desk
from revento.identity.proofs import IntegrationManager
from revento.integrations.objections import actions, queries
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.organizer.desk import show
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]


class AnswerForm(msgspec.Struct):
    """What the form posts."""

    answer: Annotated[str, msgspec.Meta(max_length=2000)]


async def _page(
    tx: Tx, desk: Desk, *, form: Form[AnswerForm] | None = None, opened: str = "", status: int = 200
) -> Response[str]:
    found = await queries.list_by_event(tx, desk.event_id)
    return show("objections.html", desk, status, objections=found, form=form or Form[AnswerForm](), opened=opened)


@get("/events/{event_id:str}/integrations/objections")
async def objections_page(
    tx: Given[Tx], desk: Given[Desk], integration_manager: Given[IntegrationManager]
) -> Response[str]:
    """Objections, unanswered ones first."""
    return await _page(tx, desk)


@post("/events/{event_id:str}/integrations/objections/{objection_id:str}", status_code=303)
async def answer(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    integration_manager: Given[IntegrationManager],
    clock: Given[Clock],
    settings: Given[Settings],
    objection_id: FromPath[str],
) -> Response[Any]:
    """Answer one; the participant gets a letter."""
    form = await forms.read(request, AnswerForm)
    if got := form.got:
        try:
            await actions.answer(
                tx, integration_manager, objection_id, got.answer, base_url=settings.base_url, now=clock.now()
            )
            back = f"/organizer/events/{desk.event_id}/integrations/objections"
            return go(back, Flash(gettext("Answered. The participant gets a letter.")))
        except Refused as refused:
            forms.take(form, refused)
    return await _page(tx, desk, form=form, opened=objection_id, status=422)


HANDLERS: Final = (objections_page, answer)
