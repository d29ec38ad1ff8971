"""SQL of the audit log."""

from datetime import datetime
from typing import Any

from revento.kernel.db import Json, Tx

INSERT = """
    INSERT INTO audit_log (at, actor, action, subject, organization_id, event_id, integration_id, address, request_id,
                           detail)
    VALUES (%(now)s, %(actor)s, %(action)s, %(subject)s, %(organization_id)s, %(event_id)s, %(integration_id)s,
            %(address)s, %(request_id)s, %(detail)s)
"""


async def insert(
    tx: Tx,
    *,
    actor: str,
    action: str,
    subject: str,
    organization_id: str | None,
    event_id: str | None,
    integration_id: str | None,
    address: str | None,
    request_id: str | None,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Appends one row."""
    await tx.run(
        INSERT,
        now=now,
        actor=actor,
        action=action,
        subject=subject,
        organization_id=organization_id,
        event_id=event_id,
        integration_id=integration_id,
        address=address,
        request_id=request_id,
        detail=Json(detail),
    )
