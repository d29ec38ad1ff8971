"""SQL of the board: reads only."""

from datetime import datetime

from revento.integrations.board.models import Connection, ScopeUse
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, InstallationId

# Serves the list and the page of a connection; unique key of installations (event_id, id), endpoints (installation_id).
LIST_CONNECTIONS = """
    SELECT i.id, i.integration_id, i.client_id, c.environment, g.name, g.kind, g.state AS integration_state,
           g.suspension_reason, g.publisher_verified_at, f.document AS manifest, f.version AS manifest_version, i.state,
           i.granted_scopes, u.name AS connected_by, i.created_at, i.paused_at, i.ends_at, i.ended_at, i.end_reason,
           i.last_used_at,
           (SELECT count(*) FROM user_grants r WHERE r.installation_id = i.id AND r.ended_at IS NULL) AS people,
           (SELECT count(*) FROM webview_pages w
             WHERE w.event_id = i.event_id AND w.integration_id = i.integration_id) AS pages,
           p.state AS endpoint_state, p.reason AS endpoint_reason, p.failing_since, p.last_success_at,
           p.last_failure_at,
           (SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.endpoint_no = p.no LIMIT 1000) h) AS holding
      FROM installations i
      JOIN clients c ON c.id = i.client_id
      JOIN integrations g ON g.id = i.integration_id
      JOIN manifests f ON f.id = c.manifest_id
      JOIN users u ON u.id = i.connected_by
      LEFT JOIN endpoints p ON p.installation_id = i.id
     WHERE i.event_id = %(event_id)s AND (%(id)s::text IS NULL OR i.id = %(id)s)
     ORDER BY i.state, lower(g.name), i.created_at DESC
     LIMIT 300
"""


async def list_connections(tx: Tx, event_id: EventId) -> list[Connection]:
    """An event's connections: active ones by name, then ended ones."""
    return await tx.all(Connection, LIST_CONNECTIONS, event_id=event_id, id=None)


async def find_connection(tx: Tx, event_id: EventId, id: InstallationId) -> Connection | None:
    """One connection of an event."""
    return await tx.maybe(Connection, LIST_CONNECTIONS, event_id=event_id, id=id)


# Index api_requests_by_event.
LIST_SCOPE_USES = """
    SELECT installation_id, scope, count(*) AS requests, coalesce(sum(people), 0)::bigint AS people, max(at) AS last_at
      FROM api_requests
     WHERE event_id = %(event_id)s AND at >= %(since)s AND status < 400
       AND installation_id IS NOT NULL AND scope IS NOT NULL
       AND (%(installation_id)s::text IS NULL OR installation_id = %(installation_id)s)
     GROUP BY installation_id, scope
"""


async def list_scope_uses(
    tx: Tx, event_id: EventId, *, since: datetime, installation_id: InstallationId | None = None
) -> list[ScopeUse]:
    """What each connection of an event read with which scope since then."""
    return await tx.all(ScopeUse, LIST_SCOPE_USES, event_id=event_id, since=since, installation_id=installation_id)


COUNT_UNANSWERED = "SELECT count(*) FROM objections WHERE event_id = %(event_id)s AND answered_at IS NULL"


async def count_unanswered(tx: Tx, event_id: EventId) -> int:
    """How many objections wait for an answer; index objections_by_event."""
    return await tx.one(int, COUNT_UNANSWERED, event_id=event_id)
