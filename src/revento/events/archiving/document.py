"""What the archive of an event holds, version 1. References are positions in the archive's own lists: no id travels.

Never in it: passwords, tokens, secrets, birth dates, unsent drafts, favourites.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from revento.contract.v1.event import FieldType, MinAge
from revento.contract.v1.participant import ReviewAction, Role
from revento.contract.v1.program import ActivityStatus, LocationKind

FORMAT: Final = "revento.event"
VERSION: Final = 1
Ref = Annotated[int, Meta(ge=0)]
Named = Annotated[str, Meta(min_length=1)]
Moment = Annotated[datetime, Meta(tz=True)]
Places = Annotated[int, Meta(ge=1)]
Status = Literal["pending", "approved", "rejected", "revision_requested", "withdrawn"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the archive: what it does not know it refuses, so that nothing is lost in silence."""


class Person(Part, frozen=True):
    """Somebody whom the event knows. Without an address her account was deleted, and the name is a pseudonym."""

    email: Annotated[str, Meta(pattern="^[^@\\s]+@[^@\\s]+$")] | None
    name: Named


class Gathering(Part, frozen=True):
    """The event itself."""

    title: Named
    description: str
    publish_status: Literal["draft", "published", "archived"]
    starts_at: Moment
    ends_at: Moment
    time_zone: str
    min_age: MinAge
    location_name: str | None
    website_url: str | None
    is_template: bool
    answer_within_days: Annotated[int, Meta(ge=1, le=90)]
    source_dialect: str | None
    source_key: str | None


class Wave(Part, frozen=True):
    """A registration wave."""

    title: Named
    role: Role
    opens_at: Moment
    closes_at: Moment
    capacity: Places | None


class Question(Part, frozen=True):
    """A field of the form."""

    key: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,62}$")]
    label: Named
    type: FieldType
    required: bool
    options: list[str]
    help_text: str
    is_shared: bool


class Review(Part, frozen=True):
    """A decision about an application."""

    reviewer: Ref
    action: ReviewAction
    note: str
    fields: list[str]
    previous_status: Status
    at: Moment
    undone_at: Moment | None


class Note(Part, frozen=True):
    """A remark among reviewers."""

    author: Ref
    text: Named
    at: Moment


class Application(Part, frozen=True):
    """An application with its participant and its history."""

    person: Ref
    display_name: Named
    role: Role
    status: Status
    answers: dict[str, Any]
    wave: Ref | None
    assigned_to: Ref | None
    submitted_at: Moment
    registered_at: Moment | None
    withdrawn_at: Moment | None
    last_reviewed_at: Moment | None
    last_reviewer: Ref | None
    last_review_action: ReviewAction | None
    reviews: list[Review]
    notes: list[Note]


class Thread(Part, frozen=True):
    """A thread."""

    title: Named
    description: str
    color: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]
    source_key: str | None


class Location(Part, frozen=True):
    """A location; its parent stands before it."""

    parent: Ref | None
    kind: LocationKind
    name: Named
    capacity: Places | None
    accessibility: str
    source_key: str | None


class Host(Part, frozen=True):
    """Who holds an activity; `application` when she takes part herself."""

    display_name: Named
    application: Ref | None


class SignUp(Part, frozen=True):
    """A place in an activity, or in its waiting list, in the order of coming."""

    application: Ref
    state: Literal["going", "waiting"]
    at: Moment
    moved_up_at: Moment | None


class Activity(Part, frozen=True):
    """An activity with its hosts and sign-ups."""

    title: Named
    description: str
    status: ActivityStatus
    is_published: bool
    starts_at: Moment
    ends_at: Moment
    thread: Ref | None
    location: Ref | None
    min_age: MinAge
    language: str | None
    capacity: Annotated[int, Meta(ge=0)] | None
    signups_open: bool
    tags: list[str]
    source_dialect: str | None
    source_key: str | None
    source_names: list[str]
    source_slot: str | None
    hosts: list[Host]
    signups: list[SignUp]


class Page(Part, frozen=True):
    """A page of the event's own; those of integrations come back with their connection."""

    kind: Literal["text", "webview"]
    title: Named
    url: Annotated[str, Meta(pattern="^https?://")] | None
    body: str
    visibility: Literal["everyone", "participants", "registered", "organizers"]
    is_published: bool


class Consent(Part, frozen=True):
    """What one person allowed one integration."""

    person: Ref
    scopes: list[str]
    at: Moment
    ended_at: Moment | None
    end_reason: str | None


class Connection(Part, frozen=True):
    """Which integration was connected, with the consents under it: a record, which gives nobody access to anything."""

    integration: Named
    scopes: list[str]
    connected_by: Ref
    at: Moment
    ended_at: Moment | None
    end_reason: str | None
    consents: list[Consent]


class Archive(Part, frozen=True):
    """A whole event."""

    event: Gathering
    people: list[Person]
    waves: list[Wave]
    questions: list[Question]
    applications: list[Application]
    threads: list[Thread]
    locations: list[Location]
    activities: list[Activity]
    pages: list[Page]
    connections: list[Connection]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the box: read first, so that a newer version or a damaged file is told apart from a wrong one."""

    format: str
    version: int
    made_at: datetime
    made_by: str
    sha256: str
