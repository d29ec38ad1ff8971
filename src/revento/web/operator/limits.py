"""Budgets other than the usual ones: whose they are, for how long, and the way back."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.contract.limits import BUDGETS
from revento.contract.scopes import TokenKind
from revento.identity.proofs import Operator
from revento.integrations.limits import actions, queries
from revento.integrations.limits.models import Wanted
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId, IntegrationId
from revento.web.operator.desk import AnyRequest, Desk, show, typed
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

DAY: Final = timedelta(days=1)
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
HOLDER: Final = ("integration_id", "installation_id")


class Raised(msgspec.Struct):
    """A budget to set."""

    integration_id: str
    kind: Literal["installation", "user"]
    per_hour: Count
    per_minute: Count
    in_flight: Count
    reason: Annotated[str, msgspec.Meta(max_length=500)]
    installation_id: str = ""
    last_day: date | None = None


@get("/limits")
async def limits_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """Budgets in force. `q` finds whose to set; `integration` and `installation` open the form for them."""
    chosen = {"integration_id": typed(request, "integration"), "installation_id": typed(request, "installation")}
    chosen["kind"] = "user" if typed(request, "kind") == "user" else "installation"
    words = typed(request, "q")
    form = Form[Raised]({name: value for name, value in chosen.items() if value})
    return await _page(tx, desk, form, words, now=clock.now())


async def _page(
    tx: Tx, desk: Desk, form: Form[Raised], words: str | None = None, *, now: datetime, status: int = 200
) -> Response[str]:
    integration_id, installation_id = (form.value(name) or None for name in HOLDER)
    holder = await queries.find_holder(tx, integration_id, installation_id) if integration_id else None
    rows = await queries.list_limits(tx, now=now)
    kind = TokenKind.USER if form.value("kind") == "user" else TokenKind.INSTALLATION
    asked = (integration_id, installation_id, kind.value)
    own = [row for row in rows if (row.integration_id, row.installation_id, row.kind) == asked]
    return show(
        "limits.html",
        desk,
        status,
        part="limits_found.html" if holder is None else None,
        rows=rows,
        form=form,
        holder=holder,
        q=words,
        found=await queries.find_holders(tx, words) if words else [],
        usual={kind.value: budget for kind, budget in BUDGETS.items()},
        start=own[0] if own else BUDGETS[kind],
        today=now.date().isoformat(),
    )


@post("/limits", status_code=303)
async def set_limit(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], operator: Given[Operator], clock: Given[Clock]
) -> Response[Any]:
    """Set a budget; it counts with the next request."""
    form, now = await forms.read(request, Raised), clock.now()
    if form.got is not None:
        try:
            await actions.put(tx, operator, _wanted(form.got), now=now)
        except Refused as refused:
            forms.take(form, refused)
            if "ends_at" in form.errors:
                form.errors["last_day"] = form.errors.pop("ends_at")
    if form.got is None:
        return await _page(tx, desk, form, now=now, status=422)
    return go("/operator/limits", Flash(gettext("Set. It counts from the next request on.")))


def _wanted(got: Raised) -> Wanted:
    last = got.last_day
    return Wanted(
        IntegrationId(got.integration_id),
        InstallationId(got.installation_id) if got.installation_id else None,
        got.kind,
        got.per_hour,
        got.per_minute,
        got.in_flight,
        got.reason,
        None if last is None else datetime(last.year, last.month, last.day, tzinfo=UTC) + DAY,
    )


@post("/limits/{limit_id:str}/drop", status_code=303)
async def drop_limit(
    tx: Given[Tx], operator: Given[Operator], clock: Given[Clock], limit_id: FromPath[str]
) -> Response[Any]:
    """Back to the usual budget."""
    await actions.drop(tx, operator, limit_id, now=clock.now())
    return go("/operator/limits", Flash(gettext("Back to the usual budget.")))


HANDLERS: Final = (limits_page, set_limit, drop_limit)
