"""SQL of the developer console."""

from datetime import datetime

from revento.integrations.consoles.models import Connection, Console, Duty, Event, Mine, Persona
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, EventId, IntegrationId, OrganizationId, UserId

# Serves every page of an integration. Dead letters are counted up to 1000: more is more.
FIND = """
    SELECT n.id, n.name, n.kind, n.state, n.organization_id, n.suspended_at, n.suspension_reason, n.published_at,
           m.role, coalesce(f.document->'publisher'->>'display_name', '') AS publisher,
           (SELECT count(*) FROM installations i
             WHERE i.integration_id = n.id AND i.client_id = c.id AND i.state = 'active') AS installations,
           (SELECT count(*) FROM deletion_requests d
             WHERE d.integration_id = n.id AND d.confirmed_at IS NULL) AS duties,
           (SELECT count(*) FROM (SELECT 1 FROM endpoints e JOIN delivery_log l ON l.endpoint_no = e.no
                                   WHERE e.client_id = c.id AND l.state = 'dead' LIMIT 1000) dead) AS dead
      FROM integrations n
      JOIN integration_members m ON m.integration_id = n.id AND m.user_id = %(user_id)s
      LEFT JOIN LATERAL (SELECT k.id, k.manifest_id FROM clients k
                          WHERE k.integration_id = n.id
                          ORDER BY k.environment = %(environment)s DESC, k.environment LIMIT 1) c ON true
      LEFT JOIN manifests f ON f.id = c.manifest_id
     WHERE n.id = %(id)s
"""


async def find(tx: Tx, user_id: UserId, id: IntegrationId, *, environment: str) -> Console | None:
    """An integration that the person works on; counts are those of the environment, or of the one there is."""
    return await tx.maybe(Console, FIND, user_id=user_id, id=id, environment=environment)


LIST_MINE = """
    SELECT n.id, n.name, n.kind, n.state, m.role, n.created_at,
           ARRAY(SELECT c.environment FROM clients c WHERE c.integration_id = n.id ORDER BY 1) AS environments,
           (SELECT count(*) FROM installations i WHERE i.integration_id = n.id AND i.state = 'active') AS installations,
           (SELECT count(*) FROM deletion_requests d
             WHERE d.integration_id = n.id AND d.confirmed_at IS NULL) AS duties,
           (SELECT count(*) FROM endpoints e
             WHERE e.integration_id = n.id AND (e.failing_since IS NOT NULL OR e.state IN ('paused', 'probing')))
           AS troubled
      FROM integration_members m
      JOIN integrations n ON n.id = m.integration_id
     WHERE m.user_id = %(user_id)s
     ORDER BY n.created_at DESC, n.id DESC
     LIMIT 200
"""


async def list_mine(tx: Tx, user_id: UserId) -> list[Mine]:
    """The integrations that a person works on, the newest first."""
    return await tx.all(Mine, LIST_MINE, user_id=user_id)


# Serves the page of connections; index installations_by_integration.
PAGE_CONNECTIONS = """
    SELECT i.id, i.event_id, e.title AS event_title, o.name AS organization_name, i.state, i.granted_scopes,
           i.created_at, i.paused_at, i.ends_at, i.ended_at, i.end_reason, i.last_used_at,
           (SELECT count(*) FROM user_grants g WHERE g.installation_id = i.id AND g.ended_at IS NULL) AS grants,
           p.no AS endpoint_no, p.state AS endpoint_state, p.failing_since
      FROM installations i
      JOIN events e ON e.id = i.event_id
      JOIN organizations o ON o.id = i.organization_id
      LEFT JOIN endpoints p ON p.installation_id = i.id
     WHERE i.integration_id = %(integration_id)s AND i.client_id = %(client_id)s
       AND (i.created_at, i.id) < (%(before_at)s, %(before_id)s)
       AND (%(state)s::text IS NULL OR i.state = %(state)s)
       AND (%(search)s::text IS NULL OR e.title ILIKE '%%' || %(search)s || '%%'
            OR o.name ILIKE '%%' || %(search)s || '%%' OR %(search)s IN (i.id, i.event_id))
     ORDER BY i.created_at DESC, i.id DESC
     LIMIT %(limit)s
"""


async def page_connections(
    tx: Tx,
    integration_id: IntegrationId,
    client_id: ClientId,
    before: tuple[datetime, str],
    *,
    state: str | None = None,
    search: str | None = None,
    limit: int,
) -> list[Connection]:
    """A client's connections, the newest first."""
    return await tx.all(
        Connection,
        PAGE_CONNECTIONS,
        integration_id=integration_id,
        client_id=client_id,
        before_at=before[0],
        before_id=before[1],
        state=state,
        search=search,
        limit=limit,
    )


# Serves the page of deletion duties; index deletion_requests_by_integration.
PAGE_DUTIES = """
    SELECT d.id, d.event_id, e.title AS event_title, d.subject, d.participant_id, d.reason, d.opened_at,
           d.deadline_at, d.confirmed_at, d.confirmed_by
      FROM deletion_requests d
      JOIN events e ON e.id = d.event_id
     WHERE d.integration_id = %(integration_id)s
       AND (d.opened_at, d.id) < (%(before_at)s, %(before_id)s)
       AND (%(open)s::boolean IS NULL OR (d.confirmed_at IS NULL) = %(open)s)
     ORDER BY d.opened_at DESC, d.id DESC
     LIMIT %(limit)s
"""


async def page_duties(
    tx: Tx, integration_id: IntegrationId, before: tuple[datetime, str], *, open: bool | None, limit: int
) -> list[Duty]:
    """An integration's deletion duties, the newest first; only open or only confirmed ones."""
    return await tx.all(
        Duty,
        PAGE_DUTIES,
        integration_id=integration_id,
        before_at=before[0],
        before_id=before[1],
        open=open,
        limit=limit,
    )


NEAREST_DEADLINE = """
    SELECT min(deadline_at) FROM deletion_requests
     WHERE integration_id = %(integration_id)s AND confirmed_at IS NULL
"""


async def nearest_deadline(tx: Tx, integration_id: IntegrationId) -> datetime | None:
    """Until when the most urgent deletion has to be confirmed."""
    return await tx.maybe(datetime, NEAREST_DEADLINE, integration_id=integration_id)


LIST_SANDBOX_EVENTS = """
    SELECT e.id, e.title, e.publish_status, e.starts_at, e.ends_at, e.time_zone, e.archived_at,
           (SELECT i.id FROM installations i
             WHERE i.event_id = e.id AND i.integration_id = %(integration_id)s AND i.state = 'active')
           AS installation_id
      FROM events e
     WHERE e.organization_id = %(organization_id)s
     ORDER BY e.starts_at DESC, e.id
     LIMIT 20
"""


async def list_sandbox_events(
    tx: Tx, organization_id: OrganizationId, *, integration_id: IntegrationId | None = None
) -> list[Event]:
    """The events of a sandbox organization, with the integration's connection to each."""
    return await tx.all(Event, LIST_SANDBOX_EVENTS, organization_id=organization_id, integration_id=integration_id)


LIST_EVENT_NAMES = """
    SELECT DISTINCT e.id || '~' || e.title
      FROM installations i
      JOIN events e ON e.id = i.event_id
     WHERE i.integration_id = %(integration_id)s AND i.client_id = %(client_id)s
     LIMIT 200
"""


async def list_event_names(tx: Tx, integration_id: IntegrationId, client_id: ClientId) -> list[tuple[str, str]]:
    """The events that a client is or was connected to, with their ids, for filters."""
    found = await tx.all(str, LIST_EVENT_NAMES, integration_id=integration_id, client_id=client_id)
    pairs = [each.partition("~") for each in found]
    return sorted(((id, title) for id, _, title in pairs), key=lambda pair: pair[1])


LIST_PERSONAS = """
    SELECT u.id AS user_id, u.name, p.display_name, a.role, a.status
      FROM applications a
      JOIN users u ON u.id = a.user_id AND u.is_sandbox AND NOT u.is_operator AND u.deleted_at IS NULL
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
     WHERE a.event_id = %(event_id)s
       AND (%(user_id)s::text IS NULL OR u.id = %(user_id)s)
     ORDER BY a.status, p.display_name
     LIMIT 60
"""


async def list_personas(tx: Tx, event_id: EventId, *, user_id: UserId | None = None) -> list[Persona]:
    """The invented people who applied for a sandbox event, by status; or only one of them."""
    return await tx.all(Persona, LIST_PERSONAS, event_id=event_id, user_id=user_id)
