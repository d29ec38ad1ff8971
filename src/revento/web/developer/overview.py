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
from revento.integrations.submissions import queries as submissions
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.oauth.audit import queries as tokens
from revento.web.developer.deliveries import Asked, endpoints_of, found
from revento.web.developer.desk import Desk, show
from revento.web.shared.text import ago, day
from revento.web.shared.translate import gettext, ngettext
from revento.webhooks.console.models import Search
from revento.webhooks.figures import actions as figures

MONTH: Final = timedelta(days=30)


class Need(msgspec.Struct, frozen=True):
    """One line of "Needs you"."""

    icon: str
    tone: str
    href: str
    title: str
    say: str
    way_on: str


@get("/integrations/{integration_id:str}")
async def overview(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """The integration at a glance."""
    now = clock.now()
    api = await hours.figures(tx, desk.console.id, client_id=desk.client.id, now=now)
    scopes = await hour_rows.list_scopes(tx, desk.console.id, _declared(desk), since=now - MONTH)
    used = {each.scope: each for each in scopes}
    going = await deprecations.list_of_integration(tx, desk.console.id, since=now - MONTH)
    receivers = await endpoints_of(tx, desk)
    health = await figures.of(tx, [each.no for each in receivers], now=now)
    return show(
        "overview.html",
        desk,
        health=health,
        by_hour=[(good + bad, bad > 0) for good, bad in health.hours],
        receivers=receivers,
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


def _declared(desk: Desk) -> list[str]:
    return desk.client.manifest.declared_scopes


async def _needs(tx: Tx, desk: Desk, going: list[Any], now: datetime) -> list[Need]:
    console = desk.console
    needs = await _catalogue_needs(tx, desk)
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


async def _catalogue_needs(tx: Tx, desk: Desk) -> list[Need]:
    needs: list[Need] = []
    console, href = desk.console, f"{desk.base}/submission"
    if console.state == "suspended":
        said = console.suspension_reason or ""
        needs.append(Need("ban", "bad", href, gettext("Suspended by the operator"), said, gettext("See details")))
    if console.state == "approved":
        say = gettext("Make the production credentials and publish it.")
        needs.append(Need("store", "", href, gettext("Approved for the catalogue"), say, gettext("Go on")))
    if await submissions.is_sent_back(tx, console.id):
        title, say = gettext("The reviewer asks for changes"), gettext("See what was found, and submit it again.")
        needs.append(Need("pen-line", "warn", href, title, say, gettext("Look")))
    return needs


HANDLERS: Final = (overview,)
