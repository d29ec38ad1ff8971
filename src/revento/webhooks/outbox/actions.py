"""The only way to tell the outside: a message in the transaction of the change (style, habit 6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from structlog.contextvars import get_contextvars

from revento.contract.topics import Topic
from revento.contract.v1.wire import Wire
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, InstallationId, IntegrationId, MessageId, OrganizationId
from revento.webhooks.outbox import queries, shapes

T = TypeVar("T", bound=Wire)


async def put(
    tx: Tx,
    topic: Topic[T],
    *,
    event_id: EventId | None,
    organization_id: OrganizationId | None,
    data: T,
    now: datetime,
    resource_key: str | None = None,
    not_before: datetime | None = None,
    debounce: timedelta | None = None,
    installation_id: InstallationId | None = None,
    client_id: str | None = None,
    integration_id: IntegrationId | None = None,
    request_id: str | None = None,
) -> MessageId:
    """Tells whoever may know that something happened; commits with the change or not at all.

    Without a narrower address every connection of the event is asked (`fanout.rules`). `installation_id` addresses one
    connection, even an ended one (§6.6); `client_id` one client; `integration_id` an integration as a whole
    (integration-level topics). `resource_key` is for search, by default the topic's resource field of `data`.
    `debounce`: at most one message per topic and resource in that time: the first leaves at once, the last state wins.
    `request_id` is by default the one bound to the log context by the edge. Raises `BrokenPayload`.
    """
    id = MessageId(ids.new("evt_delivery"))
    key = resource_key or str(getattr(data, topic.resource))
    message = queries.Message(
        id=id,
        topic=topic.name,
        event_id=event_id,
        organization_id=organization_id,
        installation_id=installation_id,
        client_id=client_id,
        integration_id=integration_id,
        resource_key=key,
        request_id=request_id or get_contextvars().get("request_id"),
        body=shapes.build(topic, id, data, event_id=event_id, organization_id=organization_id, at=now),
        occurred_at=now,
    )
    if debounce is not None:
        later = f"{topic.name}:{event_id}:{key}"
        await queries.upsert_later(tx, message, key=later, not_before=not_before, quiet=debounce)
    elif not_before is not None:
        await queries.upsert_later(tx, message, key=id, not_before=not_before, quiet=timedelta())
    else:
        await queries.insert(tx, message)
    return id


async def put_many(
    tx: Tx,
    topic: Topic[T],
    *,
    event_id: EventId,
    organization_id: OrganizationId,
    happenings: Sequence[T],
    now: datetime,
) -> None:
    """Tells many happenings of one topic in one event, each as a message of its own, in one round trip."""
    request_id = get_contextvars().get("request_id")
    messages: list[queries.Message] = []
    for data in happenings:
        id = MessageId(ids.new("evt_delivery"))
        messages.append(
            queries.Message(
                id=id,
                topic=topic.name,
                event_id=event_id,
                organization_id=organization_id,
                installation_id=None,
                client_id=None,
                integration_id=None,
                resource_key=str(getattr(data, topic.resource)),
                request_id=request_id,
                body=shapes.build(topic, id, data, event_id=event_id, organization_id=organization_id, at=now),
                occurred_at=now,
            )
        )
    await queries.insert_many(tx, messages)


async def take_back(tx: Tx, event_id: EventId) -> int:
    """Takes back everything that this transaction has told about an event so far; how many messages.

    Only for a sandbox that is built anew: its receivers hear that the event changed instead of a thousand details.
    """
    return await queries.drop_own(tx, event_id)
