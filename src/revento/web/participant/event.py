"""An event's own page: what, when, where, who may apply; and its calendar file."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency as Given

from revento.events.agenda import queries as agenda
from revento.events.applications import queries as applications
from revento.events.mine.models import Visit
from revento.events.program.models import Location
from revento.events.program.places import queries as places
from revento.events.waves import queries as waves
from revento.events.waves import rules
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.web.participant import calendars
from revento.web.participant.visit import show
from revento.web.shared import words
from revento.web.shared.states import N_

KINDS: Final = {
    "venue": N_("Venue"),
    "building": N_("Building"),
    "floor": N_("Floor"),
    "room": N_("Room"),
}


@get("/events/{event_id:str}")
async def event_page(tx: Given[Tx], visit: Given[Visit], clock: Given[Clock]) -> Response[str]:
    """Facts, waves, how I stand, what is on now."""
    now = clock.now()
    on_now = visit.starts_at <= now < visit.ends_at
    found = await waves.list_waves(tx, visit.event_id)
    draft = await applications.find_draft(tx, visit.event_id, visit.user_id) if visit.user_id else None
    next_up = await agenda.page_entries(tx, visit.event_id, visit.user_id, ends_after=now, limit=4) if on_now else []
    return show(
        "event.html",
        visit,
        waves=[(wave, rules.status(wave, now)) for wave in found],
        role_words=words.translated(words.ROLES),
        age_words=words.translated(words.AGES),
        draft=draft,
        on_now=on_now,
        next_up=next_up,
    )


@get("/events/{event_id:str}/event.ics")
async def event_calendar(visit: Given[Visit], settings: Given[Settings]) -> Response[Any]:
    """The event as one entry for the person's calendar."""
    return calendars.answer(calendars.of_event(visit, settings.base_url), "event.ics")


@get("/events/{event_id:str}/places")
async def places_page(tx: Given[Tx], visit: Given[Visit], clock: Given[Clock]) -> Response[str]:
    """Where everything is, drawn as blocks within blocks, with what is on now and next in each."""
    now, below = clock.now(), dict[str | None, list[Location]]()
    for location in await places.list_locations(tx, visit.event_id):
        below.setdefault(location.parent_id, []).append(location)
    turns, zone = await agenda.list_turns(tx, visit.event_id, now=now), ZoneInfo(visit.time_zone)
    today = now.astimezone(zone).date()
    return show(
        "places.html",
        visit,
        below=below,
        kinds=words.translated(KINDS),
        on_now={each.location_id: each for each in turns if each.starts_at <= now},
        on_next={each.location_id: each for each in turns if each.starts_at > now},
        later={each.id for each in turns if each.starts_at.astimezone(zone).date() > today},
        now=now,
    )


HANDLERS: Final = (event_page, event_calendar, places_page)
