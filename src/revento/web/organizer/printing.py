"""The program for paper: a plan of days × locations, or a list."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from revento.events.overview.models import Desk
from revento.events.program import queries
from revento.events.program.models import Activity, Location
from revento.events.program.places import queries as places
from revento.kernel.db import Tx
from revento.web.organizer.desk import show
from revento.web.shared import grid
from revento.web.shared.text import hour

AnyRequest = Request[Any, Any, Any]
ACROSS: Final = 6  # locations side by side on a sheet that lies on its long side


class Sheet(msgspec.Struct, frozen=True):
    """Some locations of a day side by side; each row is a time with what starts then, by location."""

    places: list[Location]
    rows: list[tuple[str, list[list[Activity]]]]


class PrintedDay(msgspec.Struct, frozen=True):
    """One day: its activities in order, and the same as sheets. `elsewhere` have no location."""

    on: date
    activities: list[Activity]
    sheets: list[Sheet]
    elsewhere: list[Activity]


@get("/events/{event_id:str}/program/print")
async def print_page(request: AnyRequest, tx: Given[Tx], desk: Given[Desk]) -> Response[str]:
    """All days on one page, made for paper."""
    drafts = request.query_params.get("drafts") == "1"
    as_list = request.query_params.get("view") == "list"
    activities = await queries.list_activities(tx, desk.event_id, drafts=drafts)
    locations = await places.list_locations(tx, desk.event_id)
    counted = grid.days(activities, desk.starts_at, desk.ends_at, desk.time_zone)
    threads = await places.list_threads(tx, desk.event_id)
    return show(
        "program_print.html",
        desk,
        days=[_printed(on, activities, locations, desk.time_zone) for on, n in counted.items() if n],
        as_list=as_list,
        drafts=drafts,
        thread_of=grid.threads_by_id(threads),
        location_of={location.id: location for location in locations},
    )


def _printed(on: date, activities: Sequence[Activity], locations: Sequence[Location], zone: str) -> PrintedDay:
    held = grid.of_day(activities, on, zone)
    used = {each.location_id for each in held}
    there = [location for location in locations if location.id in used]
    sheets = [_sheet(there[start : start + ACROSS], held, zone) for start in range(0, len(there), ACROSS)]
    return PrintedDay(on, held, sheets, [each for each in held if each.location_id is None])


def _sheet(here: list[Location], held: Sequence[Activity], zone: str) -> Sheet:
    columns = {location.id: number for number, location in enumerate(here)}
    placed = [each for each in held if each.location_id in columns]
    starts = sorted({each.starts_at for each in placed})
    rows: list[tuple[str, list[list[Activity]]]] = []
    for start in starts:
        cells: list[list[Activity]] = [[] for _ in here]
        for each in placed:
            if each.starts_at == start and each.location_id is not None:
                cells[columns[each.location_id]].append(each)
        rows.append((hour(start, zone), cells))
    return Sheet(here, rows)


HANDLERS: Final = (print_page,)
