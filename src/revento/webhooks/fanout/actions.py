"""Routing: who is told of a message, and under which number."""

import random
import uuid
from collections.abc import Sequence

from revento.contract import topics
from revento.kernel.db import Tx
from revento.webhooks.fanout import queries, rules
from revento.webhooks.fanout.models import Message, New, Target, Unrouted

BATCH = 500
Planned = tuple[Message, Target, rules.WhyNot | None]


async def route(tx: Tx, *, limit: int = BATCH) -> int:
    """Turns up to `limit` unrouted messages into deliveries; how many messages.

    All in one transaction and by one router at a time (0 when another one is at it): a message is routed once, and a
    connection's numbers have no gap. Locks the endpoints it numbers.
    """
    messages = await queries.take(tx, limit=limit)
    known = [message for message in messages if message.topic in topics.BY_NAME]
    if not known:
        return len(messages)
    planned = [
        (message, target, why)
        for message, targets in await _candidates(tx, known)
        for target in targets
        if (why := rules.why_not(topics.BY_NAME[message.topic], target)) is None or why in rules.HELD
    ]
    if planned:
        await deliver(tx, planned)
    return len(messages)


async def _candidates(tx: Tx, messages: list[Unrouted]) -> list[tuple[Unrouted, list[Target]]]:
    """Each message with everybody it is addressed to: at most two statements for the whole batch."""
    installations = {m.installation_id for m in messages if m.installation_id}
    clients = {m.client_id for m in messages if m.client_id}
    integrations = {m.integration_id for m in messages if m.integration_id}
    events = {m.event_id for m in messages if m.event_id and not _is_narrow(m)}
    by_event: dict[str | None, list[Target]] = {}
    narrow: list[Target] = []
    if events or installations:
        found = await queries.list_installations(tx, event_ids=list(events), installation_ids=list(installations))
        for target in found:
            by_event.setdefault(target.event_id, []).append(target)
        narrow.extend(target for target in found if target.installation_id in installations)
    if clients or integrations:
        narrow += await queries.list_clients(tx, client_ids=list(clients), integration_ids=list(integrations))
    return [(m, rules.addressed(m, narrow if _is_narrow(m) else by_event.get(m.event_id, []))) for m in messages]


def _is_narrow(message: Unrouted) -> bool:
    return bool(message.installation_id or message.client_id or message.integration_id)


async def deliver(tx: Tx, planned: Sequence[Planned], *, is_replay: bool = False) -> None:
    """Gives each planned delivery its number and queues it, held when something stands in its way. Locks endpoints."""
    targets = {(target.client_id, target.installation_id): target for _, target, _ in planned}
    numbers = {key: target.endpoint_no for key, target in targets.items() if target.endpoint_no is not None}
    if missing := [target for key, target in targets.items() if key not in numbers]:
        made = await queries.insert_endpoints(tx, missing, offset=random.randrange(16))  # noqa: S311
        numbers |= {(one.client_id, one.installation_id): one.no for one in made}
    rows = [
        New(
            endpoint_no=numbers[target.client_id, target.installation_id],
            id=str(uuid.uuid4()),
            is_held=why in rules.HELD,
            message_id=message.id,
            message_at=message.created_at,
            topic=message.topic,
            resource_key=message.resource_key,
        )
        for message, target, why in planned
    ]
    obstacles = {numbers[key]: rules.why_withheld(target) for key, target in targets.items()}
    await queries.queue(tx, rows, obstacles, is_replay=is_replay)
