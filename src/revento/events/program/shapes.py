"""The program as the wire shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from revento.contract.v1 import program as wire
from revento.contract.v1.wire import stamp
from revento.events.program import rules
from revento.events.program.models import Activity, Location, Thread
from revento.events.waves import rules as wave_rules
from revento.events.waves.models import Wave


def thread(row: Thread) -> wire.Thread:
    """A thread."""
    return wire.Thread(
        id=row.id,
        event_id=row.event_id,
        title=row.title,
        description=row.description,
        color=row.color,
        position=row.position,
        created_at=stamp(row.created_at),
        updated_at=stamp(row.updated_at),
    )


def location(row: Location) -> wire.Location:
    """A location."""
    return wire.Location(
        id=row.id,
        event_id=row.event_id,
        parent_id=row.parent_id,
        kind=row.kind,
        name=row.name,
        capacity=row.capacity,
        accessibility=row.accessibility,
        position=row.position,
        created_at=stamp(row.created_at),
        updated_at=stamp(row.updated_at),
    )


def wave(row: Wave, *, now: datetime) -> wire.Wave:
    """A registration wave; its status depends on the time."""
    return wire.Wave(
        id=row.id,
        event_id=row.event_id,
        title=row.title,
        role=row.role,
        opens_at=stamp(row.opens_at),
        closes_at=stamp(row.closes_at),
        capacity=row.capacity,
        status=wave_rules.status(row, now),
        created_at=stamp(row.created_at),
        updated_at=stamp(row.updated_at),
    )


def _fields(row: Activity) -> dict[str, Any]:
    return {
        "id": row.id,
        "event_id": row.event_id,
        "thread_id": row.thread_id,
        "location_id": row.location_id,
        "title": row.title,
        "description": row.description,
        "status": row.status,
        "starts_at": stamp(row.starts_at),
        "ends_at": stamp(row.ends_at),
        "min_age": row.min_age,
        "language": row.language,
        "hosts": [wire.Host(participant_id=host.participant_id, display_name=host.display_name) for host in row.hosts],
        "capacity": row.capacity,
        "signup_count": row.signup_count,
        "waitlist_count": row.waitlist_count,
        "capacity_state": rules.capacity_state(row),
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
    }


def activity(row: Activity) -> wire.Activity:
    """An activity."""
    return wire.Activity(**_fields(row))


def activity_updated(row: Activity, before: Activity | None) -> wire.ActivityUpdated:
    """`data` of `activity.updated`; a new one has every field changed and nothing before."""
    now = _fields(row)
    if before is None:
        changed = [name for name in now if name not in ("created_at", "updated_at")]
        return wire.ActivityUpdated(**now, changed_fields=changed, previous={})
    then = _fields(before)
    changed = [name for name in now if now[name] != then[name] and name != "updated_at"]
    return wire.ActivityUpdated(**now, changed_fields=changed, previous={name: then[name] for name in changed})


def program(
    event_id: str,
    time_zone: str,
    updated_at: datetime,
    threads: Sequence[Thread],
    locations: Sequence[Location],
    activities: Sequence[Activity],
) -> wire.Program:
    """The whole program; an activity stands on the local date on which it starts. `activities` come by start."""
    zone = ZoneInfo(time_zone)
    days: dict[str, list[wire.Activity]] = {}
    for row in activities:
        days.setdefault(row.starts_at.astimezone(zone).date().isoformat(), []).append(activity(row))
    return wire.Program(
        event_id=event_id,
        time_zone=time_zone,
        updated_at=stamp(updated_at),
        threads=[thread(row) for row in threads],
        locations=[location(row) for row in locations],
        days=[wire.ProgramDay(date=day, activities=found) for day, found in sorted(days.items())],
    )
