"""Rows of deletion duties."""

from datetime import datetime
from typing import Literal

from revento.kernel.db import Row
from revento.kernel.ids import DeletionId, EventId, InstallationId, IntegrationId, OrganizationId, ParticipantId, UserId

Subject = Literal["event", "participant"]


class Deletion(Row, frozen=True):
    """Something that an integration has to erase until `deadline_at`; `confirmed_at` is the receipt."""

    id: DeletionId
    event_id: EventId
    organization_id: OrganizationId
    integration_id: IntegrationId
    installation_id: InstallationId
    subject: Subject
    participant_id: ParticipantId | None
    user_id: UserId | None
    reason: str
    opened_at: datetime
    deadline_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None


class Duty(Deletion, frozen=True):
    """The same with names, for people."""

    integration_name: str
    event_title: str
