"""An integration at a glance: what needs its people, how healthy it is, which of its scopes it uses."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.access.hours import actions as hours
from revento.access.hours import queries as hour_rows
from revento.integrations.consoles import queries
from revento.integrations.credentials import queries as credentials
from revento.integrations.deprecations import queries as deprecations
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.oauth.audit import queries as tokens
from revento.web.developer.deliveries import Asked, endpoints_of, found
from revento.web.developer.desk import Desk, show
from revento.web.shared.text import ago, day
from revento.web.shared.translate import gettext, ngettext
from revento.webhooks.console.models import Search
from revento.webhooks.figures import actions as figures
from revento.webhooks.figures import queries as figure_rows
from revento.webhooks.figures.models import Quality, Span

MONTH: Final = timedelta(days=30)


class Need(msgspec.Struct, frozen=True):
    """One line of "Needs you"."""

    icon: str
    tone: str
    href: str
    title: str
    say: str
    way_on: str


class Health(msgspec.Struct, frozen=True):
    """Deliveries over a day and a week, hour by hour, and what is outstanding."""

    day: Quality
    week: Quality
    bars: list[tuple[int, bool]]
    waiting: int
    dead: int
    oldest_due: datetime | None


@get("/integrations/{integration_id:str}")
async def overview(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """The integration at a glance."""
    now = clock.now()
    api = await hours.figures(tx, desk.console.id, client_id=desk.client.id, now=now)
    used = {each.scope: each for each in await hour_rows.list_scopes(tx, desk.console.id, since=now - MONTH)}
    going = await deprecations.list_of_integration(tx, desk.console.id, since=now - MONTH)
    health = await figures_of(tx, desk, now)
    return show(
        "overview.html",
        desk,
        health=health,
        receivers=await endpoints_of(tx, desk),
        names=dict(await queries.list_event_names(tx, desk.console.id, desk.client.id)),
        latest=await found(tx, desk, Asked(Search(), {"q": ""}, None), limit=5),
        refused=await tokens.page_by_integration(
            tx, desk.console.id, action="token.refused", environment=desk.client.environment, limit=5
        ),
        needs=await _needs(tx, desk, going, now),
        figures=api,
        used=[(name, name in desk.client.manifest.scopes.required, used.get(name)) for name in _declared(desk)],
        going=going,
        secrets=await credentials.list_secrets(tx, desk.client.id),
    )


async def figures_of(tx: Tx, desk: Desk, now: datetime) -> Health:
    """The deliveries of all of a client's receivers, added up."""
    nos = [each.no for each in await endpoints_of(tx, desk)]
    each = list((await figures.of(tx, nos, now=now)).values())
    spans = [await spans_of(tx, nos, since=now - timedelta(days=days)) for days in (1, 7)]
    hours = [(sum(one.hours[n][0] for one in each), sum(one.hours[n][1] for one in each)) for n in range(24)]
    due = [one.oldest_due for one in each if one.oldest_due]
    return Health(
        day=spans[0],
        week=spans[1],
        bars=[(good + bad, bad > 0) for good, bad in hours],
        waiting=sum(one.waiting for one in each),
        dead=sum(one.dead for one in each),
        oldest_due=min(due) if due else None,
    )


async def spans_of(tx: Tx, nos: list[int], *, since: datetime) -> Quality:
    """How the tries of these receivers went since the beginning of that hour."""
    found = await figure_rows.list_spans(tx, nos, since=since.replace(minute=0, second=0, microsecond=0))
    latency = [sum(counts) for counts in zip(*(one.latency for one in found if one.latency), strict=True)]
    total = Span(0, sum(one.succeeded for one in found), sum(one.failed for one in found), latency)
    return figures.quality(total)


def _declared(desk: Desk) -> list[str]:
    return desk.client.manifest.declared_scopes


async def _needs(tx: Tx, desk: Desk, going: list[Any], now: datetime) -> list[Need]:
    needs: list[Need] = []
    console = desk.console
    if console.state == "suspended":
        said = console.suspension_reason or ""
        href = f"{desk.base}/submission"
        needs.append(Need("ban", "bad", href, gettext("Suspended by the operator"), said, gettext("See details")))
    if console.state == "approved":
        say = gettext("Make the production credentials and publish it.")
        href = f"{desk.base}/submission"
        needs.append(Need("store", "", href, gettext("Approved for the catalogue"), say, gettext("Go on")))
    if console.dead:
        title = ngettext("%(n)d dead letter", "%(n)d dead letters", console.dead) % {"n": console.dead}
        say = gettext("Every try failed. They are kept for 30 days; send them again once your endpoint works.")
        href = desk.at("/dead-letters")
        needs.append(Need("circle-x", "bad", href, title, say, gettext("Look")))
    deadline = await queries.nearest_deadline(tx, console.id) if console.duties else None
    if deadline is not None:
        title = ngettext("%(n)d deletion to confirm", "%(n)d deletions to confirm", console.duties)
        say = gettext("The nearest deadline is %(when)s.") % {"when": ago(deadline)}
        tone, href = "bad" if deadline < now else "warn", f"{desk.base}/deletions"
        needs.append(Need("eraser", tone, href, title % {"n": console.duties}, say, gettext("Confirm")))
    for each in going:
        say = gettext("It goes away on %(day)s and you still call it.") % {"day": day(each.sunset_at, "d MMMM y")}
        needs.append(Need("megaphone", "warn", each.link, each.title, say, gettext("Read")))
    return sorted(needs, key=lambda need: ("bad", "warn", "").index(need.tone))


HANDLERS: Final = (overview,)
