"""Rows of applications and their review."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from revento.contract.v1.participant import ReviewAction, Role
from revento.kernel.db import Row
from revento.kernel.ids import ApplicationId, EventId, ParticipantId, UserId, WaveId


class Status(StrEnum):
    """How an application stands (contract §4)."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVISION_REQUESTED = "revision_requested"
    WITHDRAWN = "withdrawn"


class Application(Row, frozen=True):
    """A request to take part, with the participant that it made and what its snapshot needs of the event."""

    id: ApplicationId
    event_id: EventId
    user_id: UserId
    participant_id: ParticipantId
    display_name: str
    role: Role
    status: Status
    answers: dict[str, Any]
    registration_wave_id: WaveId | None
    assigned_to: UserId | None
    submitted_at: datetime
    registered_at: datetime | None
    withdrawn_at: datetime | None
    last_reviewed_at: datetime | None
    last_reviewer_id: UserId | None
    last_review_action: ReviewAction | None
    version: int
    created_at: datetime
    updated_at: datetime
    event_title: str
    event_archived: bool
    organization_id: str
    shared_keys: list[str]


class Draft(Row, frozen=True):
    """What a person has typed so far, as she typed it."""

    role: str
    display_name: str
    answers: dict[str, Any]
    updated_at: datetime
