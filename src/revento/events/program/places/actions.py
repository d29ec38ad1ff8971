"""The doors through which threads and locations change."""

import re
from datetime import datetime
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.program.places import queries
from revento.identity.audit import actions as audit
from revento.identity.proofs import Planner
from revento.kernel import ids
from revento.kernel.db import CheckViolation, ForeignKeyViolation, Tx
from revento.kernel.ids import LocationId, ThreadId

_COLOR: Final = re.compile(r"#[0-9a-f]{6}")


async def put_thread(
    tx: Tx,
    planner: Planner,
    *,
    id: ThreadId | None,
    title: str,
    description: str = "",
    color: str,
    position: int = 0,
    now: datetime,
) -> ThreadId:
    """Adds a thread (`id` is `None`) or changes it. `color` is `#rrggbb`. Raises `INVALID_INPUT`, `EVENT_ARCHIVED`."""
    _refuse_archived(planner)
    if not _COLOR.fullmatch(color):
        raise Refused(errors.INVALID_INPUT, "Expected a colour such as #1b8299.", field="color")
    if not title.strip():
        raise Refused(errors.INVALID_INPUT, "A thread needs a title.", field="title")
    known = id or ThreadId(ids.new("thr"))
    await queries.put_thread(
        tx, planner.event_id, known, title=title, description=description, color=color, position=position, now=now
    )
    await _note(tx, planner, "thread.put", known, now=now)
    return known


async def drop_thread(tx: Tx, planner: Planner, id: ThreadId, *, now: datetime) -> None:
    """Takes a thread away. Raises `IN_USE` while activities belong to it, `NOT_FOUND`."""
    _refuse_archived(planner)
    try:
        dropped = await queries.drop_thread(tx, planner.event_id, id)
    except ForeignKeyViolation as error:
        raise Refused(errors.IN_USE, "Activities belong to this thread; move them first.") from error
    if not dropped:
        raise Refused(errors.NOT_FOUND)
    await _note(tx, planner, "thread.dropped", id, now=now)


async def put_location(
    tx: Tx,
    planner: Planner,
    *,
    id: LocationId | None,
    parent_id: LocationId | None,
    kind: str,
    name: str,
    capacity: int | None = None,
    accessibility: str = "",
    position: int = 0,
    now: datetime,
) -> LocationId:
    """Adds a location (`id` is `None`) or changes it.

    Raises `INVALID_INPUT` when it would not lie below its parent (venue > building > floor > room), `EVENT_ARCHIVED`.
    """
    _refuse_archived(planner)
    if not name.strip():
        raise Refused(errors.INVALID_INPUT, "A location needs a name.", field="name")
    known = id or LocationId(ids.new("loc"))
    try:
        async with tx.part():
            await queries.put_location(
                tx,
                planner.event_id,
                known,
                parent_id=parent_id,
                kind=kind,
                name=name,
                capacity=capacity,
                accessibility=accessibility,
                position=position,
                now=now,
            )
    except (CheckViolation, ForeignKeyViolation) as error:
        say = "A location lies below its parent: venue, building, floor, room."
        raise Refused(errors.INVALID_INPUT, say, field="parent_id") from error
    await _note(tx, planner, "location.put", known, now=now)
    return known


async def drop_location(tx: Tx, planner: Planner, id: LocationId, *, now: datetime) -> None:
    """Takes a location away. Raises `IN_USE` while something is in it, `NOT_FOUND`."""
    _refuse_archived(planner)
    try:
        dropped = await queries.drop_location(tx, planner.event_id, id)
    except ForeignKeyViolation as error:
        raise Refused(errors.IN_USE, "Something still takes place here or lies within; move it first.") from error
    if not dropped:
        raise Refused(errors.NOT_FOUND)
    await _note(tx, planner, "location.dropped", id, now=now)


def _refuse_archived(planner: Planner) -> None:
    if planner.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)


async def _note(tx: Tx, planner: Planner, action: str, id: str, *, now: datetime) -> None:
    await audit.note(
        tx,
        planner.user_id,
        action,
        id,
        event_id=planner.event_id,
        organization_id=planner.organization_id,
        now=now,
    )
