"""SQL of the dead-letter queue. What is in it is listed by `console.queries.page` with the state `dead`."""

from uuid import UUID

from revento.kernel.db import Tx

COUNT = """
    SELECT count(*) FROM delivery_log WHERE endpoint_no = ANY (%(endpoint_nos)s) AND state = 'dead'
"""


async def count(tx: Tx, endpoint_nos: list[int]) -> int:
    """How many dead letters these endpoints have; index delivery_log_undelivered."""
    return await tx.one(int, COUNT, endpoint_nos=endpoint_nos)


# The number of attempts goes on, the ladder begins anew. Held when its endpoint is paused, so that nothing is spent.
REVIVE = """
    WITH taken AS (
        DELETE FROM delivery_log
         WHERE id = ANY (%(ids)s::uuid[]) AND endpoint_no = ANY (%(endpoint_nos)s) AND state = ANY (%(states)s)
        RETURNING endpoint_no, no, id, attempts, is_replay, seq, message_id, message_at, topic, resource_key,
                  last_status, last_error, created_at
    ), revived AS (
        INSERT INTO deliveries (endpoint_no, no, id, shard, state, attempts, ladder_from, is_replay, seq, message_id,
                                message_at, topic, resource_key, last_status, last_error, created_at)
        SELECT t.endpoint_no, t.no, t.id, e.shard, CASE WHEN e.state = 'paused' THEN 4 ELSE 0 END, t.attempts,
               t.attempts, t.is_replay, t.seq, t.message_id, t.message_at, t.topic, t.resource_key, t.last_status,
               t.last_error, t.created_at
          FROM taken t JOIN endpoints e ON e.no = t.endpoint_no
        RETURNING id
    )
    SELECT id, pg_notify('revento_webhooks', 'ready') FROM revived
"""


async def revive(tx: Tx, endpoint_nos: list[int], ids: list[UUID], *, states: list[str]) -> int:
    """Moves finished deliveries of these endpoints back to the live ones, under their own ids; how many."""
    return await tx.run(REVIVE, endpoint_nos=endpoint_nos, ids=ids, states=states)


# A waiting one need not wait any longer.
HASTEN = """
    UPDATE deliveries SET state = 0, due = now()
     WHERE id = ANY (%(ids)s::uuid[]) AND endpoint_no = ANY (%(endpoint_nos)s) AND state = 3
"""


async def hasten(tx: Tx, endpoint_nos: list[int], ids: list[UUID]) -> int:
    """Makes waiting deliveries ready at once; how many."""
    return await tx.run(HASTEN, endpoint_nos=endpoint_nos, ids=ids)
