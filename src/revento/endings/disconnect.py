"""Cause 1 of contract §2.5: the organizer disconnects an integration from her event."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.endings import connection
from revento.identity.proofs import IntegrationManager
from revento.integrations.deletions.models import Deletion
from revento.integrations.installations import queries as installations
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId

REASON = "organizer_disconnected"


async def disconnect(
    tx: Tx, manager: IntegrationManager, id: InstallationId, *, why: str = "", now: datetime
) -> Deletion:
    """Ends one connection. Returns the duty that it opens. Raises `NOT_FOUND`, `WRONG_STATE` when it has ended."""
    found = await installations.lock(tx, manager.event_id, id)
    if found is None:
        raise Refused(errors.NOT_FOUND)
    if not found.is_active:
        raise Refused(errors.WRONG_STATE)
    return await connection.end(tx, found, REASON, actor=manager.user_id, why=why.strip()[:300], now=now)
