"""Where a schedule's rooms and tracks find their place among an event's locations and threads."""

from datetime import UTC, datetime
from typing import Final

from revento.contract.v1.wire import stamp_or_none
from revento.events.importing import queries
from revento.events.importing.models import KnownPlace, KnownThread, Place, Plan, Session
from revento.events.importing.places import fold
from revento.events.program.models import ActivityFacts
from revento.events.program.places import actions as places
from revento.identity.proofs import Planner
from revento.kernel.db import Tx
from revento.kernel.ids import LocationId, ThreadId

HUES: Final = ("#1b8299", "#d0603d", "#8a6bd0", "#3f8f52", "#cc4f84", "#a97a18", "#4a7bd0", "#6f7f88")


def stamp(moment: datetime | None) -> str | None:
    """A moment as the wire writes it."""
    return stamp_or_none(moment)


def known_threads(threads: list[KnownThread]) -> dict[str, str]:
    """Threads by the source's name, or their own, without regard to spelling."""
    by_title: dict[str, str] = {fold(each.title): each.id for each in reversed(threads)}
    return by_title | {fold(each.source_key): each.id for each in threads if each.source_key}


def known_rooms(known: list[KnownPlace], places: dict[str, Place]) -> dict[str, str]:
    """Locations by the source's names of rooms: kept from the last import, or found by the same path of names."""
    kept: dict[str, str] = {fold(each.source_key): each.id for each in known if each.source_key}
    paths = _paths(known)
    found: dict[str, str] = {}
    for name, place in places.items():
        if (id := kept.get(fold(name)) or paths.get(_path(place))) is not None:
            found[name] = id
    return found


def _path(place: Place) -> tuple[str, ...]:
    return tuple(f"{kind}:{fold(name)}" for kind, name in place)


def _paths(known: list[KnownPlace]) -> dict[tuple[str, ...], str]:
    """Ids by path below the venue. `known` comes parents first."""
    paths: dict[str, tuple[str, ...]] = {}
    found: dict[tuple[str, ...], str] = {}
    for each in known:
        above = paths.get(each.parent_id or "", ())
        paths[each.id] = () if each.kind == "venue" else (*above, f"{each.kind}:{fold(each.name)}")
        found.setdefault(paths[each.id], each.id)
    found.pop((), None)
    return found


async def put_threads(tx: Tx, planner: Planner, plan: Plan, *, now: datetime) -> dict[str, str]:
    """Every track as a thread; new ones in the order in which they appear. Ids by folded name."""
    known = await queries.list_threads(tx, planner.event_id)
    found, names = known_threads(known), dict[str, str]()
    colors = {fold(name): color for name, color in plan.schedule.colors.items()}
    for position, track in enumerate(dict.fromkeys(each.track for each in plan.schedule.sessions if each.track)):
        key = fold(track)
        if key not in found:
            color = colors.get(key, "")
            found[key] = await places.put_thread(
                tx,
                planner,
                id=None,
                title=track,
                color=color if _is_color(color) else HUES[(len(known) + position) % len(HUES)],
                position=len(known) + position,
                now=now,
            )
        names[found[key]] = track
    await queries.name_threads(tx, planner.event_id, names)
    return found


def _is_color(value: str) -> bool:
    return len(value) == 7 and value[0] == "#" and all(digit in "0123456789abcdef" for digit in value[1:])


async def put_places(tx: Tx, planner: Planner, plan: Plan, *, now: datetime) -> dict[str, str]:
    """Every room as a location, with building and floor where they are known. Ids by the source's name."""
    known = await queries.list_places(tx, planner.event_id)
    found, paths = known_rooms(known, plan.places), _paths(known)
    venue = next((each.id for each in known if each.kind == "venue"), None)
    seats = {room.name: room.capacity for room in plan.schedule.rooms}
    names: dict[str, str] = {}
    for position, (name, place) in enumerate(plan.places.items()):
        if name not in found:
            found[name] = await _put_path(tx, planner, place, paths, venue, seats.get(name), position, now)
        names[found[name]] = name
    await queries.name_places(tx, planner.event_id, names)
    return found


async def _put_path(
    tx: Tx,
    planner: Planner,
    place: Place,
    paths: dict[tuple[str, ...], str],
    venue: str | None,
    capacity: int | None,
    position: int,
    now: datetime,
) -> str:
    above = venue
    for depth in range(1, len(place) + 1):
        path = _path(place[:depth])
        if path not in paths:
            kind, name = place[depth - 1]
            paths[path] = await places.put_location(
                tx,
                planner,
                id=None,
                parent_id=LocationId(above) if above else None,
                kind=kind,
                name=name,
                capacity=capacity if depth == len(place) else None,
                position=position,
                now=now,
            )
        above = paths[path]
    return paths[_path(place)]


def facts(session: Session, rooms: dict[str, str], threads: dict[str, str]) -> ActivityFacts:
    """What a row says about its activity, with our ids; hosts are added by whoever knows them."""
    thread, room = threads.get(fold(session.track or "")), rooms.get(session.room or "")
    return ActivityFacts(
        title=session.title,
        description=session.description,
        thread_id=ThreadId(thread) if thread else None,
        location_id=LocationId(room) if room else None,
        starts_at=session.starts_at.astimezone(UTC),
        ends_at=session.ends_at.astimezone(UTC),
        min_age=session.min_age or "age_all",
        language=session.language,
        capacity=session.capacity,
    )
