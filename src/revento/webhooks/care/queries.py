"""SQL of care."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.webhooks.care.models import Troubled

# Index endpoints_troubled. The last error is that of the newest try.
LIST_TROUBLED = """
    SELECT e.no, e.client_id, e.integration_id, g.name AS integration_name, c.environment, v.title AS event_title,
           nullif(f.document->>'webhook_url', '') AS url, e.state, e.reason, e.failing_since, e.warned_at, e.paused_at,
           e.last_failure_at, t.last_error, t.last_status
      FROM endpoints e
      JOIN clients c ON c.id = e.client_id
      JOIN integrations g ON g.id = e.integration_id
      JOIN manifests f ON f.id = c.manifest_id
      LEFT JOIN events v ON v.id = e.event_id
      LEFT JOIN LATERAL (SELECT last_error, last_status FROM deliveries
                          WHERE endpoint_no = e.no AND last_error IS NOT NULL ORDER BY no LIMIT 1) t ON true
     WHERE (e.failing_since IS NOT NULL OR e.state = 'paused')
       AND e.state <> 'withheld'
       AND (e.warned_at IS NULL OR e.warned_at <= %(warned_before)s OR e.failing_since <= %(pause_before)s
            OR e.warned_at < e.paused_at)
     ORDER BY e.client_id, e.no
"""


async def list_troubled(tx: Tx, *, warned_before: datetime, pause_before: datetime) -> list[Troubled]:
    """Endpoints that fail or are paused, and nobody was told of it since `warned_before`, or since the pause."""
    return await tx.all(Troubled, LIST_TROUBLED, warned_before=warned_before, pause_before=pause_before)


SET_WARNED = "UPDATE endpoints SET warned_at = %(now)s WHERE no = ANY (%(nos)s)"


async def set_warned(tx: Tx, nos: list[int], *, now: datetime) -> None:
    """Notes that somebody was told."""
    await tx.run(SET_WARNED, nos=nos, now=now)


# Owners and developers; without any, whoever made it.
LIST_RECIPIENTS = """
    SELECT u.email
      FROM integration_members m JOIN users u ON u.id = m.user_id
     WHERE m.integration_id = %(integration_id)s AND m.role IN ('owner', 'developer') AND u.deleted_at IS NULL
     UNION
    SELECT u.email
      FROM integrations g JOIN users u ON u.id = g.created_by
     WHERE g.id = %(integration_id)s AND u.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM integration_members m
                        WHERE m.integration_id = g.id AND m.role IN ('owner', 'developer'))
     ORDER BY 1
"""


async def list_recipients(tx: Tx, integration_id: str) -> list[str]:
    """Who cares for an integration."""
    return await tx.all(str, LIST_RECIPIENTS, integration_id=integration_id)
