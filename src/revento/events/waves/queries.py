"""SQL of registration waves."""

from datetime import datetime

from revento.events.waves.models import Wave
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, WaveId

LIST_WAVES = """
    SELECT w.event_id, w.id, w.title, w.role, w.opens_at, w.closes_at, w.capacity,
           (SELECT count(*) FROM applications a
             WHERE a.event_id = w.event_id AND a.registration_wave_id = w.id
               AND a.status IN ('pending', 'approved', 'revision_requested')) AS taken,
           w.created_at, w.updated_at
      FROM registration_waves w
     WHERE w.event_id = %(event_id)s
     ORDER BY w.opens_at, w.id
"""


async def list_waves(tx: Tx, event_id: EventId) -> list[Wave]:
    """The event's waves, the earliest first."""
    return await tx.all(Wave, LIST_WAVES, event_id=event_id)


LOCK_OPEN = """
    SELECT w.event_id, w.id, w.title, w.role, w.opens_at, w.closes_at, w.capacity,
           (SELECT count(*) FROM applications a
             WHERE a.event_id = w.event_id AND a.registration_wave_id = w.id
               AND a.status IN ('pending', 'approved', 'revision_requested')) AS taken,
           w.created_at, w.updated_at
      FROM registration_waves w
     WHERE w.event_id = %(event_id)s AND w.role = %(role)s AND w.opens_at <= %(now)s AND w.closes_at > %(now)s
     ORDER BY w.opens_at, w.id
       FOR UPDATE OF w
"""


async def lock_open(tx: Tx, event_id: EventId, role: str, *, now: datetime) -> list[Wave]:
    """The waves open for a role right now, locked, so that no two people take the same last place."""
    return await tx.all(Wave, LOCK_OPEN, event_id=event_id, role=role, now=now)


PUT = """
    INSERT INTO registration_waves (event_id, id, title, role, opens_at, closes_at, capacity, created_at, updated_at)
    VALUES (%(event_id)s, %(id)s, %(title)s, %(role)s, %(opens_at)s, %(closes_at)s, %(capacity)s, %(now)s, %(now)s)
    ON CONFLICT (event_id, id) DO UPDATE
       SET title = EXCLUDED.title, role = EXCLUDED.role, opens_at = EXCLUDED.opens_at,
           closes_at = EXCLUDED.closes_at, capacity = EXCLUDED.capacity, updated_at = EXCLUDED.updated_at
"""


async def put(
    tx: Tx,
    event_id: EventId,
    id: WaveId,
    *,
    title: str,
    role: str,
    opens_at: datetime,
    closes_at: datetime,
    capacity: int | None,
    now: datetime,
) -> None:
    """Adds a wave or changes it."""
    await tx.run(
        PUT,
        event_id=event_id,
        id=id,
        title=title,
        role=role,
        opens_at=opens_at,
        closes_at=closes_at,
        capacity=capacity,
        now=now,
    )


DROP = "DELETE FROM registration_waves WHERE event_id = %(event_id)s AND id = %(id)s"


async def drop(tx: Tx, event_id: EventId, id: WaveId) -> int:
    """Takes a wave away. Raises `ForeignKeyViolation` while applications belong to it."""
    return await tx.run(DROP, event_id=event_id, id=id)
