"""Bulk replays with their progress, pausing and resuming receivers, and the signature debugger."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.integrations.catalogue.models import Developer
from revento.integrations.consoles import queries as consoles
from revento.integrations.installations import queries as installations
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.secrets import CannotOpen
from revento.web.developer import deliveries
from revento.web.developer.desk import AnyRequest, Desk, show
from revento.web.shared import forms
from revento.web.shared.edge import Services
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash
from revento.webhooks import debugger, signing
from revento.webhooks.console import actions as details
from revento.webhooks.console import queries as log
from revento.webhooks.console.models import Detail
from revento.webhooks.debugger import Case, Known
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.replays import actions, queries
from revento.webhooks.replays.models import Wish

SPANS: Final = {"1": timedelta(hours=1), "24": timedelta(days=1), "168": timedelta(days=7), "720": timedelta(days=30)}


class Ordered(msgspec.Struct):
    """What to send again: which, of how long or between which moments (UTC), of which event, how fast.

    `before`: what happened before the event was connected, which was never sent.
    """

    hours: str = "24"
    since: datetime | None = None
    until: datetime | None = None
    state: Literal["dead", "delivered", "all", "before"] = "dead"
    topic: str = ""
    installation_id: str = ""
    rate_per_s: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20


@get("/integrations/{integration_id:str}/replays")
async def replays_page(tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """Running and finished replays; asked again every few seconds while one runs."""
    return await _page(tx, desk, Form())


async def _page(tx: Tx, desk: Desk, form: Form[Ordered], *, status: int = 200) -> Response[str]:
    found = await queries.list_by_client(tx, [desk.client.id])
    names = dict(await consoles.list_event_names(tx, desk.console.id, desk.client.id))
    connected = await installations.list_by_client(tx, desk.client.id)
    return show(
        "replays.html",
        desk,
        status,
        part="replays_rows.html",
        replays=found,
        running=any(each.state == "running" for each in found),
        topic_options=[(name, name) for name in topics.BY_NAME],
        places=[(each.id, names.get(each.event_id, "")) for each in connected],
        form=form,
    )


@post("/integrations/{integration_id:str}/replays", status_code=303)
async def order(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock]
) -> Response[Any]:
    """Order a replay: behind live traffic, under new delivery ids, marked as replay."""
    form = await forms.read(request, Ordered)
    if form.got is not None:
        try:
            await _order(tx, desk, developer, form.got, clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, form, status=422)
    return go(desk.at("/replays"), Flash(gettext("Ordered. It begins within a second.")))


async def _order(tx: Tx, desk: Desk, developer: Developer, got: Ordered, now: datetime) -> None:
    by, place = developer.user_id, got.installation_id or None
    if place and place not in {each.id for each in await installations.list_by_client(tx, desk.client.id)}:
        raise Refused(errors.NOT_FOUND)
    since = got.since.replace(tzinfo=UTC) if got.since else now - SPANS.get(got.hours, SPANS["24"])
    if got.state == "before":
        if place is None:
            raise Refused(errors.INVALID_INPUT, fields={"installation_id": N_("Choose the event.")})
        await actions.backfill(tx, place, since=since, by=by, now=now, rate_per_s=got.rate_per_s)
        return
    wish = Wish(
        since=since,
        until=got.until.replace(tzinfo=UTC) if got.until else now,
        topics=[got.topic] if got.topic else [],
        states=["dead", "delivered"] if got.state == "all" else [got.state],
        rate_per_s=got.rate_per_s,
    )
    await actions.order(tx, desk.client.id, wish, by=by, now=now, installation_id=place)


@post("/integrations/{integration_id:str}/replays/{replay_id:str}/cancel", status_code=303)
async def cancel(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock], replay_id: FromPath[str]
) -> Response[Any]:
    """Stop a replay; what is queued already still goes out."""
    stopped = await actions.cancel(tx, [desk.client.id], replay_id, now=clock.now())
    said = gettext("Stopped.") if stopped else gettext("It was over already.")
    return go(desk.at("/replays"), Flash(said, "ok" if stopped else "warn"))


@post("/integrations/{integration_id:str}/endpoints/{endpoint_no:str}/{step:str}", status_code=303)
async def turn(
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    endpoint_no: FromPath[str],
    step: FromPath[str],
) -> Response[Any]:
    """Pause or resume one receiver by hand. Messages of a paused one are kept."""
    own = {str(each.no): each.no for each in await deliveries.endpoints_of(tx, desk)}
    no = own.get(endpoint_no)
    if no is None or step not in ("pause", "resume"):
        raise Refused(errors.NOT_FOUND)
    if step == "pause":
        done = await endpoints.pause(tx, no, now=clock.now())
    else:
        done = await endpoints.resume(tx, no)
    said = gettext("Paused. Messages collect.") if step == "pause" else gettext("Resumed, oldest first.")
    return go(desk.at("/installations"), Flash(said if done else gettext("Nothing changed."), "ok" if done else "warn"))


@post("/integrations/{integration_id:str}/deliveries/{delivery_id:str}/debug", status_code=200)
async def debug(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    clock: Given[Clock],
    provided: Given[Services],
    delivery_id: FromPath[str],
) -> Response[str]:
    """Say which of the usual mistakes explains a signature. Nothing that is pasted is stored."""
    form = await request.form()
    seen = {name: str(form.get(name, "")) for name in ("body", "signature", "timestamp")}
    finding = await _diagnose(tx, desk, provided, delivery_id, seen, clock)
    wanted = deliveries.asked(request, desk)
    return await deliveries.opened(tx, desk, provided, wanted, delivery_id, finding=finding, case=seen)


async def _diagnose(
    tx: Tx, desk: Desk, provided: Services, delivery_id: str, seen: dict[str, str], clock: Clock
) -> debugger.Finding | None:
    nos = [each.no for each in await deliveries.endpoints_of(tx, desk)]
    id = deliveries.uuid_of(delivery_id)
    detail = await details.detail(tx, provided.box, nos, id) if id else None
    known = await _secrets(tx, desk, provided, clock)
    if detail is None or known is None:
        return None
    case = _case(detail, seen, delivery_id)
    sent = {str(each.tried.timestamp_s): each.tried.at for each in detail.attempts}
    return debugger.diagnose(case, known, now=sent.get(case.timestamp, clock.now()))


def _case(detail: Detail, seen: dict[str, str], delivery_id: str) -> Case:
    """What was pasted, completed by what the last try sent."""
    timestamp, signature = "", ""
    if detail.attempts:
        last = detail.attempts[-1]
        timestamp, signature = str(last.tried.timestamp_s), last.headers.get("X-Revento-Signature", "")
    return Case(
        body=seen["body"].replace("\r\n", "\n").encode(),
        timestamp=seen["timestamp"].strip() or timestamp,
        signature=seen["signature"].strip() or signature,
        delivery_id=delivery_id,
        original=detail.message.body if detail.message else None,
        tries=[each.tried.timestamp_s for each in detail.attempts],
    )


async def _secrets(tx: Tx, desk: Desk, provided: Services, clock: Clock) -> Known | None:
    now = clock.now()
    live: list[str] = []
    ended: list[str] = []
    for each in await log.list_secrets(tx, desk.client.id):
        try:
            secret = signing.unseal(provided.box, each.id, each.sealed)
        except CannotOpen:
            continue
        (live if each.over_at is None or each.over_at > now else ended).append(secret)
    if not live:
        return None
    others = [client for client in desk.clients if client.id != desk.client.id]
    foreign = [
        signing.unseal(provided.box, each.id, each.sealed)
        for client in others
        for each in await log.list_secrets(tx, client.id)
    ]
    return Known(current=live[0], previous=live[1] if len(live) > 1 else None, ended=ended, others=foreign)


HANDLERS: Final = (replays_page, order, cancel, turn, debug)
