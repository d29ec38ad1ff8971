"""Rows of participants."""

from datetime import datetime
from typing import Any

from revento.contract.v1.participant import ApplicationStatus, ReviewAction, Role
from revento.kernel.db import Row
from revento.kernel.ids import ApplicationId, EventId, ParticipantId, UserId, WaveId


class Participant(Row, frozen=True):
    """A person inside an event, with how her application stands. `shared_answers` may leave the house."""

    id: ParticipantId
    event_id: EventId
    user_id: UserId
    application_id: ApplicationId
    display_name: str
    role: Role
    application_status: ApplicationStatus
    submitted_at: datetime
    registered_at: datetime | None
    registration_wave_id: WaveId | None
    last_reviewed_at: datetime | None
    last_reviewer_id: UserId | None
    last_review_action: ReviewAction | None
    shared_answers: dict[str, Any]
    created_at: datetime
    updated_at: datetime
