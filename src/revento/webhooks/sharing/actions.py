"""Finding one's share."""

from math import ceil

from revento.kernel.db import Tx
from revento.webhooks.sharing import queries

SHARDS = 16


async def share(tx: Tx, id: str, *, others: int) -> list[int]:
    """The shards that this dispatcher serves from now on: an equal part of all, taken from the free ones."""
    fair = ceil(SHARDS / (others + 1))
    mine = sorted(await queries.renew(tx, id))
    if len(mine) > fair:
        await queries.drop(tx, id, mine[fair:])
        return mine[:fair]
    if len(mine) < fair:
        mine += await queries.take(tx, id, most=fair - len(mine))
    return sorted(mine)
