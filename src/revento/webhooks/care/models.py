"""Rows of care."""

from datetime import datetime

from revento.kernel.db import Row


class Troubled(Row, frozen=True):
    """An endpoint in trouble, with the words its people know it by."""

    no: int
    client_id: str
    integration_id: str
    integration_name: str
    environment: str
    event_title: str | None
    url: str | None
    state: str
    reason: str | None
    failing_since: datetime | None
    warned_at: datetime | None
    paused_at: datetime | None
    last_failure_at: datetime | None
    last_error: str | None
    last_status: int | None
