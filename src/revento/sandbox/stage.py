"""Setting the stage: threads, places and the program of one convention."""

from datetime import datetime, timedelta
from random import Random

import msgspec

from revento.events.program.batches import actions as batches
from revento.events.program.batches.models import Brought
from revento.events.program.places import actions as places
from revento.identity.proofs import Planner
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId, LocationId, ParticipantId, ThreadId
from revento.sandbox import program as plans
from revento.sandbox import themes
from revento.sandbox.models import Building, Convention


class Scene(msgspec.Struct, frozen=True):
    """What is being built: which event, from what, when, and the dice that always fall the same way."""

    tx: Tx
    event_id: EventId
    seed: str
    convention: Convention
    first: datetime
    now: datetime
    dice: Random

    def id(self, prefix: str, *names: str) -> str:
        """The id that belongs to these names in this event."""
        return ids.named(prefix, self.seed, self.convention.key, *names)

    @property
    def planned_at(self) -> datetime:
        """When the organizers sat down to plan."""
        return min(self.now, self.first) - timedelta(days=60)


async def program(scene: Scene, planner: Planner, hosts: list[tuple[ParticipantId, str]]) -> None:
    """Threads, the tree of locations, and every activity."""
    found = plans.Places(await _threads(scene, planner), await _rooms(scene, planner))
    planned = plans.plan(scene.convention, found, hosts, scene.first, scene.dice)
    batch = [
        Brought(
            id=ActivityId(scene.id("act", each.key)),
            facts=each.facts,
            status="cancelled" if each.is_cancelled else "scheduled",
            is_published=each.is_published,
            tags=(each.tag,) if each.tag else (),
        )
        for each in planned
    ]
    await batches.create(scene.tx, planner, batch, now=scene.planned_at)


async def _threads(scene: Scene, planner: Planner) -> dict[str, ThreadId]:
    found: dict[str, ThreadId] = {}
    for position, key in enumerate(scene.convention.themes):
        theme = themes.ALL[key]
        found[key] = await places.put_thread(
            scene.tx,
            planner,
            id=ThreadId(scene.id("thr", key)),
            title=theme.title,
            description=theme.description,
            color=theme.color,
            position=position,
            now=scene.planned_at,
        )
    return found


async def _rooms(scene: Scene, planner: Planner) -> dict[str, LocationId]:
    venue = await _put(scene, planner, None, "venue", scene.convention.venue, ())
    found: dict[str, LocationId] = {}
    for position, building in enumerate(scene.convention.buildings):
        house = await _put(
            scene, planner, venue, "building", building.name, (), position, accessibility=building.accessibility
        )
        found |= await _floors(scene, planner, house, building)
    return found


async def _floors(scene: Scene, planner: Planner, house: LocationId, building: Building) -> dict[str, LocationId]:
    found: dict[str, LocationId] = {}
    floors: dict[str, LocationId] = {}
    for room in building.rooms:
        if room.floor not in floors:
            floors[room.floor] = await _put(scene, planner, house, "floor", room.floor, (building.name,), len(floors))
        found[room.name] = await _put(
            scene,
            planner,
            floors[room.floor],
            "room",
            room.name,
            (building.name,),
            len(found),
            capacity=room.capacity,
            accessibility=room.accessibility,
        )
    return found


async def _put(
    scene: Scene,
    planner: Planner,
    parent: LocationId | None,
    kind: str,
    name: str,
    within: tuple[str, ...],
    position: int = 0,
    *,
    capacity: int | None = None,
    accessibility: str = "",
) -> LocationId:
    return await places.put_location(
        scene.tx,
        planner,
        id=LocationId(scene.id("loc", kind, *within, name)),
        parent_id=parent,
        kind=kind,
        name=name,
        capacity=capacity,
        accessibility=accessibility,
        position=position,
        now=scene.planned_at,
    )
