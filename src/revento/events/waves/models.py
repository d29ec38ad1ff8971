"""Rows of registration waves."""

from datetime import datetime

from revento.contract.v1.participant import Role
from revento.kernel.db import Row
from revento.kernel.ids import EventId, WaveId


class Wave(Row, frozen=True):
    """A time in which people of one role may apply; `taken` counts the applications that hold a place."""

    event_id: EventId
    id: WaveId
    title: str
    role: Role
    opens_at: datetime
    closes_at: datetime
    capacity: int | None
    taken: int
    created_at: datetime
    updated_at: datetime
