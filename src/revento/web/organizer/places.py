"""Locations and threads: the tree of places and the colours of the program."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.contract.v1.program import LocationKind
from revento.events.overview.models import Desk
from revento.events.program.models import Location
from revento.events.program.places import actions, queries
from revento.identity.proofs import Planner
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import LocationId, ThreadId
from revento.web.organizer.desk import show
from revento.web.shared import forms, words
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.text import THREADS
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
KINDS: Final = {"venue": N_("Venue"), "building": N_("Building"), "floor": N_("Floor"), "room": N_("Room")}


class LocationForm(msgspec.Struct):
    """The form of a location."""

    name: Annotated[str, msgspec.Meta(max_length=200)]
    kind: LocationKind
    id: str = ""
    parent_id: str = ""
    capacity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    accessibility: Annotated[str, msgspec.Meta(max_length=500)] = ""
    position: int = 0


class ThreadForm(msgspec.Struct):
    """The form of a thread."""

    title: Annotated[str, msgspec.Meta(max_length=200)]
    color: str
    id: str = ""
    description: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    position: int = 0


def tree(locations: list[Location]) -> list[tuple[Location, int]]:
    """The places in reading order, each with its depth."""
    children: dict[str | None, list[Location]] = {}
    for location in locations:
        children.setdefault(location.parent_id, []).append(location)
    found: list[tuple[Location, int]] = []
    waiting = [(location, 0) for location in reversed(children.get(None, []))]
    while waiting:
        location, depth = waiting.pop()
        found.append((location, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(location.id, []))]
    return found


@get("/events/{event_id:str}/program/places")
async def places_page(tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """The tree of locations, and the threads."""
    return await _page(tx, desk)


async def _page(
    tx: Tx,
    desk: Desk,
    *,
    status: int = 200,
    location: Form[LocationForm] | None = None,
    thread: Form[ThreadForm] | None = None,
) -> Response[str]:
    locations = await queries.list_locations(tx, desk.event_id)
    return show(
        "places.html",
        desk,
        status,
        places=tree(locations),
        parents=[(each.id, each.name) for each in locations if each.kind != "room"],
        threads=await queries.list_threads(tx, desk.event_id),
        kinds=words.pairs(KINDS),
        kind_words=words.translated(KINDS),
        colors=THREADS,
        location=location or Form[LocationForm](),
        thread=thread or Form[ThreadForm](),
        blank=Form[LocationForm](),
        opened=str((location or thread or Form[LocationForm]()).value("id")),
    )


@post("/events/{event_id:str}/program/locations", status_code=303)
async def put_location(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock]
) -> Response[Any]:
    """Add a location or change it."""
    form = await forms.read(request, LocationForm)
    if form.got is not None:
        got = msgspec.structs.asdict(form.got)
        ids = {name: LocationId(got.pop(name)) or None for name in ("id", "parent_id")}
        try:
            await actions.put_location(tx, planner, **ids, **got, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, status=422, location=form)
    return go(f"/organizer/events/{desk.event_id}/program/places", Flash(gettext("Saved.")))


@post("/events/{event_id:str}/program/threads", status_code=303)
async def put_thread(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock]
) -> Response[Any]:
    """Add a thread or change it."""
    form = await forms.read(request, ThreadForm)
    if form.got is not None:
        got = msgspec.structs.asdict(form.got)
        id = ThreadId(got.pop("id")) or None
        try:
            await actions.put_thread(tx, planner, id=id, **got, now=clock.now())
        except Refused as refused:
            forms.take(form, refused)
    if form.got is None:
        return await _page(tx, desk, status=422, thread=form)
    return go(f"/organizer/events/{desk.event_id}/program/places", Flash(gettext("Saved.")))


@post("/events/{event_id:str}/program/locations/{id:str}/drop", status_code=303)
async def drop_location(
    tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock], id: FromPath[str]
) -> Response[Any]:
    """Take a location away."""
    return await _drop(desk, actions.drop_location(tx, planner, LocationId(id), now=clock.now()))


@post("/events/{event_id:str}/program/threads/{id:str}/drop", status_code=303)
async def drop_thread(
    tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock], id: FromPath[str]
) -> Response[Any]:
    """Take a thread away."""
    return await _drop(desk, actions.drop_thread(tx, planner, ThreadId(id), now=clock.now()))


async def _drop(desk: Desk, deed: Any) -> Response[Any]:
    """Take it away, and say how it went. PostgreSQL may have refused, so nothing is asked of it afterwards."""
    target = f"/organizer/events/{desk.event_id}/program/places"
    try:
        await deed
    except Refused as refused:
        if refused.reason.status not in (409, 422):
            raise
        return go(target, Flash(gettext(refused.say), "bad"))
    return go(target, Flash(gettext("Removed.")))


HANDLERS: Final = (places_page, put_location, put_thread, drop_location, drop_thread)
