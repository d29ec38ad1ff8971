"""Writing the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from revento.identity.audit import queries
from revento.kernel.db import Tx

SYSTEM = "system"


async def note(
    tx: Tx,
    actor: str,
    action: str,
    subject: str,
    *,
    now: datetime,
    organization_id: str | None = None,
    event_id: str | None = None,
    integration_id: str | None = None,
    **detail: Any,
) -> None:
    """Appends who (`usr_…`, `system`) did what (`application.approved`) to what, with the change that it reports.

    Address and request id come from the log context that the edge bound; `detail` must hold no secret. While an
    operator acts for the person, she is named in it as `acted_by`.
    """
    context = structlog.contextvars.get_contextvars()
    if acted_by := context.get("acted_by"):
        detail |= {"acted_by": acted_by}
    await queries.insert(
        tx,
        actor=actor,
        action=action,
        subject=subject,
        organization_id=organization_id,
        event_id=event_id,
        integration_id=integration_id,
        address=context.get("address"),
        request_id=context.get("request_id"),
        detail=detail,
        now=now,
    )


async def note_many(
    tx: Tx,
    notes: Sequence[tuple[str, str]],
    action: str,
    *,
    now: datetime,
    organization_id: str | None = None,
    event_id: str | None = None,
) -> None:
    """The same for many pairs of actor and subject, in one round trip."""
    context = structlog.contextvars.get_contextvars()
    acted_by = context.get("acted_by")
    shared = {
        "action": action,
        "organization_id": organization_id,
        "event_id": event_id,
        "integration_id": None,
        "address": context.get("address"),
        "request_id": context.get("request_id"),
        "detail": {"acted_by": acted_by} if acted_by else {},
        "now": now,
    }
    await queries.insert_many(tx, [{"actor": actor, "subject": subject, **shared} for actor, subject in notes])
