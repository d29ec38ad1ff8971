"""The search across everything that an organizer's events hold, and across an integrator's consoles."""

import uuid
from typing import Final

from revento.contract import topics
from revento.integrations.finding import queries
from revento.integrations.finding.models import Hit, OwnClient
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.webhooks.console import queries as deliveries
from revento.webhooks.console.models import Search

SHORTEST: Final = 2  # one letter finds half of everything
MOST: Final = 10  # of a kind


async def find_for_organizer(tx: Tx, user_id: UserId, words: str) -> list[Hit]:
    """What `words` name in a member's organizations and events: an id of any kind, or the beginning of a name."""
    found = await queries.find_by_id(tx, user_id, words) if ids.is_one(words) else []
    if found or len(words) < SHORTEST:
        return found
    return await queries.find_by_name(tx, user_id, words)


async def find_for_developer(tx: Tx, user_id: UserId, words: str) -> list[Hit]:
    """What `words` name in a person's consoles: an id of any kind, a request id, words in a name, a webhook type."""
    clients: dict[str, OwnClient] = {each.id: each for each in await queries.list_clients(tx, user_id)}
    if len(words) < SHORTEST or not clients:
        return []
    id = _uuid(words)
    if id is not None:
        return await queries.find_requests(tx, user_id, id) + await _deliveries(tx, clients, uuid=id)
    found = await queries.find_in_consoles(tx, user_id, words)
    if ids.is_one(words):
        return found + await _deliveries(tx, clients, id=words)
    return found + _topics(list(clients.values()), words)


async def _deliveries(
    tx: Tx, clients: dict[str, OwnClient], *, uuid: uuid.UUID | None = None, id: str = ""
) -> list[Hit]:
    """By a delivery's own id, the request that caused it, the id in its body or the id of what it tells about."""
    nos = [each.no for each in await deliveries.list_endpoints(tx, client_ids=list(clients))]
    one = await deliveries.find(tx, nos, uuid) if uuid else None
    if uuid:
        wanted = Search(request_id=str(uuid))
    else:
        wanted = Search(message_id=id) if ids.has_prefix(id, "evt_delivery") else Search(resource_id=id)
    rows = [one] if one else await deliveries.page(tx, nos, wanted, limit=MOST)
    return [
        Hit(
            "delivery",
            str(row.id),
            row.topic,
            row.state,
            row.created_at,
            row.integration_id,
            clients[row.client_id].integration_name,
            clients[row.client_id].environment,
        )
        for row in rows
    ]


def _topics(clients: list[OwnClient], words: str) -> list[Hit]:
    """The webhook types with these words, in the log of each of the newest clients."""
    named = [name for name in topics.BY_NAME if words.lower() in name]
    found = [
        Hit("topic", name, name, "", None, client.integration_id, client.integration_name, client.environment)
        for name in named
        for client in clients[:MOST]
    ]
    return found[:MOST]


def _uuid(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words) if len(words) >= 32 else None
    except ValueError:
        return None
