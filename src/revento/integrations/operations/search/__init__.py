"""Finding anything by its id, by a request id, an address or a name."""

import uuid
from typing import Final

from revento.integrations.operations.models import Found
from revento.integrations.operations.search import queries
from revento.kernel.db import Tx

SHORTEST: Final = 3  # fewer letters of a name would find half the platform


async def find(tx: Tx, words: str) -> list[Found]:
    """What `words` name: an id of any kind, a request or delivery id (UUID), an e-mail address, a part of a name."""
    if _is_uuid(words):
        return await queries.find_by_uuid(tx, str(uuid.UUID(words)))
    by_id = await queries.find_by_id(tx, words)
    if by_id or len(words) < SHORTEST:
        return by_id
    return await queries.find_by_name(tx, words)


def _is_uuid(words: str) -> bool:
    try:
        uuid.UUID(words)
    except ValueError:
        return False
    return len(words) >= 32
