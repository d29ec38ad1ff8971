"""What every v1 struct has in common: times in whole seconds of UTC with `Z`, enums as their text."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """A shape that leaves the house. Field order is the order on the wire."""


def stamp(moment: datetime) -> str:
    """A moment as the wire writes it: `2026-07-10T14:00:00Z` (contract §1)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(moment: datetime | None) -> str | None:
    """The same, or `None`."""
    return None if moment is None else stamp(moment)


_encoder: Final = msgspec.json.Encoder()


def encode(shape: Wire | dict[str, Any]) -> bytes:
    """The shape as JSON, UTF-8, without spaces."""
    return _encoder.encode(shape)
