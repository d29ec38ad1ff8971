"""SQL of limits."""

from datetime import datetime

from revento.integrations.limits.models import Limit, Wanted
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId, IntegrationId, UserId

LIST = """
    SELECT l.id, l.integration_id, n.name AS integration_name, l.installation_id, e.title AS event_title, l.kind,
           l.per_hour, l.per_minute, l.in_flight, l.reason, l.set_by, u.name AS set_by_name, l.set_at
      FROM rate_limits l
      JOIN integrations n ON n.id = l.integration_id
      JOIN users u ON u.id = l.set_by
      LEFT JOIN installations i ON i.id = l.installation_id
      LEFT JOIN events e ON e.id = i.event_id
     WHERE (%(integration_id)s::text IS NULL OR l.integration_id = %(integration_id)s)
     ORDER BY l.set_at DESC, l.id
     LIMIT 200
"""


async def list_limits(tx: Tx, *, integration_id: IntegrationId | None = None) -> list[Limit]:
    """Every budget that was set, or one integration's, the latest first."""
    return await tx.all(Limit, LIST, integration_id=integration_id)


HAS_INSTALLATION = """
    SELECT EXISTS (SELECT 1 FROM installations WHERE id = %(id)s AND integration_id = %(integration_id)s)
"""


async def has_installation(tx: Tx, integration_id: IntegrationId, id: InstallationId) -> bool:
    """Whether the connection is the integration's."""
    return await tx.one(bool, HAS_INSTALLATION, integration_id=integration_id, id=id)


PUT = """
    INSERT INTO rate_limits (id, integration_id, installation_id, kind, per_hour, per_minute, in_flight, reason,
                             set_by, set_at)
    VALUES (%(id)s, %(integration_id)s, %(installation_id)s, %(kind)s, %(per_hour)s, %(per_minute)s, %(in_flight)s,
            %(reason)s, %(by)s, %(now)s)
    ON CONFLICT (integration_id, installation_id, kind) DO UPDATE
       SET per_hour = excluded.per_hour, per_minute = excluded.per_minute, in_flight = excluded.in_flight,
           reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at
"""


async def put(tx: Tx, id: str, wanted: Wanted, *, by: UserId, now: datetime) -> None:
    """Sets a budget, or changes it."""
    await tx.run(
        PUT,
        id=id,
        integration_id=wanted.integration_id,
        installation_id=wanted.installation_id,
        kind=wanted.kind,
        per_hour=wanted.per_hour,
        per_minute=wanted.per_minute,
        in_flight=wanted.in_flight,
        reason=wanted.reason,
        by=by,
        now=now,
    )


DROP = "DELETE FROM rate_limits WHERE id = %(id)s RETURNING integration_id"


async def drop(tx: Tx, id: str) -> str | None:
    """Takes a budget away; whose it was."""
    return await tx.maybe(str, DROP, id=id)
