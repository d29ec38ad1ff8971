"""Watching over the platform: health, abuse with a suggested action, deprecations."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

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
from revento.integrations.operations import queries
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.jobs import queries as queue
from revento.web.operator.desk import AnyRequest, Desk, show
from revento.web.shared import forms
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash
from revento.webhooks.figures import queries as figures
from revento.webhooks.sharing import queries as sharing

DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
TROUBLED_MOST: Final = 50


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
        troubled=await figures.list_troubled(tx, limit=TROUBLED_MOST),
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
    words = ngettext("Announced; %(n)d team is told.", "Announced; %(n)d teams are told.", told)
    return go("/operator/deprecations", Flash(words % {"n": told}))


@post("/deprecations/{deprecation_id:str}/withdraw", status_code=303)
async def withdraw(
    tx: Given[Tx], operator: Given[Operator], clock: Given[Clock], deprecation_id: FromPath[str]
) -> Response[Any]:
    """Take an announcement back."""
    await deprecations.withdraw(tx, operator, deprecation_id, now=clock.now())
    return go("/operator/deprecations", Flash(gettext("Taken back.")))


HANDLERS: Final = (
    *(health_page, abuse_page),
    *(deprecations_page, announce, withdraw),
)
