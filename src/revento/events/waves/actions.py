"""The doors through which registration waves change."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.waves import queries
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer
from revento.kernel import ids
from revento.kernel.db import ForeignKeyViolation, Tx
from revento.kernel.ids import WaveId


async def put_wave(
    tx: Tx,
    organizer: Organizer,
    *,
    id: WaveId | None,
    title: str,
    role: str,
    opens_at: datetime,
    closes_at: datetime,
    capacity: int | None,
    now: datetime,
) -> WaveId:
    """Adds a wave (`id` is `None`) or changes it. Raises `INVALID_INPUT` naming the field, `EVENT_ARCHIVED`."""
    if organizer.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    if closes_at <= opens_at:
        raise Refused(errors.INVALID_INPUT, "A wave closes after it opens.", field="closes_at")
    known = id or WaveId(ids.new("wav"))
    await queries.put(
        tx,
        organizer.event_id,
        known,
        title=title,
        role=role,
        opens_at=opens_at,
        closes_at=closes_at,
        capacity=capacity,
        now=now,
    )
    await _note(tx, organizer, "wave.put", known, now=now)
    return known


async def drop_wave(tx: Tx, organizer: Organizer, id: WaveId, *, now: datetime) -> None:
    """Takes a wave away. Raises `IN_USE` while applications belong to it, `NOT_FOUND`."""
    try:
        dropped = await queries.drop(tx, organizer.event_id, id)
    except ForeignKeyViolation as error:
        raise Refused(errors.IN_USE, "People have applied in this wave; close it instead.") from error
    if not dropped:
        raise Refused(errors.NOT_FOUND)
    await _note(tx, organizer, "wave.dropped", id, now=now)


async def _note(tx: Tx, organizer: Organizer, action: str, id: WaveId, *, now: datetime) -> None:
    await audit.note(
        tx,
        organizer.user_id,
        action,
        id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
    )
