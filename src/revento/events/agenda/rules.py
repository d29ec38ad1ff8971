"""Decisions about a person's own schedule."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from revento.kernel.ids import ActivityId


class Timed(Protocol):
    """Anything with an id that begins and ends."""

    @property
    def id(self) -> ActivityId:
        """Which activity."""
        ...

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        ...

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        ...


def overlap(one: Timed, other: Timed) -> bool:
    """Whether nobody can be at both."""
    return one.id != other.id and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def overlaps(entries: Sequence[Timed]) -> dict[ActivityId, list[ActivityId]]:
    """For each entry that runs into another one: the others, by id."""
    found: dict[ActivityId, list[ActivityId]] = {}
    for place, one in enumerate(entries):
        for other in entries[place + 1 :]:
            if overlap(one, other):
                found.setdefault(one.id, []).append(other.id)
                found.setdefault(other.id, []).append(one.id)
    return found
