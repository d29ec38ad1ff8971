"""SQL of limits."""

from datetime import datetime

from revento.integrations.limits.models import Holder, Limit, Wanted
from revento.kernel import likeness
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId, IntegrationId, UserId

LIST = """
    SELECT l.id, l.integration_id, n.name AS integration_name, l.installation_id, e.title AS event_title, l.kind,
           l.per_hour, l.per_minute, l.in_flight, l.reason, l.set_by, u.name AS set_by_name, l.set_at, l.ends_at
      FROM rate_limits l
      JOIN integrations n ON n.id = l.integration_id
      JOIN users u ON u.id = l.set_by
      LEFT JOIN installations i ON i.id = l.installation_id
      LEFT JOIN events e ON e.id = i.event_id
     WHERE (l.ends_at IS NULL OR l.ends_at > %(now)s)
       AND (%(integration_id)s::text IS NULL OR l.integration_id = %(integration_id)s)
     ORDER BY l.set_at DESC, l.id
     LIMIT 200
"""


async def list_limits(tx: Tx, *, integration_id: IntegrationId | None = None, now: datetime) -> list[Limit]:
    """Every budget in force that was set, or one integration's, the latest first."""
    return await tx.all(Limit, LIST, integration_id=integration_id, now=now)


# The operator's choice of whom a budget is for; few integrations match, and of their connections the latest are shown.
FIND_HOLDERS = """
    (SELECT n.id AS integration_id, n.name AS integration_name, n.state,
            (SELECT count(*) FROM installations i WHERE i.integration_id = n.id AND i.state = 'active') AS connections,
            NULL::text AS installation_id, NULL::text AS event_title, NULL::text AS organization_name
       FROM integrations n
      WHERE n.id = %(words)s OR n.name ILIKE ALL (%(patterns)s)
      ORDER BY n.name, n.id
      LIMIT 10)
    UNION ALL
    (SELECT n.id, n.name, n.state, 1, i.id, e.title, o.name
       FROM installations i
       JOIN integrations n ON n.id = i.integration_id
       JOIN events e ON e.id = i.event_id
       JOIN organizations o ON o.id = i.organization_id
      WHERE i.state = 'active'
        AND (%(words)s IN (i.id, i.event_id, n.id) OR concat_ws(' ', n.name, e.title, o.name) ILIKE ALL (%(patterns)s))
      ORDER BY i.created_at DESC, i.id
      LIMIT 20)
"""


async def find_holders(tx: Tx, words: str) -> list[Holder]:
    """Integrations and living connections with an id, or with every word in the names of software, event and host."""
    return await tx.all(Holder, FIND_HOLDERS, words=words, patterns=likeness.each(words))


FIND_HOLDER = """
    SELECT n.id AS integration_id, n.name AS integration_name, n.state,
           (SELECT count(*) FROM installations c WHERE c.integration_id = n.id AND c.state = 'active') AS connections,
           i.id AS installation_id, e.title AS event_title, o.name AS organization_name
      FROM integrations n
      LEFT JOIN installations i ON i.id = %(installation_id)s AND i.integration_id = n.id
      LEFT JOIN events e ON e.id = i.event_id
      LEFT JOIN organizations o ON o.id = i.organization_id
     WHERE n.id = %(integration_id)s AND (%(installation_id)s::text IS NULL OR i.id IS NOT NULL)
"""


async def find_holder(tx: Tx, integration_id: str, installation_id: str | None) -> Holder | None:
    """The integration, or its connection; `None` when there is no such one."""
    return await tx.maybe(Holder, FIND_HOLDER, integration_id=integration_id, installation_id=installation_id)


HAS_INSTALLATION = """
    SELECT EXISTS (SELECT 1 FROM installations WHERE id = %(id)s AND integration_id = %(integration_id)s)
"""


async def has_installation(tx: Tx, integration_id: IntegrationId, id: InstallationId) -> bool:
    """Whether the connection is the integration's."""
    return await tx.one(bool, HAS_INSTALLATION, integration_id=integration_id, id=id)


PUT = """
    INSERT INTO rate_limits (id, integration_id, installation_id, kind, per_hour, per_minute, in_flight, reason,
                             set_by, set_at, ends_at)
    VALUES (%(id)s, %(integration_id)s, %(installation_id)s, %(kind)s, %(per_hour)s, %(per_minute)s, %(in_flight)s,
            %(reason)s, %(by)s, %(now)s, %(ends_at)s)
    ON CONFLICT (integration_id, installation_id, kind) DO UPDATE
       SET per_hour = excluded.per_hour, per_minute = excluded.per_minute, in_flight = excluded.in_flight,
           reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at, ends_at = excluded.ends_at
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
        ends_at=wanted.ends_at,
    )


DROP = "DELETE FROM rate_limits WHERE id = %(id)s RETURNING integration_id"


async def drop(tx: Tx, id: str) -> str | None:
    """Takes a budget away; whose it was."""
    return await tx.maybe(str, DROP, id=id)
