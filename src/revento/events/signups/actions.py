"""The doors through which people take places in activities and leave them."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.program import actions as program
from revento.events.program import queries as activities
from revento.events.program import rules as program_rules
from revento.events.signups import queries, rules, waitlist
from revento.events.signups.models import Door, State
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId, OrganizationId, ParticipantId, UserId


async def sign_up(tx: Tx, user_id: UserId, event_id: EventId, id: ActivityId, *, now: datetime) -> State:
    """Takes a place, or a turn on the waitlist when there is none left; signing up twice changes nothing.

    Exact under a rush: whoever comes waits for the one row lock of the activity, and the order in which the lock is
    given is the order of the waitlist. Raises `EVENT_ARCHIVED`, `NOT_FOUND`, `NOT_APPROVED`, `SIGNUPS_CLOSED`,
    `AGE_UNKNOWN`, `TOO_YOUNG`.
    """
    await queries.hold_application(tx, event_id, user_id)
    door = await queries.lock_door(tx, event_id, id, user_id)
    if reason := rules.why_not_sign_up(door, now):
        raise Refused(reason)
    if door.participant_id is None:
        raise Refused(errors.NOT_APPROVED)
    state = rules.state_for(door)
    if not await queries.take(tx, event_id, id, door.participant_id, state, now=now):
        seat = await queries.find_seat(tx, event_id, id, door.participant_id)
        return seat.state if seat else state
    taken = door.signup_count + (state is State.GOING)
    await _tell(tx, door, signup_count=taken, now=now)
    return state


async def leave(tx: Tx, user_id: UserId, event_id: EventId, id: ActivityId, *, now: datetime) -> None:
    """Gives a place or a turn back; who has waited longest moves up and is told by mail. Leaving twice is fine.

    Raises `EVENT_ARCHIVED`, `NoRow`.
    """
    door = await queries.lock_door(tx, event_id, id, user_id)
    if door.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    if door.participant_id is not None:
        await _leave(tx, door, door.participant_id, now=now)


async def leave_all(tx: Tx, user_id: UserId, event_id: EventId, id: ParticipantId, *, now: datetime) -> int:
    """Gives every place in an event back, when its person leaves the event; how many."""
    held = await queries.list_of_participant(tx, event_id, id)
    for activity_id in held:
        await _leave(tx, await queries.lock_door(tx, event_id, activity_id, user_id), id, now=now)
    return len(held)


async def remember(tx: Tx, user_id: UserId, event_id: EventId, id: ActivityId, *, now: datetime) -> None:
    """Puts an activity among the person's favourites. What is not published is ignored."""
    await queries.put_favourite(tx, event_id, id, user_id, now=now)


async def forget(tx: Tx, user_id: UserId, event_id: EventId, id: ActivityId) -> None:
    """Takes an activity off the person's favourites."""
    await queries.drop_favourite(tx, event_id, id, user_id)


async def _leave(tx: Tx, door: Door, participant_id: ParticipantId, *, now: datetime) -> None:
    was = await queries.drop(tx, door.event_id, door.id, participant_id, now=now)
    if was != State.GOING:
        return
    turns = rules.turns(
        capacity=door.capacity,
        signup_count=door.signup_count - 1,
        waitlist_count=door.waitlist_count,
        cancelled=door.status == "cancelled" or door.starts_at <= now,
    )
    moved = await waitlist.move_up(tx, door.event_id, door.id, turns=turns, now=now)
    await _tell(tx, door, signup_count=door.signup_count - 1 + moved, now=now)


async def _tell(tx: Tx, door: Door, *, signup_count: int, now: datetime) -> None:
    before = program_rules.capacity_of(door.status, door.signups_open, door.capacity, door.signup_count)
    after = program_rules.capacity_of(door.status, door.signups_open, door.capacity, signup_count)
    if door.is_published and before != after:
        activity = await activities.lock_activity(tx, door.event_id, door.id)
        await program.tell_capacity(tx, door.event_id, OrganizationId(door.organization_id), activity, now=now)
