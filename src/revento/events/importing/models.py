"""What a schedule file says, and what an import does with it."""

from datetime import datetime

import msgspec

from revento.contract.v1.event import MinAge
from revento.contract.v1.program import LocationKind
from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, LocationId, ThreadId

Place = tuple[tuple[LocationKind, str], ...]  # from the outside in: building, floor, room


class Problem(msgspec.Struct, frozen=True):
    """Something about the file that a person should know. `at` names the row: a line, or a field's path."""

    at: str
    say: str
    skipped: bool = False


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the file. Times without an offset are wall-clock times of a zone that is yet to be settled.

    `keys` are the names under which the source knows it, the best first: `guid:…`, `code:…`, `frab:…`, `konopas:…`,
    `uid:…`; the same names stand in other dialects of the same event.
    """

    at: str
    keys: tuple[str, ...]
    title: str
    description: str = ""
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    track: str | None = None
    kind: str | None = None
    language: str | None = None
    hosts: tuple[str, ...] = ()
    min_age: MinAge | None = None
    capacity: int | None = None
    is_cancelled: bool = False
    tags: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # the room in pieces, the most special first, where the source gives pieces
    building: str | None = None  # what the source calls the building, where it does


class Room(msgspec.Struct, frozen=True):
    """A room that the file describes apart from its sessions."""

    name: str
    capacity: int | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file, understood but not yet settled in time."""

    dialect: str
    key: str | None
    title: str | None
    version: str | None = None
    zone: str | None
    sessions: list[Session]
    rooms: list[Room] = []
    colors: dict[str, str] = {}
    problems: list[Problem] = []


class KnownActivity(Row, frozen=True):
    """An activity of the event, as an import compares with it."""

    id: ActivityId
    title: str
    description: str
    status: str
    is_published: bool
    starts_at: datetime
    ends_at: datetime
    thread_id: ThreadId | None
    location_id: LocationId | None
    min_age: MinAge
    language: str | None
    capacity: int | None
    signups_open: bool
    signup_count: int
    hosts: list[str]
    tags: list[str]
    source_key: str | None
    source_names: list[str]
    source_room: str | None


class KnownPlace(Row, frozen=True):
    """A location of the event with the source's name for it."""

    id: LocationId
    parent_id: LocationId | None
    kind: LocationKind
    name: str
    source_key: str | None


class KnownThread(Row, frozen=True):
    """A thread of the event with the source's name for it."""

    id: ThreadId
    title: str
    source_key: str | None


class Change(msgspec.Struct, frozen=True):
    """An activity that the file says otherwise: which fields, and both versions of it."""

    activity: KnownActivity
    session: Session
    fields: list[str]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do. `mark` is another one as soon as the file, the zone or the program is."""

    mark: str
    schedule: Schedule
    known_places: list[KnownPlace]
    known_threads: list[KnownThread]
    zone: str
    places: dict[str, Place]
    fresh_rooms: list[str]
    fresh_threads: list[str]
    fresh: list[Session]
    changed: list[Change]
    same: list[KnownActivity]
    vanished: list[KnownActivity]
    clashes: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do, for people and programs."""

    event_id: str | None
    dialect: str
    title: str | None
    version: str | None
    time_zone: str
    sessions: int
    rooms: int
    tracks: int
    types: int
    hosts: int
    first_start: str | None
    last_end: str | None
    created: int
    updated: int
    unchanged: int
    vanished: list[str]
    removed: int
    clashes: int
    skipped: list[Problem]
    warnings: list[Problem]
    dry_run: bool
