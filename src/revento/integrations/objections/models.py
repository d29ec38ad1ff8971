"""Rows of objections."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import EventId, InstallationId, UserId


class Objection(Row, frozen=True):
    """A participant who does not want an organizer's integration to read along, and what the organizer says to it."""

    id: str
    event_id: EventId
    user_id: UserId
    person_name: str
    installation_id: InstallationId
    integration_name: str
    event_title: str
    reason: str
    created_at: datetime
    answer: str | None
    answered_by: UserId | None
    answered_at: datetime | None
