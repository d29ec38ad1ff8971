"""Rows of erasing."""

from revento.kernel.db import Row
from revento.kernel.ids import ApplicationId, EventId, ParticipantId


class Trace(Row, frozen=True):
    """Where a person is known in one event, under which name."""

    event_id: EventId
    participant_id: ParticipantId
    application_id: ApplicationId
    display_name: str
