"""The organizer takes one scope back: the connection goes on without it, and its tokens lose it at once."""

from datetime import datetime

from revento.identity.proofs import IntegrationManager
from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId
from revento.oauth.families import actions as families


async def narrow(tx: Tx, manager: IntegrationManager, id: InstallationId, scope: str, *, now: datetime) -> Installation:
    """Takes a scope from the connection and from every token of it. Raises `NOT_FOUND`, `WRONG_STATE`."""
    left = await installations.narrow(tx, manager, id, scope, now=now)
    await families.narrow_by_installation(tx, id, scope, actor=manager.user_id, now=now)
    return left
