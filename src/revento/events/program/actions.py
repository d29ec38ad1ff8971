"""The doors through which activities change. Every published change is told, cancelling and creation included."""

from datetime import datetime, timedelta

from revento.contract import errors, limits, topics
from revento.contract.errors import Refused
from revento.events.program import queries, rules, shapes
from revento.events.program.batches import queries as batches
from revento.events.program.models import Activity, ActivityFacts
from revento.events.signups import rules as signup_rules
from revento.events.signups import waitlist
from revento.identity.audit import actions as audit
from revento.identity.proofs import Planner
from revento.kernel import ids
from revento.kernel.db import CheckViolation, ForeignKeyViolation, Tx
from revento.kernel.ids import ActivityId, EventId, OrganizationId, ParticipantId
from revento.webhooks.outbox import actions as outbox

QUIET = timedelta(seconds=limits.CAPACITY_DEBOUNCE_S)


async def create_activity(
    tx: Tx, planner: Planner, facts: ActivityFacts, *, publish: bool, now: datetime, id: ActivityId | None = None
) -> Activity:
    """Adds an activity, as a draft or at once for everybody.

    Raises `INVALID_INPUT` naming the field, `EVENT_ARCHIVED`.
    """
    _check(planner, facts)
    known = id or ActivityId(ids.new("act"))
    try:
        await queries.insert_activity(tx, planner.event_id, known, facts, is_published=publish, now=now)
    except ForeignKeyViolation as error:
        raise _unknown_reference() from error
    await _note(tx, planner, "activity.created", known, now=now)
    activity = await queries.lock_activity(tx, planner.event_id, known)
    await tell_updated(tx, planner.organization_id, activity, None, now=now)
    return activity


async def edit_activity(
    tx: Tx, planner: Planner, id: ActivityId, facts: ActivityFacts, *, version: int | None = None, now: datetime
) -> Activity:
    """Changes an activity.

    `version` is the one that the planner looked at. Raises `CHANGED_MEANWHILE`, `INVALID_INPUT` naming the field (also
    when the capacity would fall below the people signed up), `EVENT_ARCHIVED`.
    """
    _check(planner, facts)
    before = await queries.lock_activity(tx, planner.event_id, id)
    if version is not None and version != before.version:
        raise Refused(errors.CHANGED_MEANWHILE)
    try:
        await queries.update_activity(tx, planner.event_id, id, facts, now=now)
    except ForeignKeyViolation as error:
        raise _unknown_reference() from error
    except CheckViolation as error:
        say = f"{before.signup_count} people are signed up; the capacity cannot be smaller."
        raise Refused(errors.INVALID_INPUT, say, field="capacity") from error
    return await _changed(tx, planner, before, "activity.edited", now=now)


async def publish_activity(tx: Tx, planner: Planner, id: ActivityId, *, now: datetime) -> Activity:
    """Shows a draft to everybody. Raises `EVENT_ARCHIVED`; publishing twice changes nothing."""
    before = await _lock(tx, planner, id)
    if before.is_published:
        return before
    await queries.set_state(tx, planner.event_id, id, status=before.status, is_published=True, now=now)
    return await _changed(tx, planner, before, "activity.published", now=now)


async def cancel_activity(tx: Tx, planner: Planner, id: ActivityId, *, now: datetime) -> Activity:
    """Cancels: it stays visible as cancelled. Raises `EVENT_ARCHIVED`."""
    before = await _lock(tx, planner, id)
    await queries.set_state(tx, planner.event_id, id, status="cancelled", is_published=before.is_published, now=now)
    return await _changed(tx, planner, before, "activity.cancelled", now=now)


async def reinstate_activity(tx: Tx, planner: Planner, id: ActivityId, *, now: datetime) -> Activity:
    """Takes a cancellation back. Raises `EVENT_ARCHIVED`."""
    before = await _lock(tx, planner, id)
    await queries.set_state(tx, planner.event_id, id, status="scheduled", is_published=before.is_published, now=now)
    return await _changed(tx, planner, before, "activity.reinstated", now=now)


async def drop_draft(tx: Tx, planner: Planner, id: ActivityId, *, now: datetime) -> None:
    """Takes a draft away. What was published is cancelled instead: raises `WRONG_STATE`, `EVENT_ARCHIVED`."""
    before = await _lock(tx, planner, id)
    if before.is_published:
        raise Refused(errors.WRONG_STATE, "A published activity is cancelled, not removed: people have seen it.")
    await queries.drop_activity(tx, planner.event_id, id)
    await _note(tx, planner, "activity.dropped", id, now=now)


async def rename_host(
    tx: Tx,
    event_id: EventId,
    organization_id: OrganizationId,
    participant_id: ParticipantId,
    display_name: str,
    *,
    now: datetime,
) -> None:
    """A host is called otherwise now: her activities say so, and those that show another name than before are told."""
    shown = await queries.lock_hosted(tx, event_id, participant_id, other_than=display_name)
    if not shown:
        return
    await queries.set_host_name(tx, event_id, participant_id, display_name, now=now)
    renamed = await batches.list_by_ids(tx, event_id, [each.id for each in shown])
    for before, activity in zip(shown, renamed, strict=True):
        await tell_updated(tx, organization_id, activity, before, now=now)


async def tell_updated(
    tx: Tx, organization_id: OrganizationId, activity: Activity, before: Activity | None, *, now: datetime
) -> None:
    """Tells integrations about a published change; for a draft there is nothing to tell."""
    if not activity.is_published:
        return
    known = before if before is not None and before.is_published else None
    data = shapes.activity_updated(activity, known)
    if not data.changed_fields:
        return
    await outbox.put(
        tx,
        topics.ACTIVITY_UPDATED,
        event_id=activity.event_id,
        organization_id=organization_id,
        data=data,
        now=now,
    )


async def tell_capacity(
    tx: Tx, event_id: EventId, organization_id: OrganizationId, activity: Activity, *, now: datetime
) -> None:
    """Tells that an activity fills up or frees places: at most one in 30 s, the last state wins (contract §6.5)."""
    await outbox.put(
        tx,
        topics.ACTIVITY_CAPACITY_STATE_CHANGED,
        event_id=event_id,
        organization_id=organization_id,
        data=shapes.activity(activity),
        now=now,
        debounce=QUIET,
    )


async def _changed(tx: Tx, planner: Planner, before: Activity, action: str, *, now: datetime) -> Activity:
    activity = await _with_turns(tx, await queries.lock_activity(tx, planner.event_id, before.id), now=now)
    await _note(tx, planner, action, before.id, now=now)
    await tell_updated(tx, planner.organization_id, activity, before, now=now)
    if activity.is_published and rules.capacity_state(activity) != rules.capacity_state(before):
        await tell_capacity(tx, planner.event_id, planner.organization_id, activity, now=now)
    return activity


async def _with_turns(tx: Tx, activity: Activity, *, now: datetime) -> Activity:
    """The activity once everybody who waits and fits by now has moved up."""
    turns = signup_rules.turns(
        capacity=activity.capacity,
        signup_count=activity.signup_count,
        waitlist_count=activity.waitlist_count,
        cancelled=activity.status == "cancelled" or activity.starts_at <= now,
    )
    if not await waitlist.move_up(tx, activity.event_id, activity.id, turns=turns, now=now):
        return activity
    return await queries.lock_activity(tx, activity.event_id, activity.id)


async def _lock(tx: Tx, planner: Planner, id: ActivityId) -> Activity:
    if planner.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    return await queries.lock_activity(tx, planner.event_id, id)


def _check(planner: Planner, facts: ActivityFacts) -> None:
    if planner.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    if not facts.title.strip():
        raise Refused(errors.INVALID_INPUT, "An activity needs a title.", field="title")
    if facts.ends_at < facts.starts_at:
        raise Refused(errors.INVALID_INPUT, "An activity ends after it starts.", field="ends_at")
    if facts.capacity is not None and facts.capacity < 0:
        raise Refused(errors.INVALID_INPUT, "Expected a number of places, or nothing for no limit.", field="capacity")


def _unknown_reference() -> Refused:
    return Refused(errors.INVALID_INPUT, "This thread, location or host is not part of the event.", field="thread_id")


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
