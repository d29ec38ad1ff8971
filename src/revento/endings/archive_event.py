"""Cause 2 of contract §2.5: the event is archived."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.endings import connection
from revento.events.events import queries as events
from revento.identity.audit import actions as audit
from revento.identity.permissions import Permission
from revento.identity.proofs import Organizer
from revento.integrations.installations import queries as installations
from revento.kernel.db import Tx

REASON = "event_archived"


async def archive_event(tx: Tx, organizer: Organizer, *, now: datetime) -> int:
    """Closes the event for good and ends its connections; how many there were.

    Raises `FORBIDDEN` without `event.archive`, `EVENT_ARCHIVED` the second time.
    """
    if not organizer.may(Permission.EVENT_ARCHIVE):
        raise Refused(errors.FORBIDDEN)
    event = await events.lock(tx, organizer.event_id)
    if event.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    active = await installations.lock_active_by_event(tx, event.id)
    for each in active:
        await connection.end(tx, each, REASON, actor=organizer.user_id, now=now)
    await events.set_archived(tx, event.id, now=now)
    await audit.note(
        tx,
        organizer.user_id,
        "event.archived",
        event.id,
        now=now,
        organization_id=event.organization_id,
        event_id=event.id,
        connections=len(active),
    )
    return len(active)
