"""The sandbox of one's own: connecting, triggers, personas, time travel, reset."""

from collections import Counter
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.identity.act_as import actions as act_as
from revento.identity.sessions.models import SignedIn
from revento.integrations.catalogue.models import Developer
from revento.integrations.consoles import queries
from revento.integrations.consoles.models import Persona
from revento.integrations.credentials.models import Client
from revento.integrations.installations import queries as installations
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId
from revento.sandbox import actions as sandbox
from revento.sandbox import travel
from revento.sandbox.travel import Traveller
from revento.web.developer.desk import AnyRequest, Desk, show
from revento.web.developer.home import connect_address, own_sandbox
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash


class Trip(msgspec.Struct, frozen=True):
    """One button of time travel."""

    key: str
    icon: str
    title: str
    say: str


TRIPS: Final = (
    Trip("open_wave", "door-open", N_("Open the registration waves"), N_("People can apply from now on.")),
    Trip(
        "expire_tokens",
        "hourglass",
        N_("Let the access tokens expire"),
        N_("Your next request is answered token_expired; refresh and go on."),
    ),
    Trip(
        "archive",
        "archive",
        N_("Archive the event"),
        N_("The connection ends, a deletion duty opens. A reset brings the event back."),
    ),
)


@get("/integrations/{integration_id:str}/sandbox")
async def sandbox_page(tx: Given[Tx], desk: Given[Desk], person: Given[SignedIn]) -> Response[str]:
    """The convention and everything that can be made to happen in it."""
    own = await own_sandbox(tx, person)
    events = await queries.list_sandbox_events(tx, own.id, integration_id=desk.console.id) if own else []
    client = _client(desk)
    first = events[0] if events else None
    return show(
        "sandbox.html",
        desk,
        own=own,
        events=[(event, connect_address(client, event)) for event in events],
        personas=_a_few_of_each(await queries.list_personas(tx, first.id)) if first else ([], []),
        first=first,
        trips=[msgspec.structs.replace(each, title=gettext(each.title), say=gettext(each.say)) for each in TRIPS],
        topics=[(each.name, gettext(each.fires), _is_told(client, each.name)) for each in topics.ALL],
        has_sandbox=client.environment == "sandbox",
    )


def _a_few_of_each(personas: list[Persona]) -> tuple[list[Persona], list[Persona]]:
    """Three people in each status of an application, and the others."""
    seen = Counter[str]()
    few, others = list[Persona](), list[Persona]()
    for each in personas:
        seen[each.status] += 1
        (few if seen[each.status] <= 3 else others).append(each)
    return few, others


def _client(desk: Desk) -> Client:
    """The sandbox client; what there is, for an integration that has none."""
    return next((each for each in desk.clients if each.environment == "sandbox"), desk.client)


async def _board(request: AnyRequest, tx: Tx, desk: Desk, person: SignedIn, clock: Clock) -> Traveller:
    event_id = EventId(str((await request.form()).get("event_id", "")))
    client = _client(desk)
    return await travel.board(tx, person.user_id, event_id, desk.console.id, client.id, now=clock.now())


def _not_now(desk: Desk, refused: Refused) -> Response[Any]:
    """Says on the page what stands in the way of a deed now; any other refusal goes on."""
    if refused.reason.status != 409:
        raise refused
    return go(f"{desk.base}/sandbox", Flash(gettext(refused.say), "bad"))


@post("/integrations/{integration_id:str}/sandbox/trigger", status_code=303)
async def trigger(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    person: Given[SignedIn],
    clock: Given[Clock],
) -> Response[Any]:
    """Make a webhook of a type happen."""
    traveller = await _board(request, tx, desk, person, clock)
    topic = str((await request.form()).get("topic", ""))
    try:
        about = await travel.signal(traveller, topic)
    except Refused as refused:
        return _not_now(desk, refused)
    said = gettext("%(topic)s happened (%(about)s).") % {"topic": topic, "about": about}
    if silent := await _why_silent(traveller, topic, _client(desk)):
        return go(f"{desk.base}/sandbox", Flash(f"{said} {silent}", "warn"))
    return go(f"{desk.base}/sandbox", Flash(f"{said} {gettext('Its delivery shows in the log.')}"))


def _is_told(client: Client, topic: str) -> bool:
    """Whether the type reaches the client: a declared one, and the test that is sent by hand."""
    return topic == topics.WEBHOOK_TEST.name or topic in client.manifest.declared_webhook_event_types


async def _why_silent(traveller: Traveller, topic: str, client: Client) -> str | None:
    """Why the integration hears nothing of it; none when it does."""
    if await installations.find_active(traveller.tx, traveller.event_id, client.integration_id) is None:
        return gettext("Your integration hears nothing of it: connect it to the event first.")
    if not _is_told(client, topic):
        return gettext("Your integration hears nothing of it: its manifest does not declare the type.")
    return None


@post("/integrations/{integration_id:str}/sandbox/travel", status_code=303)
async def trip(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    person: Given[SignedIn],
    clock: Given[Clock],
) -> Response[Any]:
    """Travel in time: a wave opens, tokens expire, the event is archived."""
    traveller = await _board(request, tx, desk, person, clock)
    wanted = travel.TRIPS.get(str((await request.form()).get("trip", "")))
    if wanted is None:
        raise Refused(errors.NOT_FOUND)
    try:
        said = await wanted(traveller)
    except Refused as refused:
        return _not_now(desk, refused)
    return go(f"{desk.base}/sandbox", Flash(gettext(said)))


@post("/integrations/{integration_id:str}/sandbox/reset", status_code=303)
async def reset(
    tx: Given[Tx], desk: Given[Desk], developer: Given[Developer], person: Given[SignedIn], clock: Given[Clock]
) -> Response[Any]:
    """Make one's own convention as it was: the same ids, connections survive."""
    await sandbox.reset_for(tx, person.user_id, now=clock.now())
    return go(f"{desk.base}/sandbox", Flash(gettext("Made anew: the same ids, fresh contents.")))


@post("/integrations/{integration_id:str}/sandbox/play/{user_id:str}", status_code=303)
async def play(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    developer: Given[Developer],
    person: Given[SignedIn],
    clock: Given[Clock],
    user_id: FromPath[str],
) -> Response[Any]:
    """Sign in as an invented person of one's own sandbox event, for an hour."""
    traveller = await _board(request, tx, desk, person, clock)
    persona = UserId(user_id)
    if person.acted_by is not None or not await queries.list_personas(tx, traveller.event_id, user_id=persona):
        raise Refused(errors.NOT_FOUND)
    await act_as.play(tx, person.user_id, person.session_id, persona, now=clock.now())
    return go(f"/events/{traveller.event_id}", Flash(gettext("You see what this person sees."), "info"))


HANDLERS: Final = (sandbox_page, trigger, trip, reset, play)
