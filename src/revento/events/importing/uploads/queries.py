"""SQL of uploads. Each statement names the person: nobody sees another's file."""

from datetime import datetime

from revento.events.importing.uploads.models import Upload
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UploadId, UserId

INSERT = """
    INSERT INTO uploads (id, event_id, user_id, name, content, time_zone, wall_clock, created_at, expires_at)
    VALUES (%(id)s, %(event_id)s, %(user_id)s, %(name)s, %(content)s, %(time_zone)s, %(wall_clock)s, %(now)s,
            %(expires_at)s)
"""


async def insert(
    tx: Tx,
    id: UploadId,
    user_id: UserId,
    event_id: EventId | None,
    *,
    name: str,
    content: bytes,
    time_zone: str | None,
    wall_clock: bool,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Keeps a file."""
    await tx.run(
        INSERT,
        id=id,
        user_id=user_id,
        event_id=event_id,
        name=name,
        content=content,
        time_zone=time_zone,
        wall_clock=wall_clock,
        expires_at=expires_at,
        now=now,
    )


FIND = """
    SELECT id, event_id, name, content, time_zone, wall_clock, expires_at
      FROM uploads
     WHERE id = %(id)s AND user_id = %(user_id)s AND event_id IS NOT DISTINCT FROM %(event_id)s
       AND expires_at > %(now)s
"""


async def find(tx: Tx, id: UploadId, user_id: UserId, event_id: EventId | None, *, now: datetime) -> Upload | None:
    """The person's file for this event, unless it is gone or too old."""
    return await tx.maybe(Upload, FIND, id=id, user_id=user_id, event_id=event_id, now=now)


HOLD = """
    SELECT id, event_id, name, content, time_zone, wall_clock, expires_at
      FROM uploads
     WHERE id = %(id)s AND user_id = %(user_id)s AND event_id IS NOT DISTINCT FROM %(event_id)s
       AND expires_at > %(now)s
       FOR UPDATE
"""


async def hold(tx: Tx, id: UploadId, user_id: UserId, event_id: EventId | None, *, now: datetime) -> Upload | None:
    """The same, locked: of two clicks at once the second waits, and finds nothing when the first brought it in."""
    return await tx.maybe(Upload, HOLD, id=id, user_id=user_id, event_id=event_id, now=now)


DROP = "DELETE FROM uploads WHERE id = %(id)s AND user_id = %(user_id)s"


async def drop(tx: Tx, id: UploadId, user_id: UserId) -> None:
    """Puts a file away."""
    await tx.run(DROP, id=id, user_id=user_id)


SET_TIMES = """
    UPDATE uploads SET time_zone = %(time_zone)s, wall_clock = %(wall_clock)s
     WHERE id = %(id)s AND user_id = %(user_id)s
"""


async def set_times(tx: Tx, id: UploadId, user_id: UserId, *, time_zone: str | None, wall_clock: bool) -> None:
    """How the file's times are to be read from now on."""
    await tx.run(SET_TIMES, id=id, user_id=user_id, time_zone=time_zone, wall_clock=wall_clock)


DROP_EARLIER = """
    DELETE FROM uploads WHERE user_id = %(user_id)s AND event_id IS NOT DISTINCT FROM %(event_id)s
"""


async def drop_earlier(tx: Tx, user_id: UserId, event_id: EventId | None) -> None:
    """Puts away what the person sent for the same event before; index uploads_by_user."""
    await tx.run(DROP_EARLIER, user_id=user_id, event_id=event_id)


DROP_EXPIRED = "DELETE FROM uploads WHERE expires_at <= %(now)s"


async def drop_expired(tx: Tx, *, now: datetime) -> int:
    """Forgets what nobody decided about in time; index uploads_expiring."""
    return await tx.run(DROP_EXPIRED, now=now)
