"""The doors of uploads: keep a file until its sender has looked at what it would do."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.importing.uploads import queries
from revento.events.importing.uploads.models import Upload
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UploadId, UserId

KEPT: Final = timedelta(hours=1)
MOST_BYTES: Final = 16 * 1024 * 1024  # forty times the largest published schedule that we know


def check(content: bytes) -> None:
    """Looks at a file's size before anything reads it. Raises `INVALID_INPUT` for an empty or a too large one."""
    if not content:
        raise Refused(errors.INVALID_INPUT, "Choose a file that holds something.", field="file")
    if len(content) > MOST_BYTES:
        raise Refused(errors.INVALID_INPUT, f"A file may have {MOST_BYTES // 1024 // 1024} MiB at most.", field="file")


async def keep(
    tx: Tx,
    user_id: UserId,
    event_id: EventId | None,
    *,
    name: str,
    content: bytes,
    time_zone: str | None = None,
    now: datetime,
) -> UploadId:
    """Keeps a file for an hour, in the place of the one that the person sent for this event before.

    Raises as `check`.
    """
    check(content)
    await queries.drop_earlier(tx, user_id, event_id)
    id = UploadId(ids.new("upl"))
    await queries.insert(
        tx,
        id,
        user_id,
        event_id,
        name=name[:200] or "file",
        content=content,
        time_zone=time_zone,
        wall_clock=False,
        expires_at=now + KEPT,
        now=now,
    )
    return id


async def set_times(tx: Tx, user_id: UserId, upload: Upload) -> None:
    """Keeps how the file's times are read: in which zone, or by its wall clock whatever offset stands beside them."""
    zone, clock = upload.time_zone, upload.wall_clock
    await queries.set_times(tx, upload.id, user_id, time_zone=zone, wall_clock=clock)


async def forget(tx: Tx, *, now: datetime) -> int:
    """Drops what waited longer than an hour; how many."""
    return await queries.drop_expired(tx, now=now)
