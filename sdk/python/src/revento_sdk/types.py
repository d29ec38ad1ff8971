"""Everything on the wire of version 1.

Made from the contract by `python -m revento.contract.render.sdk`; do not edit.
"""

from typing import Any, Literal, TypeAlias, TypedDict

FieldType: TypeAlias = Literal["text", "long_text", "number", "boolean", "date", "choice", "multi_choice"]
MinAge: TypeAlias = Literal["age_all", "age_12_plus", "age_16_plus", "age_18_plus"]
PublishStatus: TypeAlias = Literal["draft", "published", "archived"]
Role: TypeAlias = Literal["participant", "host", "staff", "volunteer", "guest"]
ApplicationStatus: TypeAlias = Literal["pending", "approved", "rejected", "revision_requested", "withdrawn"]
ReviewAction: TypeAlias = Literal["approved", "rejected", "revision_requested"]
ActivityStatus: TypeAlias = Literal["scheduled", "cancelled"]
CapacityState: TypeAlias = Literal["unlimited", "open", "nearly_full", "full", "closed"]
LocationKind: TypeAlias = Literal["venue", "building", "floor", "room"]
WaveStatus: TypeAlias = Literal["upcoming", "open", "full", "closed"]
Scope: TypeAlias = Literal["event.read", "participants.read", "program.read", "profile.read", "event.attendance"]
ErrorCode: TypeAlias = Literal[
    "invalid_token",
    "token_expired",
    "token_revoked",
    "user_token_required",
    "installation_token_required",
    "event_not_authorized",
    "insufficient_scope",
    "invalid_request",
    "invalid_cursor",
    "not_found",
    "method_not_allowed",
    "not_acceptable",
    "payload_too_large",
    "rate_limit_exceeded",
    "concurrent_limit_exceeded",
    "internal_error",
    "service_unavailable",
    "invalid_grant",
    "invalid_scope",
    "unsupported_grant_type",
    "unauthorized_client",
    "invalid_client",
]


class FormFieldDefinition(TypedDict):
    """One custom form field that the organizer shares with integrations, so that a client can label answers."""

    key: str
    label: str
    type: FieldType
    required: bool
    options: list[str]
    help_text: str


class Event(TypedDict):
    """A gathering."""

    id: str
    organization_id: str
    title: str
    description: str
    publish_status: PublishStatus
    starts_at: str
    ends_at: str
    time_zone: str
    min_age: MinAge
    location_name: str | None
    website_url: str | None
    custom_form_field_definitions: list[FormFieldDefinition]
    created_at: str
    updated_at: str


class EventUpdated(TypedDict):
    """`data` of `event.updated`."""

    id: str
    organization_id: str
    title: str
    description: str
    publish_status: PublishStatus
    starts_at: str
    ends_at: str
    time_zone: str
    min_age: MinAge
    location_name: str | None
    website_url: str | None
    custom_form_field_definitions: list[FormFieldDefinition]
    created_at: str
    updated_at: str
    changed_fields: list[str]


class Participant(TypedDict):
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


class ParticipantUpdated(TypedDict):
    """`data` of `participant.profile_updated`."""

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
    changed_fields: list[str]


class MyApplication(TypedDict):
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


class ApplicationEvent(TypedDict):
    """What all four `application.*` types share."""

    id: str
    participant_id: str
    user_id: str
    status: ApplicationStatus
    role: Role
    custom_form_fields: dict[str, Any]


class ApplicationSubmitted(TypedDict):
    """`data` of `application.submitted`: the first submit and every resubmit."""

    id: str
    participant_id: str
    user_id: str
    status: ApplicationStatus
    role: Role
    custom_form_fields: dict[str, Any]
    submitted_at: str


class ApplicationApproved(TypedDict):
    """`data` of `application.approved`."""

    id: str
    participant_id: str
    user_id: str
    status: ApplicationStatus
    role: Role
    custom_form_fields: dict[str, Any]
    approved_at: str
    approver_id: str


class ApplicationRejected(TypedDict):
    """`data` of `application.rejected`."""

    id: str
    participant_id: str
    user_id: str
    status: ApplicationStatus
    role: Role
    custom_form_fields: dict[str, Any]
    rejected_at: str
    rejecter_id: str


class ApplicationRevisionRequested(TypedDict):
    """`data` of `application.revision_requested`; the note to the applicant stays in the house."""

    id: str
    participant_id: str
    user_id: str
    status: ApplicationStatus
    role: Role
    custom_form_fields: dict[str, Any]
    revision_requested_at: str
    requester_id: str


class Host(TypedDict):
    """Who holds an activity; `participant_id` is null for a host known by name only."""

    participant_id: str | None
    display_name: str


class Activity(TypedDict):
    """One item of the program. A draft appears nowhere."""

    id: str
    event_id: str
    thread_id: str | None
    location_id: str | None
    title: str
    description: str
    status: ActivityStatus
    starts_at: str
    ends_at: str
    min_age: MinAge
    language: str | None
    hosts: list[Host]
    capacity: int | None
    signup_count: int
    waitlist_count: int
    capacity_state: CapacityState
    created_at: str
    updated_at: str


class ActivityUpdated(TypedDict):
    """`data` of `activity.updated`; `previous` holds the old values of `changed_fields`."""

    id: str
    event_id: str
    thread_id: str | None
    location_id: str | None
    title: str
    description: str
    status: ActivityStatus
    starts_at: str
    ends_at: str
    min_age: MinAge
    language: str | None
    hosts: list[Host]
    capacity: int | None
    signup_count: int
    waitlist_count: int
    capacity_state: CapacityState
    created_at: str
    updated_at: str
    changed_fields: list[str]
    previous: dict[str, Any]


class Thread(TypedDict):
    """A track of the program."""

    id: str
    event_id: str
    title: str
    description: str
    color: str
    position: int
    created_at: str
    updated_at: str


class Location(TypedDict):
    """A node of the tree venue > building > floor > room."""

    id: str
    event_id: str
    parent_id: str | None
    kind: LocationKind
    name: str
    capacity: int | None
    accessibility: str
    position: int
    created_at: str
    updated_at: str


class Wave(TypedDict):
    """A registration wave: when people of one role may apply."""

    id: str
    event_id: str
    title: str
    role: Role
    opens_at: str
    closes_at: str
    capacity: int | None
    status: WaveStatus
    created_at: str
    updated_at: str


class ProgramDay(TypedDict):
    """The activities that start on one date of the event's time zone, by start."""

    date: str
    activities: list[Activity]


class Program(TypedDict):
    """The whole program as one document."""

    event_id: str
    time_zone: str
    updated_at: str
    threads: list[Thread]
    locations: list[Location]
    days: list[ProgramDay]


class Profile(TypedDict):
    """Name and e-mail of the person who consented."""

    id: str
    name: str
    email: str
    email_verified: bool
    locale: str


class DeletionRequired(TypedDict):
    """`data` of `data.deletion_required`: what must be erased, and until when."""

    deletion_id: str
    subject: Literal["event", "participant"]
    participant_id: str | None
    user_id: str | None
    reason: str
    deadline_at: str


class IntegrationSuspended(TypedDict):
    """`data` of `integration.suspended`."""

    integration_id: str
    reason: str
    suspended_at: str


class IntegrationResumed(TypedDict):
    """`data` of `integration.resumed`."""

    integration_id: str
    reason: str
    suspended_at: str
    resumed_at: str


class Test(TypedDict):
    """`data` of `webhook.test`."""

    message: str


class ApplicationSubmittedMessage(TypedDict):
    """A person applies, or applies again after a revision request."""

    id: str
    type: Literal["application.submitted"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: ApplicationSubmitted


class ApplicationApprovedMessage(TypedDict):
    """A reviewer approves an application."""

    id: str
    type: Literal["application.approved"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: ApplicationApproved


class ApplicationRejectedMessage(TypedDict):
    """A reviewer rejects an application."""

    id: str
    type: Literal["application.rejected"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: ApplicationRejected


class ApplicationRevisionRequestedMessage(TypedDict):
    """A reviewer asks the applicant for changes. The note to the applicant is not sent."""

    id: str
    type: Literal["application.revision_requested"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: ApplicationRevisionRequested


class ParticipantRegisteredMessage(TypedDict):
    """A participant's place in the event is confirmed."""

    id: str
    type: Literal["participant.registered"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: Participant


class ParticipantProfileUpdatedMessage(TypedDict):
    """A participant's display name, role or a shared form field changes."""

    id: str
    type: Literal["participant.profile_updated"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: ParticipantUpdated


class ActivityUpdatedMessage(TypedDict):
    """A published activity is created, changed or cancelled."""

    id: str
    type: Literal["activity.updated"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: ActivityUpdated


class ActivityCapacityStateChangedMessage(TypedDict):
    """An activity fills up or frees places; at most one per activity in 30 seconds, the last state wins."""

    id: str
    type: Literal["activity.capacity_state_changed"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: Activity


class EventUpdatedMessage(TypedDict):
    """The published event itself changes."""

    id: str
    type: Literal["event.updated"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: EventUpdated


class DataDeletionRequiredMessage(TypedDict):
    """A connection ended or a person left: erase what you hold until the deadline, then confirm."""

    id: str
    type: Literal["data.deletion_required"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: DeletionRequired


class IntegrationSuspendedMessage(TypedDict):
    """The platform's operator suspends the integration."""

    id: str
    type: Literal["integration.suspended"]
    occurred_at: str
    event_id: None
    organization_id: None
    data: IntegrationSuspended


class IntegrationResumedMessage(TypedDict):
    """The operator lifts a suspension."""

    id: str
    type: Literal["integration.resumed"]
    occurred_at: str
    event_id: None
    organization_id: None
    data: IntegrationResumed


class WebhookTestMessage(TypedDict):
    """Somebody presses “Send a test” in the developer console."""

    id: str
    type: Literal["webhook.test"]
    occurred_at: str
    event_id: str
    organization_id: str
    data: Test


Message: TypeAlias = (
    ApplicationSubmittedMessage
    | ApplicationApprovedMessage
    | ApplicationRejectedMessage
    | ApplicationRevisionRequestedMessage
    | ParticipantRegisteredMessage
    | ParticipantProfileUpdatedMessage
    | ActivityUpdatedMessage
    | ActivityCapacityStateChangedMessage
    | EventUpdatedMessage
    | DataDeletionRequiredMessage
    | IntegrationSuspendedMessage
    | IntegrationResumedMessage
    | WebhookTestMessage
)
"""Any webhook message; `type` tells which."""
MessageType: TypeAlias = Literal[
    "application.submitted",
    "application.approved",
    "application.rejected",
    "application.revision_requested",
    "participant.registered",
    "participant.profile_updated",
    "activity.updated",
    "activity.capacity_state_changed",
    "event.updated",
    "data.deletion_required",
    "integration.suspended",
    "integration.resumed",
    "webhook.test",
]
