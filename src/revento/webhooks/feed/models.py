"""Rows and items of the pull feed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from revento.kernel.db import Row


class Pulled(Row, frozen=True):
    """A delivery that was not acknowledged. `no` is the feed's order; `body` is absent when older than retention."""

    no: int
    id: UUID
    endpoint_no: int
    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    is_replay: bool
    seq: int
    topic: str
    created_at: datetime
    body: bytes | None


class Item(msgspec.Struct, frozen=True):
    """One delivery as a receiver would have got it now: every header, the exact body."""

    no: int
    id: UUID
    topic: str
    seq: int
    state: Literal["waiting", "delivered", "dead"]
    headers: dict[str, str]
    body: bytes


class Taken(msgspec.Struct, frozen=True):
    """A page of the feed. `last_no` is where the next one begins: beyond everything that was looked at."""

    items: list[Item]
    last_no: int
    has_more: bool
