"""Participants and applications on the wire (contract §4, §6.5). No e-mail address, ever."""

from typing import Any, Literal

from revento.contract.v1.wire import Wire

Role = Literal["participant", "host", "staff", "volunteer", "guest"]
ApplicationStatus = Literal["pending", "approved", "rejected", "revision_requested", "withdrawn"]
ReviewAction = Literal["approved", "rejected", "revision_requested"]


class Participant(Wire, frozen=True, kw_only=True):
    """A person inside one event. `custom_form_fields` holds shared fields only."""

    id: str
    event_id: str
    user_id: str
    application_id: str
    display_name: str
    role: Role
    application_status: ApplicationStatus
    submitted_at: str
    registered_at: str | None
    registration_wave_id: str | None
    last_reviewed_at: str | None
    last_reviewer_id: str | None
    last_review_action: ReviewAction | None
    custom_form_fields: dict[str, Any]
    created_at: str
    updated_at: str


class ParticipantUpdated(Participant, frozen=True, kw_only=True):
    """`data` of `participant.profile_updated`."""

    changed_fields: list[str]


class MyApplication(Wire, frozen=True, kw_only=True):
    """The signed-in person's own application for the token's event: `/me/application`."""

    id: str
    event_id: str
    participant_id: str
    user_id: str
    role: Role
    status: ApplicationStatus
    submitted_at: str
    registered_at: str | None
    registration_wave_id: str | None
    last_reviewed_at: str | None
    last_review_action: ReviewAction | None
    updated_at: str


class ApplicationEvent(Wire, frozen=True, kw_only=True):
    """What all four `application.*` types share."""

    id: str
    participant_id: str
    user_id: str
    status: ApplicationStatus
    role: Role
    custom_form_fields: dict[str, Any]


class ApplicationSubmitted(ApplicationEvent, frozen=True, kw_only=True):
    """`data` of `application.submitted`: the first submit and every resubmit."""

    submitted_at: str


class ApplicationApproved(ApplicationEvent, frozen=True, kw_only=True):
    """`data` of `application.approved`."""

    approved_at: str
    approver_id: str


class ApplicationRejected(ApplicationEvent, frozen=True, kw_only=True):
    """`data` of `application.rejected`."""

    rejected_at: str
    rejecter_id: str


class ApplicationRevisionRequested(ApplicationEvent, frozen=True, kw_only=True):
    """`data` of `application.revision_requested`; the note to the applicant stays in the house."""

    revision_requested_at: str
    requester_id: str
