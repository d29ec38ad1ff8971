"""SQL of deletion duties."""

from datetime import datetime

from revento.integrations.deletions.models import Deletion, Duty
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, DeletionId, EventId, InstallationId, IntegrationId, UserId

INSERT = """
    INSERT INTO deletion_requests (id, event_id, organization_id, integration_id, installation_id, subject,
                                   participant_id, user_id, reason, opened_at, deadline_at)
    VALUES (%(id)s, %(event_id)s, %(organization_id)s, %(integration_id)s, %(installation_id)s, %(subject)s,
            %(participant_id)s, %(user_id)s, %(reason)s, %(opened_at)s, %(deadline_at)s)
"""


async def insert(tx: Tx, duty: Deletion) -> None:
    """Opens a duty."""
    await tx.run(
        INSERT,
        id=duty.id,
        event_id=duty.event_id,
        organization_id=duty.organization_id,
        integration_id=duty.integration_id,
        installation_id=duty.installation_id,
        subject=duty.subject,
        participant_id=duty.participant_id,
        user_id=duty.user_id,
        reason=duty.reason,
        opened_at=duty.opened_at,
        deadline_at=duty.deadline_at,
    )


FIND = """
    SELECT id, event_id, organization_id, integration_id, installation_id, subject, participant_id, user_id, reason,
           opened_at, deadline_at, confirmed_at, confirmed_by
      FROM deletion_requests
     WHERE integration_id = %(integration_id)s AND id = %(id)s
"""


async def find(tx: Tx, integration_id: IntegrationId, id: DeletionId) -> Deletion | None:
    """One of an integration's own duties."""
    return await tx.maybe(Deletion, FIND, integration_id=integration_id, id=id)


SET_CONFIRMED = """
    UPDATE deletion_requests SET confirmed_at = %(now)s, confirmed_by = %(by)s
     WHERE integration_id = %(integration_id)s AND id = %(id)s AND confirmed_at IS NULL
"""


async def set_confirmed(tx: Tx, integration_id: IntegrationId, id: DeletionId, *, by: str, now: datetime) -> int:
    """Keeps the receipt; 0 when there is one already."""
    return await tx.run(SET_CONFIRMED, integration_id=integration_id, id=id, by=by, now=now)


# Serves GET /integration/deletions and the console; index deletion_requests_by_integration.
LIST_BY_CLIENT = """
    SELECT d.id, d.event_id, d.organization_id, d.integration_id, d.installation_id, d.subject, d.participant_id,
           d.user_id, d.reason, d.opened_at, d.deadline_at, d.confirmed_at, d.confirmed_by
      FROM deletion_requests d
      JOIN installations i ON i.id = d.installation_id
     WHERE d.integration_id = (SELECT integration_id FROM clients WHERE id = %(client_id)s)
       AND i.client_id = %(client_id)s
     ORDER BY d.opened_at, d.id
     LIMIT 1000
"""


async def list_by_client(tx: Tx, client_id: ClientId) -> list[Deletion]:
    """The duties of a client, confirmed ones too, the oldest first."""
    return await tx.all(Deletion, LIST_BY_CLIENT, client_id=client_id)


# Serves organizer, participant and console pages; indexes deletion_requests_by_event, _by_user, _by_integration.
LIST_DUTIES = """
    SELECT d.id, d.event_id, d.organization_id, d.integration_id, d.installation_id, d.subject, d.participant_id,
           d.user_id, d.reason, d.opened_at, d.deadline_at, d.confirmed_at, d.confirmed_by,
           g.name AS integration_name, e.title AS event_title
      FROM deletion_requests d
      JOIN integrations g ON g.id = d.integration_id
      JOIN events e ON e.id = d.event_id
     WHERE (%(event_id)s::text IS NULL OR d.event_id = %(event_id)s)
       AND (%(user_id)s::text IS NULL OR d.user_id = %(user_id)s)
       AND (%(integration_id)s::text IS NULL OR d.integration_id = %(integration_id)s)
       AND (%(installation_id)s::text IS NULL OR d.installation_id = %(installation_id)s)
     ORDER BY d.opened_at DESC, d.id DESC
     LIMIT 500
"""


async def list_by_event(tx: Tx, event_id: EventId, *, installation_id: InstallationId | None = None) -> list[Duty]:
    """The duties that came out of an event, the newest first."""
    return await tx.all(
        Duty, LIST_DUTIES, event_id=event_id, user_id=None, integration_id=None, installation_id=installation_id
    )


async def list_by_user(tx: Tx, user_id: UserId) -> list[Duty]:
    """The duties about one person, the newest first."""
    return await tx.all(Duty, LIST_DUTIES, event_id=None, user_id=user_id, integration_id=None, installation_id=None)


async def list_by_integration(tx: Tx, integration_id: IntegrationId) -> list[Duty]:
    """The duties of an integration, the newest first."""
    return await tx.all(
        Duty, LIST_DUTIES, event_id=None, user_id=None, integration_id=integration_id, installation_id=None
    )


COUNT_OPEN = """
    SELECT count(*) FROM deletion_requests WHERE integration_id = %(integration_id)s AND confirmed_at IS NULL
"""


async def count_open(tx: Tx, integration_id: IntegrationId) -> int:
    """How many duties nobody has confirmed."""
    return await tx.one(int, COUNT_OPEN, integration_id=integration_id)
