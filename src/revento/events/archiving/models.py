"""Rows of which an archive is made, still with the ids of this Revento, and what came of one."""

from datetime import datetime
from typing import Any

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import ActivityId, ApplicationId, EventId, LocationId, ParticipantId, ThreadId, UserId, WaveId


class EventRow(Row, frozen=True):
    """The event."""

    title: str
    description: str
    publish_status: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    min_age: str
    location_name: str | None
    website_url: str | None
    is_template: bool
    answer_within_days: int
    source_dialect: str | None
    source_key: str | None


class PersonRow(Row, frozen=True):
    """Somebody whom the event knows; without an address when the account was deleted."""

    id: UserId
    email: str | None
    name: str


class ApplicationRow(Row, frozen=True):
    """An application with its participant."""

    id: ApplicationId
    participant_id: ParticipantId
    user_id: UserId
    display_name: str
    role: str
    status: str
    answers: dict[str, Any]
    registration_wave_id: WaveId | None
    assigned_to: UserId | None
    submitted_at: datetime
    registered_at: datetime | None
    withdrawn_at: datetime | None
    last_reviewed_at: datetime | None
    last_reviewer_id: UserId | None
    last_review_action: str | None


class ReviewRow(Row, frozen=True):
    """A decision."""

    application_id: ApplicationId
    reviewer_id: UserId
    action: str
    note: str
    fields: list[str]
    previous_status: str
    at: datetime
    undone_at: datetime | None


class NoteRow(Row, frozen=True):
    """A remark."""

    application_id: ApplicationId
    author_id: UserId
    text: str
    created_at: datetime


class ThreadRow(Row, frozen=True):
    """A thread."""

    id: ThreadId
    title: str
    description: str
    color: str
    source_key: str | None


class LocationRow(Row, frozen=True):
    """A location."""

    id: LocationId
    parent_id: LocationId | None
    level: int
    kind: str
    name: str
    capacity: int | None
    accessibility: str
    position: int
    source_key: str | None


class HostedBy(Row, frozen=True):
    """A host of an activity."""

    participant_id: ParticipantId | None
    display_name: str


class ActivityRow(Row, frozen=True):
    """An activity."""

    id: ActivityId
    title: str
    description: str
    status: str
    is_published: bool
    starts_at: datetime
    ends_at: datetime
    thread_id: ThreadId | None
    location_id: LocationId | None
    min_age: str
    language: str | None
    capacity: int | None
    signups_open: bool
    tags: list[str]
    source_dialect: str | None
    source_key: str | None
    source_names: list[str]
    source_slot: str | None
    hosts: list[HostedBy]


class SignUpRow(Row, frozen=True):
    """A place, or a wait for one."""

    activity_id: ActivityId
    participant_id: ParticipantId
    state: str
    created_at: datetime
    moved_up_at: datetime | None


class ConnectionRow(Row, frozen=True):
    """A connection, here or where the event came from."""

    key: str
    integration: str
    scopes: list[str]
    connected_by: UserId
    at: datetime
    ended_at: datetime | None
    end_reason: str | None


class ConsentRow(Row, frozen=True):
    """A consent under a connection."""

    key: str
    user_id: UserId
    scopes: list[str]
    at: datetime
    ended_at: datetime | None
    end_reason: str | None


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds, and what becomes of its people here."""

    title: str
    publish_status: str
    made_by: str
    made_at: datetime
    people: int
    known: int
    applications: int
    activities: int
    threads: int
    locations: int
    questions: int
    waves: int
    pages: int
    signups: int
    consents: int
    integrations: list[str]


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an archive."""

    event_id: EventId
    created_people: int
    numbers: Numbers
