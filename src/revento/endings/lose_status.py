"""Cause 3 of contract §2.5: an organization loses its formal status."""

from datetime import datetime

from revento.endings import connection
from revento.identity.organizations import actions as organizations
from revento.identity.proofs import Operator
from revento.integrations.installations import queries as installations
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId

REASON = "organization_status_lost"


async def lose_status(tx: Tx, operator: Operator, id: OrganizationId, *, note: str, now: datetime) -> int:
    """Takes formal status away and ends every connection of every event; how many. `note` is what the owners read.

    Raises `WRONG_STATE` when the organization is not verified.
    """
    await organizations.take_status(tx, operator, id, note=note, now=now)
    active = await installations.lock_active_by_organization(tx, id)
    for each in active:
        await connection.end(tx, each, REASON, actor=operator.user_id, now=now)
    return len(active)
