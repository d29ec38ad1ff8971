"""SQL of the router."""

from collections import Counter
from collections.abc import Mapping
from typing import Final, LiteralString

import msgspec

from revento.kernel.db import Row, Tx
from revento.kernel.reader import join
from revento.webhooks.fanout.models import New, Target, Unrouted

_json: Final = msgspec.json.Encoder()

AWAIT_LOCK = "SELECT pg_advisory_xact_lock(7360143)"


async def await_lock(tx: Tx) -> None:
    """Waits until this transaction is the only one that gives numbers."""
    await tx.run(AWAIT_LOCK)


# One router at a time, in whichever process: commits then follow the order of numbers, which the feed relies on. Who
# comes meanwhile finds nothing, by the same statement: a message waits for every round trip.
TAKE = """
    WITH alone AS MATERIALIZED (
        SELECT pg_try_advisory_xact_lock(7360143) AS locked
    ), taken AS (
        DELETE FROM message_queue
         WHERE no = ANY (ARRAY(SELECT no FROM message_queue
                                WHERE (SELECT locked FROM alone)
                                ORDER BY no LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
        RETURNING no, message_id, message_at
    )
    SELECT t.no, m.id, m.created_at, m.topic, m.event_id, m.installation_id, m.client_id, m.integration_id,
           m.resource_key
      FROM taken t JOIN messages m ON m.created_at = t.message_at AND m.id = t.message_id
     ORDER BY t.no
"""


async def take(tx: Tx, *, limit: int) -> list[Unrouted]:
    """The oldest unrouted messages, off the queue; none while another transaction gives numbers."""
    return await tx.all(Unrouted, TAKE, limit=limit)


LIST_INSTALLATIONS = """
    SELECT c.id AS client_id, c.environment, g.id AS integration_id, g.state AS integration_state,
           i.id AS installation_id, i.state AS installation_state, i.paused_at IS NOT NULL AS is_paused,
           i.event_id, i.organization_id, i.granted_scopes,
           ARRAY(SELECT jsonb_array_elements_text(f.document->'declared_webhook_event_types')) AS declared,
           nullif(f.document->>'webhook_url', '') AS url, e.no AS endpoint_no
      FROM installations i
      JOIN clients c ON c.id = i.client_id
      JOIN integrations g ON g.id = i.integration_id
      JOIN manifests f ON f.id = c.manifest_id
      LEFT JOIN endpoints e ON e.installation_id = i.id
     WHERE i.id = ANY (%(installation_ids)s)
        OR (i.event_id = ANY (%(event_ids)s) AND i.state = 'active')
"""


async def list_installations(tx: Tx, *, event_ids: list[str], installation_ids: list[str]) -> list[Target]:
    """Active connections of these events, and these connections in any state."""
    return await tx.all(Target, LIST_INSTALLATIONS, event_ids=event_ids, installation_ids=installation_ids)


LIST_CLIENTS = """
    SELECT c.id AS client_id, c.environment, g.id AS integration_id, g.state AS integration_state,
           NULL AS installation_id, NULL AS installation_state, false AS is_paused,
           NULL AS event_id, NULL AS organization_id, ARRAY[]::text[] AS granted_scopes,
           ARRAY(SELECT jsonb_array_elements_text(f.document->'declared_webhook_event_types')) AS declared,
           nullif(f.document->>'webhook_url', '') AS url, e.no AS endpoint_no
      FROM clients c
      JOIN integrations g ON g.id = c.integration_id
      JOIN manifests f ON f.id = c.manifest_id
      LEFT JOIN endpoints e ON e.client_id = c.id AND e.installation_id IS NULL
     WHERE c.id = ANY (%(client_ids)s) OR c.integration_id = ANY (%(integration_ids)s)
"""


async def list_clients(tx: Tx, *, client_ids: list[str], integration_ids: list[str]) -> list[Target]:
    """These clients, and all clients of these integrations."""
    return await tx.all(Target, LIST_CLIENTS, client_ids=client_ids, integration_ids=integration_ids)


class Made(Row, frozen=True):
    """A new endpoint."""

    no: int
    client_id: str
    installation_id: str | None


# The shard follows from the number, so that endpoints spread evenly over dispatchers.
INSERT_ENDPOINTS = """
    INSERT INTO endpoints (client_id, integration_id, installation_id, event_id, organization_id, shard)
    SELECT client_id, integration_id, installation_id, event_id, organization_id, (n + %(offset)s) %% 16
      FROM unnest(%(client_ids)s::text[], %(integration_ids)s::text[], %(installation_ids)s::text[],
                  %(event_ids)s::text[], %(organization_ids)s::text[])
           WITH ORDINALITY AS t (client_id, integration_id, installation_id, event_id, organization_id, n)
    RETURNING no, client_id, installation_id
"""


async def insert_endpoints(tx: Tx, targets: list[Target], *, offset: int) -> list[Made]:
    """Endpoints for receivers that have none yet, spread over the shards from `offset` on."""
    return await tx.all(
        Made,
        INSERT_ENDPOINTS,
        client_ids=[one.client_id for one in targets],
        integration_ids=[one.integration_id for one in targets],
        installation_ids=[one.installation_id for one in targets],
        event_ids=[one.event_id for one in targets],
        organization_ids=[one.organization_id for one in targets],
        offset=offset,
    )


# What stands in an endpoint's way, written with whatever else changes of it; rows are locked in one order.
_ORDERED: Final[LiteralString] = """, ordered AS (
        SELECT e.no FROM endpoints e JOIN given USING (no) ORDER BY e.no FOR NO KEY UPDATE OF e
    )"""
_OBSTACLE: Final[LiteralString] = """
           state = CASE WHEN e.state = 'active' AND given.obstacle IS NOT NULL THEN 'withheld'
                        WHEN e.state = 'withheld' AND given.obstacle IS NULL THEN 'active' ELSE e.state END,
           reason = CASE WHEN e.state IN ('active', 'withheld') THEN given.obstacle ELSE e.reason END
      FROM given JOIN ordered USING (no)
     WHERE e.no = given.no
"""
NOTE_OBSTACLES: Final = join(
    """
    WITH given AS (
        SELECT no, obstacle FROM unnest(%(nos)s::bigint[], %(obstacles)s::text[]) AS t (no, obstacle)
    )""",
    _ORDERED,
    " UPDATE endpoints e SET",
    _OBSTACLE,
)


async def note_obstacles(tx: Tx, obstacles: Mapping[int, str | None]) -> None:
    """What stands in the way of each of these endpoints, or that nothing does any more. Locks the endpoints."""
    nos = sorted(obstacles)
    await tx.run(NOTE_OBSTACLES, nos=nos, obstacles=[obstacles[no] for no in nos])


# Numbers endpoints, notes obstacles as above and inserts the deliveries, in one statement; the dispatchers are rung at
# COMMIT.
QUEUE: Final = join(
    """
    WITH given AS (
        SELECT no, n, obstacle
          FROM unnest(%(nos)s::bigint[], %(counts)s::integer[], %(obstacles)s::text[]) AS t (no, n, obstacle)
    )""",
    _ORDERED,
    ", numbered AS (UPDATE endpoints e SET last_seq = e.last_seq + given.n,",
    _OBSTACLE,
    """
        RETURNING e.no, e.shard, e.state, e.last_seq - given.n AS before
    ), new AS (
        INSERT INTO deliveries (endpoint_no, shard, id, state, seq, message_id, message_at, topic, resource_key,
                                is_replay)
        SELECT t.endpoint_no, e.shard, t.id, CASE WHEN t.is_held OR e.state = 'paused' THEN 4 ELSE 0 END,
               e.before + row_number() OVER (PARTITION BY t.endpoint_no ORDER BY t.n), t.message_id, t.message_at,
               t.topic, t.resource_key, %(is_replay)s
          FROM ROWS FROM (json_to_recordset(%(rows)s::json)
                          AS (endpoint_no bigint, id uuid, is_held boolean, message_id text, message_at timestamptz,
                              topic text, resource_key text)) WITH ORDINALITY
               AS t (endpoint_no, id, is_held, message_id, message_at, topic, resource_key, n)
          JOIN numbered e ON e.no = t.endpoint_no
         ORDER BY t.n
    )
    SELECT pg_notify('revento_webhooks', 'ready')
""",
)


async def queue(tx: Tx, rows: list[New], obstacles: Mapping[int, str | None], *, is_replay: bool) -> None:
    """Numbers these deliveries and inserts them in this order; one to a paused endpoint waits. Locks the endpoints."""
    counts = Counter(row.endpoint_no for row in rows)
    nos = sorted(counts)
    await tx.run(
        QUEUE,
        nos=nos,
        counts=[counts[no] for no in nos],
        obstacles=[obstacles[no] for no in nos],
        rows=_json.encode(rows).decode(),
        is_replay=is_replay,
    )
