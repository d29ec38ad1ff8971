"""SQL of conformance reports."""

from datetime import datetime
from typing import Any

from revento.integrations.conformance.models import Kept, SigningKey
from revento.kernel.db import Json, Tx
from revento.kernel.ids import ClientId, IntegrationId

LIST_KEYS = """
    SELECT id, sealed FROM signing_secrets
     WHERE client_id = %(client_id)s AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s)
     ORDER BY created_at DESC
     LIMIT 2
"""


async def list_keys(tx: Tx, client_id: ClientId, *, now: datetime) -> list[SigningKey]:
    """The signing secrets of a client that count now, the newest first."""
    return await tx.all(SigningKey, LIST_KEYS, client_id=client_id, now=now)


INSERT = """
    INSERT INTO conformance_reports (id, integration_id, client_id, received_at, passed, failed, report)
    VALUES (%(id)s, %(integration_id)s, %(client_id)s, %(now)s, %(passed)s, %(failed)s, %(report)s)
"""


async def insert(
    tx: Tx,
    id: str,
    *,
    integration_id: IntegrationId,
    client_id: ClientId,
    passed: int,
    failed: int,
    report: dict[str, Any],
    now: datetime,
) -> None:
    """Keeps a report."""
    await tx.run(
        INSERT,
        id=id,
        integration_id=integration_id,
        client_id=client_id,
        passed=passed,
        failed=failed,
        report=Json(report),
        now=now,
    )


FIND_NEWEST = """
    SELECT r.id, r.integration_id, r.client_id, r.received_at, r.passed, r.failed, r.report
      FROM clients c
      JOIN conformance_reports r ON r.client_id = c.id
     WHERE c.integration_id = %(integration_id)s
     ORDER BY r.received_at DESC, r.id DESC
     LIMIT 1
"""


async def find_newest(tx: Tx, integration_id: IntegrationId) -> Kept | None:
    """The latest report of an integration, whichever environment it ran against."""
    return await tx.maybe(Kept, FIND_NEWEST, integration_id=integration_id)


LIST_RECENT = """
    SELECT r.id, r.integration_id, r.client_id, r.received_at, r.passed, r.failed, '{}'::jsonb AS report
      FROM clients c
      JOIN conformance_reports r ON r.client_id = c.id
     WHERE c.integration_id = %(integration_id)s
     ORDER BY r.received_at DESC, r.id DESC
     LIMIT 10
"""


async def list_recent(tx: Tx, integration_id: IntegrationId) -> list[Kept]:
    """The latest reports without their contents."""
    return await tx.all(Kept, LIST_RECENT, integration_id=integration_id)
