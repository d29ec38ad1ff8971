"""The program by day and time, and one's own schedule."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from revento.events.agenda import queries, rules
from revento.events.agenda.models import Entry
from revento.events.mine.models import Visit
from revento.events.program.models import Location
from revento.events.program.places import queries as places
from revento.identity.sessions.models import SignedIn
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.participant import calendars
from revento.web.participant.visit import show

AnyRequest = Request[Any, Any, Any]
PAGE: Final = 120
FOUND: Final = 60
WHOLE: Final = 2000
NEXT: Final = timedelta(hours=3)


class Hour(msgspec.Struct, frozen=True):
    """What begins at the same time on the same day."""

    starts_at: datetime
    entries: list[Entry]


@get("/events/{event_id:str}/program")
async def program_page(request: AnyRequest, tx: Given[Tx], visit: Given[Visit], clock: Given[Clock]) -> Response[str]:
    """One day of the program, or what a search finds in all of it."""
    asked = request.query_params
    q, thread, room = (asked.get(name, "").strip() for name in ("q", "thread", "location"))
    counted = await queries.count_by_day(tx, visit.event_id)
    locations = await places.list_locations(tx, visit.event_id)
    days = [each.on for each in counted]
    zone, now = ZoneInfo(visit.time_zone), clock.now()
    on = _day(asked.get("day", ""), days, now.astimezone(zone).date())
    limit = FOUND if q else PAGE
    entries = await queries.page_entries(
        tx,
        visit.event_id,
        visit.user_id,
        after=_position(asked.get("after", "")),
        starts=(None, None) if q else _span(on, zone),
        thread_id=thread or None,
        location_ids=_inside(locations, room) if room else None,
        search=q or None,
        limit=limit + 1,
    )
    last = entries[limit - 1] if len(entries) > limit else None
    on_now, on_next = await _now_and_next(tx, visit, now)
    return show(
        "program.html",
        visit,
        part="program_rows.html",
        days=counted,
        on=on,
        q=q,
        thread=thread,
        room=room,
        hours=_by_hour(entries[:limit]),
        total=len(entries[:limit]),
        older=f"{last.starts_at.isoformat()}~{last.id}" if last else None,
        threads=await places.list_threads(tx, visit.event_id),
        locations=locations,
        on_now=on_now,
        on_next=on_next,
        now=now,
    )


def _day(asked: str, days: Sequence[date], today: date) -> date | None:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return next((day for day in days if day >= today), days[0] if days else None)


def _span(on: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    if on is None:
        return None, None
    return datetime.combine(on, time(), zone), datetime.combine(on + timedelta(days=1), time(), zone)


def _position(after: str) -> tuple[datetime, str]:
    at, _, id = after.partition("~")
    try:
        return (datetime.fromisoformat(at), id) if id else queries.BEGINNING
    except ValueError:
        return queries.BEGINNING


def _inside(locations: Sequence[Location], id: str) -> list[str]:
    """A location and everything in it: who asks for a building means its rooms."""
    found = {id}
    for _ in range(4):
        found |= {each.id for each in locations if each.parent_id in found}
    return sorted(found)


def _by_hour(entries: Sequence[Entry]) -> list[Hour]:
    return [Hour(at, list(found)) for at, found in groupby(entries, key=lambda each: each.starts_at)]


async def _now_and_next(tx: Tx, visit: Visit, now: datetime) -> tuple[list[Entry], list[Entry]]:
    if not visit.starts_at <= now < visit.ends_at:
        return [], []
    found = await queries.page_entries(
        tx, visit.event_id, visit.user_id, ends_after=now, starts=(None, now + NEXT), limit=24
    )
    going = [each for each in found if each.status == "scheduled"]
    return [each for each in going if each.starts_at <= now][:6], [each for each in going if each.starts_at > now][:6]


@get("/events/{event_id:str}/schedule")
async def schedule_page(
    tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], clock: Given[Clock]
) -> Response[str]:
    """What I have a place in, wait for or like, by day, with what runs into one another."""
    entries = await queries.page_entries(tx, visit.event_id, person.user_id, mine=True, limit=WHOLE)
    firm = [each for each in entries if each.my_state == "going" and each.status == "scheduled"]
    titles = {each.id: each.title for each in firm}
    zone = ZoneInfo(visit.time_zone)
    by_day = groupby(entries, key=lambda each: each.starts_at.astimezone(zone).date())
    return show(
        "schedule.html",
        visit,
        days=[(on, _by_hour(list(found))) for on, found in by_day],
        total=len(entries),
        clashing={id: [titles[other] for other in others] for id, others in rules.overlaps(firm).items()},
        now=clock.now(),
    )


@get("/events/{event_id:str}/schedule.ics")
async def schedule_calendar(
    tx: Given[Tx], visit: Given[Visit], person: Given[SignedIn], settings: Given[Settings], clock: Given[Clock]
) -> Response[Any]:
    """My schedule for my calendar."""
    entries = await queries.page_entries(tx, visit.event_id, person.user_id, mine=True, limit=WHOLE)
    made = calendars.of_entries(visit, entries, settings.base_url, now=clock.now())
    return calendars.answer(made, "schedule.ics")


@get("/events/{event_id:str}/program.ics")
async def program_calendar(
    tx: Given[Tx], visit: Given[Visit], settings: Given[Settings], clock: Given[Clock]
) -> Response[Any]:
    """The whole published program as a calendar."""
    entries = await queries.page_entries(tx, visit.event_id, None, limit=WHOLE)
    made = calendars.of_entries(visit, entries, settings.base_url, now=clock.now())
    return calendars.answer(made, "program.ics")


HANDLERS: Final = (program_page, schedule_page, schedule_calendar, program_calendar)
