"""SQL of the outbox: messages, the queue of unrouted ones, and those for later."""

from datetime import datetime, timedelta

from revento.kernel.db import Row, Tx
from revento.kernel.ids import EventId

CHANNEL = "revento_webhooks"


class Message(Row, frozen=True):
    """One happening. At most one of installation, client and integration narrows who is told."""

    id: str
    topic: str
    event_id: str | None
    organization_id: str | None
    installation_id: str | None
    client_id: str | None
    integration_id: str | None
    resource_key: str
    request_id: str | None
    body: bytes
    occurred_at: datetime


# One round trip: the message, its place in the queue, and the bell that rings at COMMIT.
INSERT = """
    WITH message AS (
        INSERT INTO messages (id, topic, event_id, organization_id, installation_id, client_id, integration_id,
                              resource_key, request_id, body, occurred_at)
        VALUES (%(id)s, %(topic)s, %(event_id)s, %(organization_id)s, %(installation_id)s, %(client_id)s,
                %(integration_id)s, %(resource_key)s, %(request_id)s, %(body)s, %(occurred_at)s)
        RETURNING id, created_at
    ), queued AS (
        INSERT INTO message_queue (message_id, message_at) SELECT id, created_at FROM message
    )
    SELECT pg_notify('revento_webhooks', 'message')
"""


async def insert(tx: Tx, message: Message) -> None:
    """Stores a message, queues it for routing and rings when the transaction commits."""
    await tx.run(
        INSERT,
        id=message.id,
        topic=message.topic,
        event_id=message.event_id,
        organization_id=message.organization_id,
        installation_id=message.installation_id,
        client_id=message.client_id,
        integration_id=message.integration_id,
        resource_key=message.resource_key,
        request_id=message.request_id,
        body=message.body,
        occurred_at=message.occurred_at,
    )


async def insert_many(tx: Tx, messages: list[Message]) -> None:
    """The same for many messages, in one round trip."""
    await tx.run_many(INSERT, [{name: getattr(each, name) for name in each.__struct_fields__} for each in messages])


# What a transaction writes has its start as `created_at`; the row's own transaction id settles who wrote it.
DROP_OWN = """
    WITH own AS (
        DELETE FROM messages
         WHERE created_at = now() AND event_id = %(event_id)s AND xmin = pg_current_xact_id()::xid
        RETURNING id
    ), later AS (
        DELETE FROM messages_later WHERE event_id = %(event_id)s AND xmin = pg_current_xact_id()::xid
    )
    DELETE FROM message_queue WHERE message_at = now() AND message_id IN (SELECT id FROM own)
"""


async def drop_own(tx: Tx, event_id: EventId) -> int:
    """Takes back the messages about an event that this transaction has written so far; how many."""
    return await tx.run(DROP_OWN, event_id=event_id)


# The first message of a key leaves at once; those within its quiet time replace each other and leave at its end.
UPSERT_LATER = """
    WITH later AS (
        INSERT INTO messages_later AS l
               (key, is_pending, not_before, quiet, id, topic, event_id, organization_id, installation_id, client_id,
                integration_id, resource_key, request_id, body, occurred_at)
        VALUES (%(key)s, true, coalesce(%(not_before)s, now()), %(quiet)s, %(id)s, %(topic)s, %(event_id)s,
                %(organization_id)s, %(installation_id)s, %(client_id)s, %(integration_id)s, %(resource_key)s,
                %(request_id)s, %(body)s, %(occurred_at)s)
        ON CONFLICT (key) DO UPDATE
           SET is_pending = true,
               not_before = greatest(l.not_before, excluded.not_before),
               quiet = excluded.quiet, id = excluded.id, topic = excluded.topic, request_id = excluded.request_id,
               body = excluded.body, occurred_at = excluded.occurred_at
    )
    SELECT pg_notify('revento_webhooks', 'message')
"""


async def upsert_later(tx: Tx, message: Message, *, key: str, not_before: datetime | None, quiet: timedelta) -> None:
    """Stores a message for later, replacing the one that waits under the same key."""
    await tx.run(
        UPSERT_LATER,
        key=key,
        not_before=not_before,
        quiet=quiet,
        id=message.id,
        topic=message.topic,
        event_id=message.event_id,
        organization_id=message.organization_id,
        installation_id=message.installation_id,
        client_id=message.client_id,
        integration_id=message.integration_id,
        resource_key=message.resource_key,
        request_id=message.request_id,
        body=message.body,
        occurred_at=message.occurred_at,
    )


# Serves the router; index messages_later_due.
RELEASE_DUE = """
    WITH due AS (
        SELECT key FROM messages_later
         WHERE is_pending AND not_before <= now()
         ORDER BY not_before LIMIT %(limit)s
           FOR UPDATE SKIP LOCKED
    ), sent AS (
        UPDATE messages_later l SET is_pending = false, not_before = now() + l.quiet
          FROM due WHERE l.key = due.key
        RETURNING l.id, l.topic, l.event_id, l.organization_id, l.installation_id, l.client_id, l.integration_id,
                  l.resource_key, l.request_id, l.body, l.occurred_at
    ), message AS (
        INSERT INTO messages (id, topic, event_id, organization_id, installation_id, client_id, integration_id,
                              resource_key, request_id, body, occurred_at)
        SELECT id, topic, event_id, organization_id, installation_id, client_id, integration_id,
               resource_key, request_id, body, occurred_at FROM sent
        RETURNING id, created_at
    )
    INSERT INTO message_queue (message_id, message_at) SELECT id, created_at FROM message
"""


async def release_due(tx: Tx, *, limit: int = 500) -> int:
    """Moves messages whose time has come to the queue; how many."""
    return await tx.run(RELEASE_DUE, limit=limit)


DROP_QUIET = "DELETE FROM messages_later WHERE NOT is_pending AND not_before < now()"


async def drop_quiet(tx: Tx) -> int:
    """Forgets keys whose quiet time is over; how many."""
    return await tx.run(DROP_QUIET)
