"""The webhook catalogue: a topic accepts its own struct and no other (contract §6.5)."""

from typing import Final, Generic, TypeVar

import msgspec

from revento.contract import scopes
from revento.contract.v1 import event, notices, participant, program
from revento.contract.v1.wire import Wire

T = TypeVar("T", bound=Wire)


class Topic(msgspec.Struct, Generic[T], frozen=True):
    """One webhook event type.

    `scope` must be among an installation's granted ones (`None`: no scope needed); `resource` is the field of `data`
    that names the resource, which is the key for ordering; `integration_level` messages belong to no event.
    """

    name: str
    data: type[T]
    scope: scopes.Scope | None
    fires: str
    resource: str
    integration_level: bool = False


APPLICATION_SUBMITTED: Final = Topic(
    "application.submitted",
    participant.ApplicationSubmitted,
    scopes.PARTICIPANTS_READ,
    "A person applies, or applies again after a revision request.",
    "id",
)
APPLICATION_APPROVED: Final = Topic(
    "application.approved",
    participant.ApplicationApproved,
    scopes.PARTICIPANTS_READ,
    "A reviewer approves an application.",
    "id",
)
APPLICATION_REJECTED: Final = Topic(
    "application.rejected",
    participant.ApplicationRejected,
    scopes.PARTICIPANTS_READ,
    "A reviewer rejects an application.",
    "id",
)
APPLICATION_REVISION_REQUESTED: Final = Topic(
    "application.revision_requested",
    participant.ApplicationRevisionRequested,
    scopes.PARTICIPANTS_READ,
    "A reviewer asks the applicant for changes. The note to the applicant is not sent.",
    "id",
)
PARTICIPANT_REGISTERED: Final = Topic(
    "participant.registered",
    participant.Participant,
    scopes.PARTICIPANTS_READ,
    "A participant's place in the event is confirmed.",
    "id",
)
PARTICIPANT_PROFILE_UPDATED: Final = Topic(
    "participant.profile_updated",
    participant.ParticipantUpdated,
    scopes.PARTICIPANTS_READ,
    "A participant's display name, role or a shared form field changes.",
    "id",
)
ACTIVITY_UPDATED: Final = Topic(
    "activity.updated",
    program.ActivityUpdated,
    scopes.PROGRAM_READ,
    "A published activity is created, changed or cancelled.",
    "id",
)
ACTIVITY_CAPACITY_STATE_CHANGED: Final = Topic(
    "activity.capacity_state_changed",
    program.Activity,
    scopes.PROGRAM_READ,
    "An activity fills up or frees places; at most one per activity in 30 seconds, the last state wins.",
    "id",
)
EVENT_UPDATED: Final = Topic(
    "event.updated", event.EventUpdated, scopes.EVENT_READ, "The published event itself changes.", "id"
)
DELETION_REQUIRED: Final = Topic(
    "data.deletion_required",
    notices.DeletionRequired,
    None,
    "A connection ended or a person left: erase what you hold until the deadline, then confirm.",
    "deletion_id",
)
INTEGRATION_SUSPENDED: Final = Topic(
    "integration.suspended",
    notices.IntegrationSuspended,
    None,
    "The platform's operator suspends the integration.",
    "integration_id",
    integration_level=True,
)
INTEGRATION_RESUMED: Final = Topic(
    "integration.resumed",
    notices.IntegrationResumed,
    None,
    "The operator lifts a suspension.",
    "integration_id",
    integration_level=True,
)
WEBHOOK_TEST: Final = Topic(
    "webhook.test", notices.Test, None, "Somebody presses “Send a test” in the developer console.", "message"
)

ALL: Final[tuple[Topic[Wire], ...]] = (
    APPLICATION_SUBMITTED,
    APPLICATION_APPROVED,
    APPLICATION_REJECTED,
    APPLICATION_REVISION_REQUESTED,
    PARTICIPANT_REGISTERED,
    PARTICIPANT_PROFILE_UPDATED,
    ACTIVITY_UPDATED,
    ACTIVITY_CAPACITY_STATE_CHANGED,
    EVENT_UPDATED,
    DELETION_REQUIRED,
    INTEGRATION_SUSPENDED,
    INTEGRATION_RESUMED,
    WEBHOOK_TEST,
)  # pyright: ignore[reportAssignmentType]
BY_NAME: Final = {topic.name: topic for topic in ALL}
