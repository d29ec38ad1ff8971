"""Sending again by hand. The delivery keeps its id, so that a receiver that did get it drops it."""

from uuid import UUID

from revento.kernel.db import Tx
from revento.webhooks.claim import queries as claims
from revento.webhooks.dead_letters import queries

_AGAIN = ["dead", "delivered", "acknowledged"]


async def resend(tx: Tx, endpoint_nos: list[int], ids: list[UUID]) -> int:
    """Sends these deliveries again, with a fresh ladder and the same delivery ids; how many.

    Dead and finished ones become live again, waiting ones go at once; one that is being sent, held or was cancelled
    (the receiver may not have it any more) stays as it is.
    """
    revived = await queries.revive(tx, endpoint_nos, ids, states=_AGAIN)
    hastened = await queries.hasten(tx, endpoint_nos, ids)
    if hastened:
        await claims.ring(tx)
    return revived + hastened
