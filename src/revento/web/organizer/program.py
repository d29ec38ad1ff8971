"""The program: a day as a grid or a table, what clashes, what is not published yet."""

from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.overview.models import Desk
from revento.events.program import actions, queries, rules
from revento.events.program.batches import actions as batches
from revento.events.program.models import Activity, ActivityFacts, Host, Location
from revento.events.program.places import queries as places
from revento.identity.proofs import Planner
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, LocationId
from revento.web.organizer.desk import PAGE, show
from revento.web.shared import forms, grid, words
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.text import hours
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
MOST_CLASHES: Final = 5
STATES: Final = {"published": N_("Published"), "draft": N_("Draft"), "cancelled": N_("Cancelled"), "clash": N_("Clash")}


class Clash(msgspec.Struct, frozen=True):
    """Two activities that cannot both happen, and why."""

    one: Activity
    other: Activity
    where: str
    when: str


class Moved(msgspec.Struct):
    """Where an activity was dropped; the time is in the event's zone."""

    activity: str
    location: str
    starts_at: datetime
    version: int


class Asked(msgspec.Struct, frozen=True):
    """What an address asks for: a day (or `all`, or `unplaced`), grid or table, and what the table is narrowed to."""

    day: str
    view: str
    q: str
    thread: str
    location: str
    state: str
    page: int

    @property
    def narrowed(self) -> bool:
        """Whether some rows are left out."""
        return bool(self.q or self.thread or self.location or self.state)

    @property
    def kept(self) -> str:
        """The same as the query of another page's address."""
        names = ("day", "q", "thread", "location", "state")
        return urlencode({"view": "table"} | {name: value for name in names if (value := getattr(self, name))})


def _asked(request: AnyRequest) -> Asked:
    texts = {name: str(request.query_params.get(name, "")).strip()[:100] for name in Asked.__struct_fields__}
    page = int(texts["page"]) if texts["page"].isdecimal() and len(texts["page"]) < 6 else 0
    found = Asked(page=page, **{name: value for name, value in texts.items() if name != "page"})
    table = found.day in ("all", "unplaced") or found.narrowed or found.view == "table"
    return msgspec.structs.replace(found, view="table" if table else "grid", state=_state(found.state))


def _state(asked: str) -> str:
    return asked if asked in STATES else ""


def _narrowed(activities: list[Activity], asked: Asked, clashing: dict[str, list[str]]) -> list[Activity]:
    """Those that the filters leave: by words in title, description or hosts, by thread, location and state."""

    def fits(each: Activity) -> bool:
        words = " ".join((each.title, each.description, *(host.display_name for host in each.hosts))).casefold()
        return (
            asked.q.casefold() in words
            and asked.thread in ("", each.thread_id)
            and asked.location in ("", each.location_id)
            and (not asked.state or _is(each, asked.state, clashing))
        )

    return [each for each in activities if fits(each)]


def _is(activity: Activity, state: str, clashing: dict[str, list[str]]) -> bool:
    match state:
        case "clash":
            return activity.id in clashing
        case "cancelled":
            return activity.status == "cancelled"
        case "draft":
            return not activity.is_published
        case _:
            return activity.is_published and activity.status == "scheduled"


@get("/events/{event_id:str}/program")
async def program_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """One day of the program as a grid or a table; or all of it, searched."""
    bookings = await queries.list_bookings(tx, desk.event_id)
    locations = await places.list_locations(tx, desk.event_id)
    threads = await places.list_threads(tx, desk.event_id)
    asked, clashing = _asked(request), rules.clashes(bookings)
    counted = grid.days(bookings, desk.starts_at, desk.ends_at, desk.time_zone)
    on = _day(asked.day, counted)
    shown = _narrowed(await _of(tx, desk, asked.day, on), asked, clashing)
    clashes = _pairs(shown, clashing, locations, desk.time_zone)
    first = asked.page * PAGE if asked.view == "table" else 0
    return show(
        "program.html",
        desk,
        days=counted,
        on=on,
        asked=asked,
        activities=shown,
        rows=shown[first : first + PAGE],
        more=len(shown) > first + PAGE,
        unplaced=sum(booking.location_id is None for booking in bookings),
        total=len(bookings),
        layout=grid.lay_out(shown, locations, desk.time_zone) if asked.view == "grid" else None,
        threads=threads,
        thread_of=grid.threads_by_id(threads),
        location_of={location.id: location for location in locations},
        states=words.pairs(STATES),
        clashing=clashing,
        clashes=clashes[:MOST_CLASHES],
        clash_count=len(clashes),
        drafts=sum(not booking.is_published for booking in bookings),
    )


async def _of(tx: Tx, desk: Desk, asked: str, on: date) -> list[Activity]:
    """All activities, those without a place, or those of a day, by time."""
    if asked not in ("all", "unplaced"):
        found = await queries.list_activities(tx, desk.event_id, drafts=True, span=grid.span(on, desk.time_zone))
        return grid.of_day(found, on, desk.time_zone)
    found = await queries.list_activities(tx, desk.event_id, drafts=True)
    return [each for each in found if asked == "all" or each.location_id is None]


def _day(asked: str, counted: dict[date, int]) -> date:
    try:
        chosen = date.fromisoformat(asked)
    except ValueError:
        chosen = next((day for day, n in counted.items() if n), next(iter(counted)))
    return chosen


def _pairs(shown: list[Activity], clashing: dict[str, list[str]], locations: list[Location], zone: str) -> list[Clash]:
    known = {activity.id: activity for activity in shown}
    names = {location.id: location.name for location in locations}
    return [
        Clash(one, known[ActivityId(id)], *_why(one, known[ActivityId(id)], names, zone))
        for one in shown
        for id in clashing.get(one.id, [])
        if id in known and one.id < id
    ]


def _why(one: Activity, other: Activity, names: dict[LocationId, str], zone: str) -> tuple[str, str]:
    when = hours(max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at), zone)
    if one.location_id and one.location_id == other.location_id:
        return names[one.location_id], when
    shared = {host.display_name for host in one.hosts} & {host.display_name for host in other.hosts}
    return ", ".join(sorted(shared)) or gettext("The same host"), when


@post("/events/{event_id:str}/program/publish", status_code=303)
async def publish_drafts(tx: Given[Tx], planner: Given[Planner], clock: Given[Clock]) -> Response[Any]:
    """Show all drafts to everybody."""
    count = await batches.publish_drafts(tx, planner, now=clock.now())
    said = ngettext("%(n)d activity is published.", "%(n)d activities are published.", count) % {"n": count}
    return go(f"/organizer/events/{planner.event_id}/program", Flash(said))


@post("/events/{event_id:str}/program/move", status_code=303)
async def move(
    request: AnyRequest, tx: Given[Tx], desk: Given[Desk], planner: Given[Planner], clock: Given[Clock]
) -> Response[Any]:
    """Put an activity into another room or at another time; it keeps its length. An undo says so in its address."""
    asked = request.query_params if "activity" in request.query_params else await request.form()
    got = forms.convert(asked, Moved).got
    before = await queries.find_activity(tx, desk.event_id, ActivityId(got.activity)) if got else None
    if got is None or before is None:
        raise Refused(errors.NOT_FOUND)
    start = got.starts_at.replace(tzinfo=ZoneInfo(desk.time_zone))
    facts = msgspec.structs.replace(
        facts_of(before),
        location_id=LocationId(got.location),
        starts_at=start,
        ends_at=start + (before.ends_at - before.starts_at),
    )
    target = f"/organizer/events/{desk.event_id}/program?day={start.date()}"
    try:
        moved = await actions.edit_activity(tx, planner, before.id, facts, version=got.version, now=clock.now())
    except Refused as refused:
        if refused.reason is not errors.CHANGED_MEANWHILE:
            raise
        return go(target, Flash(gettext(refused.say), "warn"))
    said = gettext("%(title)s moved.") % {"title": before.title}
    return go(target, Flash(said, undo=_back(desk, before, moved.version)))


def _back(desk: Desk, before: Activity, version: int) -> str | None:
    """The address that puts an activity where it was."""
    if before.location_id is None:
        return None
    start = before.starts_at.astimezone(ZoneInfo(desk.time_zone)).strftime("%Y-%m-%dT%H:%M")
    was = {"activity": before.id, "location": before.location_id, "starts_at": start, "version": version}
    return f"/organizer/events/{desk.event_id}/program/move?{urlencode(was)}"


def facts_of(activity: Activity) -> ActivityFacts:
    """What an organizer has decided about an activity so far."""
    names = [name for name in ActivityFacts.__struct_fields__ if name != "hosts"]
    hosts = tuple(Host(host.display_name, host.participant_id) for host in activity.hosts)
    return ActivityFacts(hosts=hosts, **{name: getattr(activity, name) for name in names})


HANDLERS: Final = (program_page, publish_drafts, move)
