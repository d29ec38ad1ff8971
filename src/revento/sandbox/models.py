"""What the sandbox is made from: themes with their words, conventions, a cast."""

from datetime import timedelta
from typing import Final

import msgspec

from revento.contract.v1.event import FieldType, MinAge

SHEET: Final = "sandbox.json"  # a `Sheet`, in the data directory


class Form(msgspec.Struct, frozen=True):
    """A way to hold an activity: its title around a subject, a sentence about it, how long, for how many."""

    title: str
    say: str
    minutes: int
    capacity: int | None = None
    min_age: MinAge = "age_all"


class Subject(msgspec.Struct, frozen=True):
    """What an activity is about: as a title says it, and a sentence or two about it."""

    name: str
    say: str


class Theme(msgspec.Struct, frozen=True):
    """A thread of the program and everything that can be said in it."""

    key: str
    title: str
    description: str
    color: str
    forms: tuple[Form, ...]
    subjects: tuple[Subject, ...]
    closing: tuple[str, ...]


class Room(msgspec.Struct, frozen=True):
    """A room: its floor, its seats, the theme that lives there (`None`: used by whoever needs a second one)."""

    name: str
    floor: str
    capacity: int
    theme: str | None = None
    accessibility: str = "Step-free access"


class Building(msgspec.Struct, frozen=True):
    """A building with its rooms; floors are those that the rooms name."""

    name: str
    rooms: tuple[Room, ...]
    accessibility: str = "Lift to all floors"


class Question(msgspec.Struct, frozen=True):
    """A custom field of the form."""

    key: str
    label: str
    type: FieldType
    is_shared: bool
    required: bool = False
    options: tuple[str, ...] = ()
    help_text: str = ""


class Convention(msgspec.Struct, frozen=True, kw_only=True):
    """One event. Days count from today in its time zone: a negative `first_day` has begun already."""

    key: str
    organization: str
    title: str
    description: str
    first_day: int
    days: int
    time_zone: str
    venue: str
    website_url: str
    buildings: tuple[Building, ...]
    themes: tuple[str, ...]
    questions: tuple[Question, ...]
    min_age: MinAge = "age_all"
    has_drafts: bool = False
    opens_at: timedelta = timedelta(hours=10)
    closes_at: timedelta = timedelta(hours=22)


class Organization(msgspec.Struct, frozen=True):
    """Who holds the conventions."""

    key: str
    name: str
    description: str


class Person(msgspec.Struct, frozen=True):
    """Somebody of the cast. `role` is what she is for: operator, organizer, reviewer, participant, integrator."""

    name: str
    email: str
    role: str


class Account(msgspec.Struct, frozen=True):
    """A person as `sandbox.json` shows her."""

    role: str
    name: str
    email: str
    password: str


class Named(msgspec.Struct, frozen=True):
    """An organization as `sandbox.json` shows it."""

    id: str
    name: str


class NamedEvent(msgspec.Struct, frozen=True):
    """An event as `sandbox.json` shows it."""

    id: str
    name: str
    organization_id: str


class Credentials(msgspec.Struct, frozen=True):
    """An integration with its secrets, as `sandbox.json` shows it."""

    id: str
    name: str
    client_id: str
    client_secret: str
    webhook_secret: str | None
    redirect_uris: list[str]
    webhook_url: str | None
    scopes: list[str]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """`sandbox.json`: everything that a newcomer needs (architecture §5)."""

    base_url: str
    people: list[Account]
    organizations: list[Named]
    events: list[NamedEvent]
    integrations: list[Credentials]
