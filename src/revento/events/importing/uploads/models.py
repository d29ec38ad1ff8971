"""Rows of uploads."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import EventId, UploadId


class Upload(Row, frozen=True):
    """A file as it came, and how its times are to be read. `event_id` is none for a new event."""

    id: UploadId
    event_id: EventId | None
    name: str
    content: bytes
    time_zone: str | None
    wall_clock: bool
    expires_at: datetime
