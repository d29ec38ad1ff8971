"""Rows of the review."""

from datetime import datetime

from revento.contract.v1.participant import ReviewAction, Role
from revento.events.applications.models import Status
from revento.kernel.db import Row
from revento.kernel.ids import ApplicationId, ParticipantId, UserId


class QueueRow(Row, frozen=True):
    """One line of the review queue."""

    id: ApplicationId
    participant_id: ParticipantId
    display_name: str
    role: Role
    status: Status
    assigned_to: UserId | None
    assigned_name: str | None
    submitted_at: datetime
    last_reviewed_at: datetime | None
    last_reviewer_name: str | None
    version: int


class Review(Row, frozen=True):
    """One decision, for the history."""

    id: str
    reviewer_id: UserId
    reviewer_name: str
    action: ReviewAction
    note: str
    fields: list[str]
    previous_status: Status
    at: datetime
    undone_at: datetime | None


class Note(Row, frozen=True):
    """A remark among reviewers; the applicant never sees it."""

    id: str
    author_id: UserId
    author_name: str
    text: str
    created_at: datetime


class StatusCount(Row, frozen=True):
    """How many applications have one status, and how long the oldest has waited."""

    status: Status
    count: int
    oldest_at: datetime
