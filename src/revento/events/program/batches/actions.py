"""The doors through which many activities change at once. Each published change is a message, as for one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.events.program import rules, shapes
from revento.events.program.actions import QUIET
from revento.events.program.batches import queries
from revento.events.program.batches.models import Brought
from revento.events.program.models import Activity
from revento.identity.audit import actions as audit
from revento.identity.proofs import Planner
from revento.kernel.db import ForeignKeyViolation, Tx
from revento.kernel.ids import ActivityId
from revento.webhooks.outbox import actions as outbox

_AT_ONCE: Final = 500  # rows in one round trip: enough to be fast, little enough to keep memory flat


async def create(tx: Tx, planner: Planner, batch: Sequence[Brought], *, now: datetime) -> None:
    """Adds activities. Raises `EVENT_ARCHIVED`, `INVALID_INPUT` when a thread, location or host is of another event."""
    _refuse_archived(planner)
    for part in _parts(batch):
        try:
            await queries.insert(
                tx, [_row(planner, each) | {"is_published": each.is_published, "now": now} for each in part]
            )
            await queries.put_hosts(tx, planner.event_id, [(each.id, each.facts) for each in part], replace=False)
        except ForeignKeyViolation as error:
            raise Refused(errors.INVALID_INPUT, "This thread, location or host is not part of the event.") from error
        await _tell(tx, planner, [each.id for each in part], {}, now=now)
    await _note(tx, planner, "activities.created", len(batch), now=now)


async def edit(tx: Tx, planner: Planner, batch: Sequence[Brought], *, now: datetime) -> None:
    """Changes activities; whether they are published stays. Raises as `create`.

    A capacity below the people signed up is kept at their number: nobody loses a place to an import.
    """
    _refuse_archived(planner)
    for part in _parts(batch):
        before = {each.id: each for each in await queries.list_by_ids(tx, planner.event_id, [each.id for each in part])}
        rows = [_row(planner, each, before[each.id].signup_count) | {"now": now} for each in part]
        await queries.update(tx, rows)
        await queries.put_hosts(tx, planner.event_id, [(each.id, each.facts) for each in part], replace=True)
        await _tell(tx, planner, list(before), before, now=now)
    await _note(tx, planner, "activities.edited", len(batch), now=now)


async def publish_drafts(tx: Tx, planner: Planner, *, now: datetime) -> int:
    """Shows every draft to everybody; how many there were. Raises `EVENT_ARCHIVED`."""
    _refuse_archived(planner)
    ids = sorted(await queries.publish_drafts(tx, planner.event_id, now=now))
    for start in range(0, len(ids), _AT_ONCE):
        await _tell(tx, planner, ids[start : start + _AT_ONCE], {}, now=now)
    await _note(tx, planner, "activities.published", len(ids), now=now)
    return len(ids)


async def drop(tx: Tx, planner: Planner, ids: Sequence[ActivityId], *, now: datetime) -> None:
    """Takes activities away; those that people have seen are told as cancelled first. Raises `EVENT_ARCHIVED`."""
    _refuse_archived(planner)
    for start in range(0, len(ids), _AT_ONCE):
        part = list(ids[start : start + _AT_ONCE])
        gone = [each for each in await queries.list_by_ids(tx, planner.event_id, part) if each.is_published]
        told = [shapes.activity_updated(_cancelled(each, now), each) for each in gone if each.status != "cancelled"]
        await _put(tx, planner, told, now=now)
        await queries.drop(tx, planner.event_id, part)
    await _note(tx, planner, "activities.dropped", len(ids), now=now)


async def _tell(
    tx: Tx, planner: Planner, ids: list[ActivityId], before: dict[ActivityId, Activity], *, now: datetime
) -> None:
    after = [each for each in await queries.list_by_ids(tx, planner.event_id, ids) if each.is_published]
    told = [shapes.activity_updated(each, before.get(each.id)) for each in after]
    await _put(tx, planner, [each for each in told if each.changed_fields], now=now)
    for each in after:
        then = before.get(each.id)
        if then is not None and rules.capacity_state(then) != rules.capacity_state(each):
            await outbox.put(
                tx,
                topics.ACTIVITY_CAPACITY_STATE_CHANGED,
                event_id=planner.event_id,
                organization_id=planner.organization_id,
                data=shapes.activity(each),
                now=now,
                debounce=QUIET,
            )


async def _put(tx: Tx, planner: Planner, told: list[Any], *, now: datetime) -> None:
    await outbox.put_many(
        tx,
        topics.ACTIVITY_UPDATED,
        event_id=planner.event_id,
        organization_id=planner.organization_id,
        happenings=told,
        now=now,
    )


def _cancelled(activity: Activity, now: datetime) -> Activity:
    return msgspec.structs.replace(activity, status="cancelled", updated_at=now)


def _row(planner: Planner, brought: Brought, signed_up: int = 0) -> dict[str, Any]:
    facts = brought.facts
    row: dict[str, Any] = {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "hosts"}
    if facts.capacity is not None:
        row["capacity"] = max(facts.capacity, signed_up)
    return row | {
        "event_id": planner.event_id,
        "id": brought.id,
        "status": brought.status,
        "tags": list(brought.tags),
        "source_dialect": brought.source_dialect,
        "source_key": brought.source_key,
        "source_names": list(brought.source_names),
        "source_slot": brought.source_slot,
    }


def _parts(batch: Sequence[Brought]) -> list[Sequence[Brought]]:
    return [batch[start : start + _AT_ONCE] for start in range(0, len(batch), _AT_ONCE)]


def _refuse_archived(planner: Planner) -> None:
    if planner.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)


async def _note(tx: Tx, planner: Planner, action: str, count: int, *, now: datetime) -> None:
    await audit.note(
        tx,
        planner.user_id,
        action,
        planner.event_id,
        event_id=planner.event_id,
        organization_id=planner.organization_id,
        now=now,
        count=count,
    )
