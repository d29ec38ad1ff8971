"""The door through which an event is made after another one."""

from datetime import datetime, timedelta

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.events import actions as events
from revento.events.events import queries as event_rows
from revento.events.events.actions import EventFacts
from revento.events.forms import actions as forms
from revento.events.forms import queries as form_rows
from revento.events.program import actions as activities
from revento.events.program import queries as activity_rows
from revento.events.program.models import Activity, ActivityFacts, Host
from revento.events.program.places import actions as places
from revento.events.program.places import queries as place_rows
from revento.events.waves import actions as waves
from revento.events.waves import queries as wave_rows
from revento.identity import proofs
from revento.identity.proofs import OrganizationMember, Organizer, Planner
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, LocationId, ThreadId


class Places(msgspec.Struct, frozen=True):
    """The new id of everything that an activity refers to, by the old one."""

    threads: dict[str, ThreadId]
    locations: dict[str, LocationId]


async def create_after(
    tx: Tx, member: OrganizationMember, source: EventId, facts: EventFacts, *, with_program: bool, now: datetime
) -> EventId:
    """Creates a draft event with the questions, waves, threads and locations of `source`, moved by the days between.

    With `with_program` its activities too, as drafts without sign-ups. Raises `NOT_FOUND` when `source` belongs to
    another organization, `INVALID_INPUT` naming the field.
    """
    old = await event_rows.find(tx, source)
    if old is None or old.organization_id != member.organization_id:
        raise Refused(errors.NOT_FOUND)
    id = await events.create(tx, member, facts, now=now)
    moved = facts.starts_at - old.starts_at
    await _copy_registration(tx, await proofs.as_organizer(tx, member.user_id, id), source, moved, now=now)
    planner = await proofs.as_planner(tx, member.user_id, id)
    made = await _copy_places(tx, planner, source, now=now)
    if with_program:
        for activity in await activity_rows.list_activities(tx, source, drafts=True):
            if activity.status == "scheduled":
                copied = _moved(activity, made, moved)
                await activities.create_activity(tx, planner, copied, publish=False, now=now)
    return id


async def _copy_registration(tx: Tx, organizer: Organizer, source: EventId, moved: timedelta, *, now: datetime) -> None:
    for field in await form_rows.list_fields(tx, source):
        await forms.put_field(tx, organizer, msgspec.structs.replace(field, event_id=organizer.event_id), now=now)
    for wave in await wave_rows.list_waves(tx, source):
        await waves.put_wave(
            tx,
            organizer,
            id=None,
            title=wave.title,
            role=wave.role,
            opens_at=wave.opens_at + moved,
            closes_at=wave.closes_at + moved,
            capacity=wave.capacity,
            now=now,
        )


async def _copy_places(tx: Tx, planner: Planner, source: EventId, *, now: datetime) -> Places:
    threads: dict[str, ThreadId] = {}
    for thread in await place_rows.list_threads(tx, source):
        threads[thread.id] = await places.put_thread(
            tx,
            planner,
            id=None,
            title=thread.title,
            description=thread.description,
            color=thread.color,
            position=thread.position,
            now=now,
        )
    locations: dict[str, LocationId] = {}
    for location in await place_rows.list_locations(tx, source):  # parents come before their children
        locations[location.id] = await places.put_location(
            tx,
            planner,
            id=None,
            parent_id=locations[location.parent_id] if location.parent_id else None,
            kind=location.kind,
            name=location.name,
            capacity=location.capacity,
            accessibility=location.accessibility,
            position=location.position,
            now=now,
        )
    return Places(threads, locations)


def _moved(activity: Activity, made: Places, by: timedelta) -> ActivityFacts:
    """The same activity that much later. Hosts stay by name: they have not said yet that they come again."""
    return ActivityFacts(
        title=activity.title,
        description=activity.description,
        thread_id=made.threads.get(activity.thread_id or ""),
        location_id=made.locations.get(activity.location_id or ""),
        starts_at=activity.starts_at + by,
        ends_at=activity.ends_at + by,
        min_age=activity.min_age,
        language=activity.language,
        capacity=activity.capacity,
        signups_open=activity.signups_open,
        hosts=tuple(Host(host.display_name) for host in activity.hosts),
    )
