"""Participants as the wire shows them: no e-mail address, shared answers only."""

from typing import Any

from revento.contract.v1 import participant as wire
from revento.contract.v1.wire import stamp, stamp_or_none
from revento.events.participants.models import Participant


def _fields(row: Participant) -> dict[str, Any]:
    return {
        "id": row.id,
        "event_id": row.event_id,
        "user_id": row.user_id,
        "application_id": row.application_id,
        "display_name": row.display_name,
        "role": row.role,
        "application_status": row.application_status,
        "submitted_at": stamp(row.submitted_at),
        "registered_at": stamp_or_none(row.registered_at),
        "registration_wave_id": row.registration_wave_id,
        "last_reviewed_at": stamp_or_none(row.last_reviewed_at),
        "last_reviewer_id": row.last_reviewer_id,
        "last_review_action": row.last_review_action,
        "custom_form_fields": row.shared_answers,
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
    }


def participant(row: Participant) -> wire.Participant:
    """A participant."""
    return wire.Participant(**_fields(row))


def profile_updated(row: Participant, changed: list[str]) -> wire.ParticipantUpdated:
    """`data` of `participant.profile_updated`."""
    return wire.ParticipantUpdated(**_fields(row), changed_fields=changed)


def my_application(row: Participant) -> wire.MyApplication:
    """The person's own application: `/me/application`."""
    return wire.MyApplication(
        id=row.application_id,
        event_id=row.event_id,
        participant_id=row.id,
        user_id=row.user_id,
        role=row.role,
        status=row.application_status,
        submitted_at=stamp(row.submitted_at),
        registered_at=stamp_or_none(row.registered_at),
        registration_wave_id=row.registration_wave_id,
        last_reviewed_at=stamp_or_none(row.last_reviewed_at),
        last_review_action=row.last_review_action,
        updated_at=stamp(row.updated_at),
    )
