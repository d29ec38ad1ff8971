"""The doors of saved views. They are a person's own convenience: nobody is told, nothing is audited."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.saved_views import queries
from revento.identity.proofs import Reviewer
from revento.kernel.db import Tx


async def keep(tx: Tx, reviewer: Reviewer, *, name: str, query: str, now: datetime) -> None:
    """Keeps filters under a name. Raises `INVALID_INPUT` when the name is blank."""
    if not name.strip():
        raise Refused(errors.INVALID_INPUT, "Give the view a name.", field="name")
    await queries.put(tx, reviewer.event_id, reviewer.user_id, name=name.strip()[:60], query=query[:500], now=now)


async def forget(tx: Tx, reviewer: Reviewer, *, name: str) -> None:
    """Forgets a view. Raises `NOT_FOUND`."""
    if not await queries.drop(tx, reviewer.event_id, reviewer.user_id, name):
        raise Refused(errors.NOT_FOUND)
