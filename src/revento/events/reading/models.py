"""What a reading statement returns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec


class Page(msgspec.Struct, frozen=True):
    """A page of a list: its rows as JSON, comma-separated; how many were found (one more than asked means: there is
    more); creation time and id of the last row on it when there is more."""

    rows: bytes
    found: int
    last_at: datetime | None
    last_id: str | None

    @classmethod
    def of(cls, found: Sequence[Sequence[Any]], limit: int) -> "Page":
        """Out of rows of (creation time, id, JSON), one more than asked when there is more."""
        at, id = found[limit - 1][:2] if len(found) >= limit else (None, None)
        return cls(b",".join([row[2] for row in found[:limit]]), len(found), at, id)


class Place(msgspec.Struct, frozen=True):
    """Where a page begins, and how long it is."""

    after: tuple[datetime, str]
    limit: int


class Span(msgspec.Struct, frozen=True):
    """From a moment on and before another."""

    since: datetime
    until: datetime


class Dated(msgspec.Struct, frozen=True):
    """An activity as JSON with its start."""

    starts_at: datetime
    row: bytes
