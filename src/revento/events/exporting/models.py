"""What an export is made from."""

from datetime import datetime
from uuid import UUID

import msgspec

from revento.events.events.models import Event
from revento.events.program.models import Location, Thread
from revento.kernel import ids
from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, LocationId, ThreadId


class Item(Row, frozen=True):
    """One published activity."""

    id: ActivityId
    title: str
    description: str
    status: str
    starts_at: datetime
    ends_at: datetime
    thread_id: ThreadId | None
    location_id: LocationId | None
    min_age: str
    language: str | None
    capacity: int | None
    signup_count: int
    waitlist_count: int
    hosts: list[str]
    tags: list[str]
    source_names: list[str]
    updated_at: datetime

    @property
    def guid(self) -> str:
        """The name under which other tools know it: its source's, or one that follows from its id."""
        named = next((name[5:] for name in self.source_names if name.startswith("guid:")), None)
        return named or str(UUID(int=ids.decode(self.id)))

    @property
    def number(self) -> int:
        """A number that stays: what frab calls an id."""
        return ids.decode(self.id) % 0x7FFF_FFFF


class Whole(msgspec.Struct, frozen=True):
    """An event's program, ready to be written down."""

    event: Event
    threads: list[Thread]
    locations: list[Location]
    items: list[Item]

    def thread_of(self, item: Item) -> str:
        """The thread's title; empty without one."""
        return next((each.title for each in self.threads if each.id == item.thread_id), "")

    def place_of(self, item: Item) -> str:
        """The room's name, made longer by what lies around it only where two rooms share one; empty without one."""
        return self.places.get(item.location_id or "", "")

    @property
    def places(self) -> dict[str, str]:
        """Names of locations by id, each only once."""
        of_id = {each.id: each for each in self.locations}
        names = [each.name for each in self.locations if each.kind == "room"]
        found: dict[str, str] = {}
        for each in self.locations:
            above = of_id.get(each.parent_id) if each.parent_id else None
            twice = names.count(each.name) > 1 and above is not None
            found[each.id] = f"{each.name} ({above.name})" if twice and above else each.name
        return found
