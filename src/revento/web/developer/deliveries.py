"""The delivery log and the dead letters: search, one delivery with every try, sending again, tests."""

import contextlib
import shlex
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.integrations.catalogue.models import Developer
from revento.integrations.consoles import queries as consoles
from revento.kernel import ids
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.developer.desk import PAGE, AnyRequest, Desk, show, typed
from revento.web.shared import visitor
from revento.web.shared.edge import Services
from revento.web.shared.pages import go
from revento.web.shared.states import N_, look
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash
from revento.webhooks import testing
from revento.webhooks.console import actions as details
from revento.webhooks.console import queries
from revento.webhooks.console.models import STATES, Detail, Endpoint, Entry, Search
from revento.webhooks.dead_letters import actions as dead_letters
from revento.webhooks.debugger import Finding

LIVE_EVERY_S: Final = 3
SENT_AT_ONCE: Final = 1000  # dead letters that one press of a button revives
OUTCOMES: Final = {
    "ok": N_("accepted"),
    "status": N_("refused"),
    "redirect": N_("answered with a redirect, which is never followed"),
    "gone": N_("answered 410 Gone"),
    "timeout": N_("no answer within 10 seconds"),
    "dns": N_("the host name cannot be found"),
    "connect": N_("the connection was refused"),
    "tls": N_("the certificate was not accepted"),
    "reset": N_("the connection broke off"),
    "refused": N_("we do not send to such an address"),
    "garbage": N_("the answer was not HTTP"),
    "secret": N_("our copy of the signing secret cannot be opened; nothing was sent"),
}


class Asked(msgspec.Struct, frozen=True):
    """The search of an address, and how it is written there."""

    search: Search
    text: dict[str, str]
    before: int | None

    def query(self, **more: Any) -> str:
        """The same as the end of an address."""
        return urlencode({key: value for key, value in (self.text | more).items() if value not in (None, "")})

    @property
    def first(self) -> str:
        """The end of the address of the log's first page, its question mark included."""
        query = self.query()
        return f"?{query}" if query else ""

    @property
    def here(self) -> str:
        """The end of the address of this very page of the log, its question mark included."""
        query = self.query(before=self.before)
        return f"?{query}" if query else ""


def asked(request: AnyRequest, desk: Desk, *, state: str | None = None) -> Asked:
    """What the filters say; what makes no sense is left out. `q` is an id of any kind."""
    text = {name: typed(request, name) or "" for name in ("q", "topic", "state", "event", "since", "until")}
    text["env"] = desk.client.environment if desk.env else ""
    return Asked(_search(text, state), text, _place(typed(request, "before") or ""))


def _search(text: dict[str, str], state: str | None) -> Search:
    q, until = text["q"], _day(text["until"])
    named = ids.has_prefix(q, "evt_delivery")
    return Search(
        topic=text["topic"] if text["topic"] in topics.BY_NAME else None,
        state=state or (text["state"] if text["state"] in STATES else None),
        event_id=text["event"] or None,
        resource_id=q if q and uuid_of(q) is None and not named else None,
        message_id=q if named else None,
        since=_day(text["since"]),
        until=until + timedelta(days=1) if until else None,
    )


def _place(before: str) -> int | None:
    return int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None


def _day(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return None


def uuid_of(text: str) -> UUID | None:
    """The UUID that a text is; `None` when it is none."""
    with contextlib.suppress(ValueError):
        return UUID(text)
    return None


async def endpoints_of(tx: Tx, desk: Desk, event_id: str | None = None) -> list[Endpoint]:
    """The receivers of the client, or only those of one event."""
    return await queries.list_endpoints(tx, client_ids=[desk.client.id], event_id=event_id)


async def found(tx: Tx, desk: Desk, wanted: Asked, *, limit: int) -> list[Entry]:
    """The deliveries that answer the search. A UUID is a delivery's own id, or the id of the request that caused it."""
    nos = [each.no for each in await endpoints_of(tx, desk, wanted.search.event_id)]
    before = wanted.before if wanted.before is not None else queries.HIGHEST
    id = uuid_of(wanted.text["q"])
    if id is None:
        return await queries.page(tx, nos, wanted.search, before=before, limit=limit)
    one = await queries.find(tx, nos, id)
    if one is not None:
        return [one]
    search = msgspec.structs.replace(wanted.search, request_id=str(id))
    return await queries.page(tx, nos, search, before=before, limit=limit)


@get("/integrations/{integration_id:str}/deliveries")
async def deliveries_page(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], provided: Given[Services]
) -> Response[str]:
    """The log, the newest first, with the newest open on wide screens; `?live=1` asks for it again and again."""
    return await _log(tx, desk, provided, asked(request, desk), live=bool(typed(request, "live")))


@get("/integrations/{integration_id:str}/deliveries/{delivery_id:str}")
async def delivery_page(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], provided: Given[Services], delivery_id: FromPath[str]
) -> Response[str]:
    """One delivery beside the log that it was opened from: what was sent each time and what came back."""
    return await opened(tx, desk, provided, asked(request, desk), delivery_id)


async def opened(
    tx: Tx,
    desk: Desk,
    provided: Services,
    wanted: Asked,
    delivery_id: str,
    *,
    finding: Finding | None = None,
    case: dict[str, str] | None = None,
) -> Response[str]:
    """The page of one delivery, also as the answer to the signature debugger. Raises `NOT_FOUND`."""
    id = uuid_of(delivery_id)
    if id is None:
        raise Refused(errors.NOT_FOUND)
    return await _log(tx, desk, provided, wanted, id, finding=finding, case=case or {})


async def _log(
    tx: Tx, desk: Desk, provided: Services, wanted: Asked, id: UUID | None = None, *, live: bool = False, **more: Any
) -> Response[str]:
    rows = await found(tx, desk, wanted, limit=PAGE + 1)
    names: dict[str, str] = dict(await consoles.list_event_names(tx, desk.console.id, desk.client.id))
    shown = id or (rows[0].id if rows and not visitor.current().partial else None)
    none: dict[str, Any] = {"detail": None}
    detail = await _detail(tx, desk, provided, shown, names, **more) if shown else none
    if id and detail["detail"] is None:
        raise Refused(errors.NOT_FOUND)
    return show(
        "deliveries.html",
        desk,
        part="deliveries_rows.html",
        rows=rows[:PAGE],
        older=f"?{wanted.query(before=rows[PAGE - 1].no)}" if len(rows) > PAGE else None,
        names=names,
        asked=wanted,
        filtered=any(wanted.text[name] for name in ("q", "topic", "state", "event", "since", "until")),
        live=live,
        every=LIVE_EVERY_S,
        topic_options=[(name, name) for name in topics.BY_NAME],
        states=[(state, state_words(state)) for state in STATES],
        here_url=f"{desk.base}/deliveries",
        chosen=id is not None,
        **detail,
    )


def state_words(state: str) -> str:
    """A state of a delivery in words."""
    return look({"ready": "waiting", "waiting": "retrying"}.get(state, state)).words


async def _detail(
    tx: Tx,
    desk: Desk,
    provided: Services,
    id: UUID,
    names: dict[str, str],
    *,
    finding: Finding | None = None,
    case: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What the page shows of one delivery; its `detail` is `None` when it is none of this client's."""
    endpoints = await endpoints_of(tx, desk)
    detail = await details.detail(tx, provided.box, [each.no for each in endpoints], id)
    if detail is None:
        return {"detail": None}
    body = detail.message.body if detail.message else b""
    sent_to = next((each.url for each in endpoints if each.no == detail.entry.endpoint_no), None)
    return {
        "detail": detail,
        "entry": detail.entry,
        "event_name": names.get(detail.entry.event_id or ""),
        "pretty": _pretty(body),
        "raw": body.decode("utf-8", "replace"),
        "attempts": list(reversed(detail.attempts)),
        "sent_to": sent_to,
        "curl": _curl(sent_to, detail, body),
        "outcomes": {key: gettext(said) for key, said in OUTCOMES.items()},
        "finding": finding,
        "found_say": gettext(finding.say) if finding else "",
        "case": case or {},
    }


def _curl(url: str | None, detail: Detail, body: bytes) -> str | None:
    """The latest attempt as a line for a shell; its signature is as old as it is."""
    if url is None or not body or not detail.attempts:
        return None
    said = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in detail.attempts[-1].headers.items()]
    data = f"--data-binary {shlex.quote(body.decode('utf-8', 'replace'))}"
    return " \\\n  ".join([f"curl -i {shlex.quote(url)}", *said, data])


def _pretty(body: bytes) -> str:
    try:
        return msgspec.json.format(body, indent=2).decode()
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")


@post("/integrations/{integration_id:str}/deliveries/{delivery_id:str}/resend", status_code=303)
async def resend(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], delivery_id: FromPath[str]
) -> Response[Any]:
    """Send one again, under the same delivery id."""
    id, nos = uuid_of(delivery_id), [each.no for each in await endpoints_of(tx, desk)]
    sent = await dead_letters.resend(tx, nos, [id]) if id else 0
    said = gettext("On its way again, under the same delivery id.") if sent else gettext("It cannot be sent now.")
    where = f"{desk.base}/deliveries/{delivery_id}{asked(request, desk).here}"
    return go(where, Flash(said, "ok" if sent else "bad"))


@post("/integrations/{integration_id:str}/deliveries/test", status_code=303)
async def send_test(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], clock: Given[Clock]
) -> Response[Any]:
    """Send a `webhook.test` the real way: to one event's connection, or to the client itself."""
    form = await request.form()
    no, message = str(form.get("endpoint", "")), str(form.get("message", "")).strip() or "Hello from Revento"
    endpoints = await endpoints_of(tx, desk)
    chosen = next((each for each in endpoints if str(each.no) == no), None)
    await testing.send(tx, desk.client.id, chosen, message, now=clock.now())
    return go(desk.at("/deliveries"), Flash(gettext("A test is on its way; it shows here within a second.")))


@get("/integrations/{integration_id:str}/dead-letters")
async def dead_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """What the ladder gave up on."""
    wanted = asked(request, desk, state="dead")
    rows = await found(tx, desk, wanted, limit=PAGE + 1)
    names = dict(await consoles.list_event_names(tx, desk.console.id, desk.client.id))
    return show(
        "dead_letters.html",
        desk,
        rows=rows[:PAGE],
        older=f"?{wanted.query(before=rows[PAGE - 1].no)}" if len(rows) > PAGE else None,
        names=names,
        asked=wanted,
        resend_at=f"{desk.base}/dead-letters/resend{wanted.first}",
        filtered=any(wanted.text[name] for name in ("q", "topic", "event", "since", "until")),
        topic_options=[(name, name) for name in topics.BY_NAME],
    )


@post("/integrations/{integration_id:str}/dead-letters/resend", status_code=303)
async def resend_some(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], developer: Given[Developer]
) -> Response[Any]:
    """Send the chosen dead letters again, or all that answer the search of the address."""
    form = await request.form()
    ids = [id for each in form.getall("ids", []) if (id := uuid_of(str(each)))]
    if form.get("all"):
        ids = [row.id for row in await found(tx, desk, asked(request, desk, state="dead"), limit=SENT_AT_ONCE)]
    sent = await dead_letters.resend(tx, [each.no for each in await endpoints_of(tx, desk)], ids)
    said = ngettext("%(n)d delivery is on its way again.", "%(n)d deliveries are on their way again.", sent)
    return go(desk.at("/dead-letters"), Flash(said % {"n": sent}, "ok" if sent else "warn"))


HANDLERS: Final = (deliveries_page, send_test, delivery_page, resend, dead_page, resend_some)
