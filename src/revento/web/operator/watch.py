"""Watching over the platform: health, abuse with a suggested action, limits, deprecations."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.access.hours import queries as hours
from revento.contract import endpoints as table
from revento.contract.errors import Refused
from revento.identity.proofs import Operator
from revento.integrations.deprecations import actions as deprecations
from revento.integrations.deprecations import queries as announced
from revento.integrations.deprecations import rules
from revento.integrations.deprecations.models import Announcement
from revento.integrations.examinations import queries as examinations
from revento.integrations.limits import actions as limits
from revento.integrations.limits import queries as limit_rows
from revento.integrations.limits.models import Wanted
from revento.integrations.operations import queries
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId, IntegrationId
from revento.kernel.jobs import queries as queue
from revento.web.operator.desk import AnyRequest, Desk, show, typed
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash
from revento.webhooks.figures import queries as figures
from revento.webhooks.sharing import queries as sharing

DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]


class Raised(msgspec.Struct):
    """A budget to set."""

    integration_id: str
    kind: str
    per_hour: Count
    per_minute: Count
    in_flight: Count
    reason: Annotated[str, msgspec.Meta(max_length=500)]
    installation_id: str = ""


class Gone(msgspec.Struct):
    """What goes away, and when."""

    title: str
    description: str
    version: str
    link: str
    sunset: date
    path: str = ""


@get("/health")
async def health_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """The webhook engine, the processes that work in the background, and the API at a glance."""
    rows = await hours.list_by_endpoint(tx, since=clock.now() - DAY)
    slowest = sorted(rows, key=lambda row: -(row.p95_ms or 0))
    return show(
        "health.html",
        desk,
        engine=await figures.engine(tx),
        dispatchers=await sharing.list_all(tx),
        jobs=await queue.sight(tx),
        endpoints=slowest,
    )


@get("/abuse")
async def abuse_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """Who is refused again and again, who owes deletions, whose endpoint accepts forgeries."""
    now = clock.now()
    return show(
        "abuse.html",
        desk,
        offenders=await hours.list_offenders(tx, since=now - DAY),
        overdue=await queries.list_overdue(tx, now=now),
        lenient=await examinations.list_lenient(tx, since=now - MONTH),
    )


@get("/limits")
async def limits_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Budgets other than the usual ones."""
    return await _limits(tx, desk, Form({"integration_id": typed(request, "integration") or ""}))


async def _limits(tx: Tx, desk: Desk, form: Form[Raised], *, status: int = 200) -> Response[str]:
    return show("limits.html", desk, status, rows=await limit_rows.list_limits(tx), form=form)


@post("/limits", status_code=303)
async def set_limit(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], operator: Given[Operator], clock: Given[Clock]
) -> Response[Any]:
    """Set a budget; it counts with the next request."""
    form = await forms.read(request, Raised)
    if form.got is not None:
        got = form.got
        wanted = Wanted(
            IntegrationId(got.integration_id),
            InstallationId(got.installation_id) if got.installation_id else None,
            "user" if got.kind == "user" else "installation",
            got.per_hour,
            got.per_minute,
            got.in_flight,
            got.reason,
        )
        try:
            await limits.put(tx, operator, wanted, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _limits(tx, desk, form, status=422)
    return go("/operator/limits", Flash(gettext("Set. It counts from the next request on.")))


@post("/limits/{limit_id:str}/drop", status_code=303)
async def drop_limit(
    tx: Given[Tx], operator: Given[Operator], clock: Given[Clock], limit_id: FromPath[str]
) -> Response[Any]:
    """Back to the usual budget."""
    await limits.drop(tx, operator, limit_id, now=clock.now())
    return go("/operator/limits", Flash(gettext("Back to the usual budget.")))


@get("/deprecations")
async def deprecations_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """What goes away, and who still calls it."""
    return await _deprecations(tx, desk, clock, Form())


async def _deprecations(tx: Tx, desk: Desk, clock: Clock, form: Form[Gone], *, status: int = 200) -> Response[str]:
    now = clock.now()
    return show(
        "deprecations.html",
        desk,
        status,
        rows=await announced.list_all(tx),
        callers=await announced.list_callers(tx, since=now - MONTH),
        endpoints=[(each.template, each.template) for each in table.ALL],
        earliest=(rules.earliest_sunset(now) + DAY).date().isoformat(),
        form=form,
    )


@post("/deprecations", status_code=303)
async def announce(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    operator: Given[Operator],
    clock: Given[Clock],
    settings: Given[Settings],
) -> Response[Any]:
    """Announce that something goes away; teams that call it get a mail."""
    form, told = await forms.read(request, Gone), 0
    if form.got is not None:
        got = form.got
        at = datetime(got.sunset.year, got.sunset.month, got.sunset.day, tzinfo=UTC)
        said = Announcement(got.title, got.description, got.version, got.path or None, got.link, at)
        try:
            _, told = await deprecations.announce(tx, operator, said, base_url=settings.base_url, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
            if "sunset_at" in form.errors:
                form.errors["sunset"] = form.errors.pop("sunset_at")
    if form.got is None:
        return await _deprecations(tx, desk, clock, form, status=422)
    return go("/operator/deprecations", Flash(gettext("Announced; %(n)d teams are told.") % {"n": told}))


@post("/deprecations/{deprecation_id:str}/withdraw", status_code=303)
async def withdraw(
    tx: Given[Tx], operator: Given[Operator], clock: Given[Clock], deprecation_id: FromPath[str]
) -> Response[Any]:
    """Take an announcement back."""
    await deprecations.withdraw(tx, operator, deprecation_id, now=clock.now())
    return go("/operator/deprecations", Flash(gettext("Taken back.")))


HANDLERS: Final = (
    *(health_page, abuse_page, limits_page, set_limit, drop_limit),
    *(deprecations_page, announce, withdraw),
)
