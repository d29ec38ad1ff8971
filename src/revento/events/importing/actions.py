"""The doors of an import: look what it would do, then do it, all or nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.events import actions as events
from revento.events.events import queries as event_rows
from revento.events.importing import dialects, places, queries, rules, settling
from revento.events.importing.models import Change, KnownActivity, Plan, Report, Session
from revento.events.program.batches import actions as batches
from revento.events.program.batches.models import Brought
from revento.events.program.models import ActivityFacts, Host
from revento.identity.audit import actions as audit
from revento.identity.proofs import OrganizationMember, Planner
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId

Progress = Callable[[int, int], None]  # how many of how many rows are done
_AT_ONCE: Final = 500


def read(
    raw: bytes, *, time_zone: str | None, of_event: str | None = None, wall_clock: bool = False
) -> tuple[dialects.Schedule, str]:
    """What a file says, in moments of time, and the zone that counts.

    Raises `INVALID_INPUT` with the place in the file, `TIME_ZONE_NEEDED`.
    """
    schedule, zone = rules.settle(dialects.read(raw), time_zone, of_event, wall_clock=wall_clock)
    return rules.distinct(schedule), zone


async def compare(tx: Tx, event_id: EventId | None, schedule: dialects.Schedule, zone: str) -> Plan:
    """What bringing this schedule into the event, or a new one, would do. Writes nothing."""
    known = await queries.list_sourced(tx, event_id) if event_id else []
    known_places = await queries.list_places(tx, event_id) if event_id else []
    known_threads = await queries.list_threads(tx, event_id) if event_id else []
    paired = rules.pair(known, schedule.sessions)
    inferred = places.infer(schedule.sessions, [room.name for room in schedule.rooms])
    rooms, threads = settling.known_rooms(known_places, inferred), settling.known_threads(known_threads)
    tracks = dict.fromkeys(each.track for each in schedule.sessions if each.track)
    changed: list[Change] = []
    same: list[KnownActivity] = []
    for activity, session in paired.pairs:
        thread, room = threads.get(places.fold(session.track or "")), rooms.get(session.room or "")
        fields = rules.difference(activity, session, thread, room)
        if fields or rules.names_after(activity, session) != activity.source_names:
            changed.append(Change(activity, session, fields))
        else:
            same.append(activity)
    return Plan(
        mark=rules.mark(schedule, zone, known, known_places, known_threads),
        schedule=schedule,
        known_places=known_places,
        known_threads=known_threads,
        zone=zone,
        places=inferred,
        fresh_rooms=[name for name in inferred if name not in rooms],
        fresh_threads=[name for name in tracks if places.fold(name) not in threads],
        fresh=paired.fresh,
        changed=changed,
        same=same,
        vanished=paired.vanished,
        clashes=rules.count_clashes(schedule.sessions),
    )


async def create_event(
    tx: Tx, member: OrganizationMember, title: str, schedule: dialects.Schedule, zone: str, *, now: datetime
) -> EventId:
    """A draft event around a schedule, from its first start to its last end. Raises `INVALID_INPUT` when empty."""
    if not schedule.sessions:
        raise Refused(errors.INVALID_INPUT, "The file holds no session that can be read.", field="file")
    facts = events.EventFacts(
        title=title,
        starts_at=min(each.starts_at for each in schedule.sessions),
        ends_at=max(each.ends_at for each in schedule.sessions),
        time_zone=zone,
    )
    key = schedule.key
    return await events.create(tx, member, facts, source_dialect=schedule.dialect, source_key=key, now=now)


async def lock(tx: Tx, event_id: EventId) -> None:
    """Holds the event's imported program still, until the transaction ends: one import at a time, no edits between.

    Also asks for the patience that a large file needs: five minutes instead of the half of one that a click gets.
    """
    await queries.be_patient(tx)
    await queries.lock_event(tx, event_id)
    await queries.lock_sourced(tx, event_id)


async def carry_out(
    tx: Tx,
    planner: Planner,
    plan: Plan,
    *,
    remove_vanished: bool,
    publish: bool = True,
    looked_at: str | None = None,
    progress: Progress | None = None,
    now: datetime,
) -> Report:
    """Brings the schedule into the event: new activities, changed ones in place, vanished ones only when told.

    Published changes are told to integrations. `looked_at` is the mark of the preview that somebody agreed to. Raises
    `EVENT_ARCHIVED`, `CHANGED_MEANWHILE` when the plan is another one by now.
    """
    if planner.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    if reason := rules.why_not_bring(plan.mark, looked_at):
        raise Refused(reason)
    rooms = await settling.put_places(tx, planner, plan, now=now)
    threads = await settling.put_threads(tx, planner, plan, now=now)
    done, total = 0, len(plan.fresh) + len(plan.changed)
    for start in range(0, len(plan.fresh), _AT_ONCE):
        part = plan.fresh[start : start + _AT_ONCE]
        brought = [_fresh(plan, each, rooms, threads, publish=publish) for each in part]
        await batches.create(tx, planner, brought, now=now)
        done = _tell(progress, done + len(part), total)
    for start in range(0, len(plan.changed), _AT_ONCE):
        changes = plan.changed[start : start + _AT_ONCE]
        await batches.edit(tx, planner, [_changed(plan, each, rooms, threads) for each in changes], now=now)
        done = _tell(progress, done + len(changes), total)
    removed = [each.id for each in plan.vanished] if remove_vanished else []
    if removed:
        await batches.drop(tx, planner, removed, now=now)
    await queries.set_source(tx, planner.event_id, dialect=plan.schedule.dialect, key=plan.schedule.key, now=now)
    await audit.note(
        tx,
        planner.user_id,
        "program.imported",
        planner.event_id,
        event_id=planner.event_id,
        organization_id=planner.organization_id,
        now=now,
        dialect=plan.schedule.dialect,
        created=len(plan.fresh),
        updated=len(plan.changed),
        removed=len(removed),
    )
    return report(plan, planner.event_id, removed=len(removed))


async def outside(tx: Tx, event_id: EventId, plan: Plan) -> str | None:
    """A warning when the program reaches beyond the event's days, by more than a night."""
    event = await event_rows.get(tx, event_id)
    starts = [each.starts_at for each in plan.schedule.sessions]
    day = timedelta(days=1)
    if starts and (min(starts) < event.starts_at - day or max(starts) > event.ends_at + day):
        return "some sessions start outside the event's days; change its dates in its settings"
    return None


def report(plan: Plan, event_id: EventId | None, *, removed: int = 0, dry_run: bool = False) -> Report:
    """What was done, or would be, in numbers and rows."""
    sessions = plan.schedule.sessions
    problems = plan.schedule.problems
    return Report(
        event_id=event_id,
        dialect=dialects.WORDS[plan.schedule.dialect],
        title=plan.schedule.title,
        version=plan.schedule.version,
        time_zone=plan.zone,
        sessions=len(sessions),
        rooms=len({places.fold(each.room) for each in sessions if each.room}),
        tracks=len({places.fold(each.track) for each in sessions if each.track}),
        types=len({each.kind for each in sessions if each.kind}),
        hosts=len({name for each in sessions for name in each.hosts}),
        first_start=settling.stamp(min((each.starts_at for each in sessions), default=None)),
        last_end=settling.stamp(max((each.ends_at for each in sessions), default=None)),
        created=len(plan.fresh),
        updated=len(plan.changed),
        unchanged=len(plan.same),
        vanished=[each.title for each in plan.vanished],
        removed=removed,
        clashes=plan.clashes,
        skipped=[each for each in problems if each.skipped],
        warnings=[each for each in problems if not each.skipped],
        dry_run=dry_run,
    )


def _tell(progress: Progress | None, done: int, total: int) -> int:
    if progress is not None:
        progress(done, total)
    return done


def _fresh(plan: Plan, session: Session, rooms: dict[str, str], threads: dict[str, str], *, publish: bool) -> Brought:
    facts = settling.facts(session, rooms, threads)
    return _brought(plan, ActivityId(ids.new("act")), session, facts, list(session.keys), publish)


def _changed(plan: Plan, change: Change, rooms: dict[str, str], threads: dict[str, str]) -> Brought:
    """What the file does not say stays as organizers have it."""
    known, session = change.activity, change.session
    facts = msgspec.structs.replace(
        settling.facts(session, rooms, threads),
        min_age=session.min_age or known.min_age,
        language=session.language or known.language,
        capacity=session.capacity if session.capacity is not None else known.capacity,
        signups_open=known.signups_open,
    )
    return _brought(plan, known.id, session, facts, rules.names_after(known, session), known.is_published)


def _brought(
    plan: Plan, id: ActivityId, session: Session, facts: ActivityFacts, names: list[str], published: bool
) -> Brought:
    return Brought(
        id=id,
        facts=msgspec.structs.replace(facts, hosts=tuple(Host(name) for name in session.hosts)),
        status="cancelled" if session.is_cancelled else "scheduled",
        is_published=published,
        tags=tuple(rules.tags_of(session)),
        source_dialect=plan.schedule.dialect,
        source_key=names[0] if names else None,
        source_names=tuple(names),
        source_slot=session.room,
    )
