"""One activity: adding, changing, publishing, cancelling it."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.v1.event import MinAge
from revento.events.overview.models import Desk
from revento.events.program import actions, queries, rules
from revento.events.program.models import Activity, ActivityFacts, Host
from revento.events.program.places import queries as places
from revento.identity.proofs import Planner
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, LocationId, ThreadId
from revento.web.organizer.desk import show
from revento.web.shared import forms, words
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.text import local_input
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]


class ActivityForm(msgspec.Struct):
    """What the form posts; times are in the event's zone, hosts one a line."""

    title: Annotated[str, msgspec.Meta(max_length=200)]
    starts_at: datetime
    ends_at: datetime
    description: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    thread_id: str = ""
    location_id: str = ""
    min_age: MinAge = "age_all"
    language: Annotated[str, msgspec.Meta(max_length=60)] = ""
    capacity: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    signups_open: bool = False
    hosts: str = ""
    version: int = 0
    publish: bool = False

    def facts(self, zone: str, before: Activity | None) -> ActivityFacts:
        """The same as the domain wants it; hosts that were participants stay so."""
        there = ZoneInfo(zone)
        known = {host.display_name: host.participant_id for host in before.hosts} if before else {}
        names = [line.strip() for line in self.hosts.splitlines() if line.strip()]
        return ActivityFacts(
            title=self.title,
            description=self.description,
            thread_id=ThreadId(self.thread_id) if self.thread_id else None,
            location_id=LocationId(self.location_id) if self.location_id else None,
            starts_at=self.starts_at.replace(tzinfo=there),
            ends_at=self.ends_at.replace(tzinfo=there),
            min_age=self.min_age,
            language=self.language or None,
            capacity=self.capacity,
            signups_open=self.signups_open,
            hosts=tuple(Host(name, known.get(name)) for name in names),
        )


def _starts(activity: Activity, zone: str) -> dict[str, Any]:
    """What the form of a known activity starts with."""
    plain = ("title", "description", "thread_id", "location_id", "min_age", "language", "capacity", "version")
    return {name: getattr(activity, name) for name in plain} | {
        "starts_at": local_input(activity.starts_at, zone),
        "ends_at": local_input(activity.ends_at, zone),
        "signups_open": "1" if activity.signups_open else "",
        "hosts": "\n".join(host.display_name for host in activity.hosts),
    }


async def _context(tx: Tx, desk: Desk, activity: Activity | None) -> dict[str, Any]:
    """What the form needs around it, asked before anything may fail."""
    bookings = await queries.list_bookings(tx, desk.event_id) if activity else []
    known = {each.id: each for each in bookings}
    clashing = rules.clashes(bookings).get(activity.id, []) if activity else []
    return {
        "activity": activity,
        "threads": [(thread.id, thread.title) for thread in await places.list_threads(tx, desk.event_id)],
        "locations": [(place.id, place.name) for place in await places.list_locations(tx, desk.event_id)],
        "ages": words.pairs(words.AGES),
        "clashes": [known[ActivityId(id)] for id in clashing],
        "capacity_state": rules.capacity_state(activity) if activity else None,
    }


async def _known(tx: Tx, desk: Desk, id: str) -> Activity:
    activity = await queries.find_activity(tx, desk.event_id, ActivityId(id))
    if activity is None:
        raise Refused(errors.NOT_FOUND)
    return activity


@get("/events/{event_id:str}/activities/new")
async def new_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk], planner: Given[Planner]) -> Response[str]:
    """The form of a new activity, on the day it was asked from."""
    zone = ZoneInfo(desk.time_zone)
    start = desk.starts_at.astimezone(zone).replace(hour=10, minute=0)
    asked = request.query_params.get("day", "")
    if len(asked) == len("2026-12-05") and asked.replace("-", "").isdecimal():
        on = date.fromisoformat(asked)
        start = start.replace(year=on.year, month=on.month, day=on.day)
    ends = start + timedelta(hours=1)
    first = {"starts_at": local_input(start, desk.time_zone), "ends_at": local_input(ends, desk.time_zone)}
    form = Form[ActivityForm](first | {"signups_open": "1"})
    return show("activity.html", desk, form=form, **await _context(tx, desk, None))


@get("/events/{event_id:str}/activities/{activity_id:str}")
async def activity_page(tx: Given[Tx], desk: Given[Desk], activity_id: FromPath[str]) -> Response[str]:
    """One activity, to read or to change."""
    activity = await _known(tx, desk, activity_id)
    form = Form[ActivityForm](_starts(activity, desk.time_zone))
    return show("activity.html", desk, form=form, **await _context(tx, desk, activity))


@post("/events/{event_id:str}/activities", status_code=303)
async def create(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock]
) -> Response[Any]:
    """Add an activity, as a draft or for everybody."""
    form, context = await forms.read(request, ActivityForm), await _context(tx, desk, None)
    if got := form.got:
        try:
            facts = got.facts(desk.time_zone, None)
            made = await actions.create_activity(tx, planner, facts, publish=got.publish, now=clock.now())
            return _done(desk, made, gettext("%(title)s is in the program."))
        except Refused as refused:
            forms.take(form, refused)
    return show("activity.html", desk, 422, form=form, **context)


@post("/events/{event_id:str}/activities/{activity_id:str}", status_code=303)
async def change(
    request: AnyRequest,
    tx: Given[Tx],
    desk: Given[Desk],
    planner: Given[Planner],
    clock: Given[Clock],
    activity_id: FromPath[str],
) -> Response[Any]:
    """Change an activity. Who comes second is told, and keeps what was typed."""
    before = await _known(tx, desk, activity_id)
    form, context = await forms.read(request, ActivityForm), await _context(tx, desk, before)
    if got := form.got:
        try:
            facts = got.facts(desk.time_zone, before)
            made = await actions.edit_activity(tx, planner, before.id, facts, version=got.version, now=clock.now())
            if got.publish:
                made = await actions.publish_activity(tx, planner, before.id, now=clock.now())
            return _done(desk, made, gettext("%(title)s is saved."))
        except Refused as refused:
            forms.take(form, refused)
    return show("activity.html", desk, 422, form=form, **context)


@post("/events/{event_id:str}/activities/{activity_id:str}/{deed:str}", status_code=303)
async def do(
    tx: Given[Tx],
    desk: Given[Desk],
    planner: Given[Planner],
    clock: Given[Clock],
    activity_id: FromPath[str],
    deed: FromPath[str],
) -> Response[Any]:
    """Cancel, reinstate, publish or remove an activity."""
    activity, now = await _known(tx, desk, activity_id), clock.now()
    if deed == "cancel":
        made = await actions.cancel_activity(tx, planner, activity.id, now=now)
        return _done(desk, made, gettext("%(title)s is cancelled; everybody sees it."))
    if deed == "reinstate":
        made = await actions.reinstate_activity(tx, planner, activity.id, now=now)
        return _done(desk, made, gettext("%(title)s takes place again."))
    if deed == "publish":
        made = await actions.publish_activity(tx, planner, activity.id, now=now)
        return _done(desk, made, gettext("%(title)s is published."))
    if deed == "drop":
        await actions.drop_draft(tx, planner, activity.id, now=now)
        return _done(desk, activity, gettext("%(title)s is removed."))
    raise Refused(errors.NOT_FOUND)


def _done(desk: Desk, activity: Activity, say: str) -> Response[Any]:
    on = activity.starts_at.astimezone(ZoneInfo(desk.time_zone)).date()
    said = Flash(say % {"title": activity.title})
    return go(f"/organizer/events/{desk.event_id}/program?day={on}", said)


HANDLERS: Final = (new_page, activity_page, create, change, do)
