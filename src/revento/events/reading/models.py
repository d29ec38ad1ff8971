"""What a reading statement returns."""

from datetime import datetime

import msgspec


class Page(msgspec.Struct, frozen=True):
    """A page of a list: its rows as JSON, comma-separated; how many were found (one more than asked means: there is
    more); creation time and id of the last row on it when there is more."""

    rows: bytes
    found: int
    last_at: datetime | None
    last_id: str | None


class Span(msgspec.Struct, frozen=True):
    """From a moment on and before another."""

    since: datetime
    until: datetime


class Dated(msgspec.Struct, frozen=True):
    """An activity as JSON with its start."""

    starts_at: datetime
    row: bytes
