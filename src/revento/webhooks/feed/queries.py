"""SQL of the pull feed. Always of one client: the one that proved itself."""

from datetime import datetime
from uuid import UUID

from revento.kernel.db import Row, Tx
from revento.webhooks.feed.models import Pulled

# Live and finished ones in the order of their numbers, a few per endpoint; indexes deliveries (primary key) and
# delivery_log_by_endpoint. Numbers are given under the router's lock, so none appears behind a cursor.
PAGE = """
    SELECT f.no, f.id, f.endpoint_no, f.state, f.attempts, f.is_replay, f.seq, f.topic, f.created_at, m.body
      FROM (SELECT d.no, d.id, d.endpoint_no, d.state, d.attempts, d.is_replay, d.seq, d.topic, d.created_at,
                   d.message_id, d.message_at
              FROM endpoints e
             CROSS JOIN LATERAL (
                   (SELECT no, id, endpoint_no, 'waiting' AS state, attempts, is_replay, seq, topic, created_at,
                           message_id, message_at
                      FROM deliveries WHERE endpoint_no = e.no AND no > %(after)s
                     ORDER BY no LIMIT %(limit)s)
                   UNION ALL
                   (SELECT no, id, endpoint_no, state, attempts, is_replay, seq, topic, created_at,
                           message_id, message_at
                      FROM delivery_log
                     WHERE endpoint_no = e.no AND no > %(after)s AND acknowledged_at IS NULL
                       AND (state = 'dead' OR (state = 'delivered' AND NOT %(open_only)s))
                     ORDER BY no LIMIT %(limit)s)
                   ) d
             WHERE e.client_id = %(client_id)s
             ORDER BY d.no LIMIT %(limit)s) f
      LEFT JOIN messages m ON m.created_at = f.message_at AND m.id = f.message_id
     ORDER BY f.no
"""


async def page(tx: Tx, client_id: str, *, after: int, open_only: bool, limit: int) -> list[Pulled]:
    """What this client has not acknowledged, oldest first, after number `after`; `open_only`: nor been delivered."""
    return await tx.all(Pulled, PAGE, client_id=client_id, after=after, open_only=open_only, limit=limit)


ACKNOWLEDGE_LIVE = """
    WITH taken AS (
        DELETE FROM deliveries d USING endpoints e
         WHERE d.id = ANY (%(ids)s::uuid[]) AND e.no = d.endpoint_no AND e.client_id = %(client_id)s
        RETURNING d.endpoint_no, d.no, d.id, d.attempts, d.is_replay, d.seq, d.message_id, d.message_at, d.topic,
                  d.resource_key, d.last_status, d.last_error, d.created_at
    )
    INSERT INTO delivery_log (endpoint_no, no, id, state, attempts, is_replay, seq, message_id, message_at, topic,
                              resource_key, last_status, last_error, created_at, acknowledged_at)
    SELECT endpoint_no, no, id, 'acknowledged', attempts, is_replay, seq, message_id, message_at, topic, resource_key,
           last_status, last_error, created_at, %(now)s
      FROM taken
"""


async def acknowledge_live(tx: Tx, client_id: str, ids: list[UUID], *, now: datetime) -> int:
    """Closes live deliveries of this client, whoever is sending them: a push's result is then refused; how many."""
    return await tx.run(ACKNOWLEDGE_LIVE, client_id=client_id, ids=ids, now=now)


class Acknowledged(Row, frozen=True):
    """A finished delivery that its receiver confirmed."""

    id: UUID


ACKNOWLEDGE_LOGGED = """
    UPDATE delivery_log l
       SET acknowledged_at = coalesce(l.acknowledged_at, %(now)s),
           state = CASE WHEN l.state = 'dead' THEN 'acknowledged' ELSE l.state END
      FROM endpoints e
     WHERE l.id = ANY (%(ids)s::uuid[]) AND e.no = l.endpoint_no AND e.client_id = %(client_id)s
       AND l.state <> 'cancelled'
    RETURNING l.id
"""


async def acknowledge_logged(tx: Tx, client_id: str, ids: list[UUID], *, now: datetime) -> list[UUID]:
    """Marks finished deliveries of this client, those just closed included; which."""
    return [one.id for one in await tx.all(Acknowledged, ACKNOWLEDGE_LOGGED, client_id=client_id, ids=ids, now=now)]
