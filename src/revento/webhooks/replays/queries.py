"""SQL of replays."""

from datetime import datetime
from uuid import UUID

from revento.kernel.db import Tx
from revento.webhooks.replays.models import Again, Moved, Old, Replay, Wish

INSERT = """
    INSERT INTO replays (id, kind, client_id, installation_id, topics, states, since, until, rate_per_s, total,
                         created_by, created_at)
    VALUES (%(id)s, %(kind)s, %(client_id)s, %(installation_id)s, %(topics)s, %(states)s, %(since)s, %(until)s,
            %(rate_per_s)s, %(total)s, %(created_by)s, %(now)s)
"""


async def insert(
    tx: Tx,
    id: str,
    wish: Wish,
    *,
    kind: str,
    client_id: str,
    installation_id: str | None,
    total: int,
    created_by: str,
    now: datetime,
) -> None:
    """Stores a replay that begins at once."""
    await tx.run(
        INSERT,
        id=id,
        kind=kind,
        client_id=client_id,
        installation_id=installation_id,
        topics=list(wish.topics),
        states=list(wish.states),
        since=wish.since,
        until=wish.until,
        rate_per_s=wish.rate_per_s,
        total=total,
        created_by=created_by,
        now=now,
    )


COUNT_LOGGED = """
    SELECT count(*)
      FROM endpoints e JOIN delivery_log l ON l.endpoint_no = e.no
     WHERE e.client_id = %(client_id)s
       AND (%(installation_id)s::text IS NULL OR e.installation_id = %(installation_id)s)
       AND l.created_at >= %(since)s AND l.created_at < %(until)s AND l.finished_at >= %(since)s
       AND l.state = ANY (%(states)s) AND NOT l.is_replay
       AND (cardinality(%(topics)s::text[]) = 0 OR l.topic = ANY (%(topics)s))
"""


async def count_logged(tx: Tx, client_id: str, installation_id: str | None, wish: Wish) -> int:
    """How many finished deliveries a replay would send."""
    return await tx.one(
        int,
        COUNT_LOGGED,
        client_id=client_id,
        installation_id=installation_id,
        since=wish.since,
        until=wish.until,
        states=list(wish.states),
        topics=list(wish.topics),
    )


COUNT_OLD = """
    SELECT count(*) FROM messages
     WHERE event_id = %(event_id)s AND created_at >= %(since)s AND created_at < %(until)s
       AND topic = ANY (%(topics)s) AND num_nonnulls(installation_id, client_id, integration_id) = 0
"""


async def count_old(tx: Tx, event_id: str, wish: Wish) -> int:
    """How many messages a backfill would send; index messages_by_event."""
    return await tx.one(int, COUNT_OLD, event_id=event_id, since=wish.since, until=wish.until, topics=wish.topics)


# Replays whose turn it is: each is moved on by one dispatcher at a time. Index replays_running.
LOCK_RUNNING = """
    SELECT id, kind, client_id, installation_id, topics, states, since, until, rate_per_s, state, position, after_at,
           after_id, queued, total, moved_at, created_by, created_at, finished_at
      FROM replays
     WHERE state = 'running' AND moved_at <= now() - interval '1 second'
     ORDER BY created_at
       FOR UPDATE SKIP LOCKED
"""


async def lock_running(tx: Tx) -> list[Replay]:
    """Running replays that were not moved on within the last second. Locks them."""
    return await tx.all(Replay, LOCK_RUNNING)


LIST_BY_CLIENT = """
    SELECT id, kind, client_id, installation_id, topics, states, since, until, rate_per_s, state, position, after_at,
           after_id, queued, total, moved_at, created_by, created_at, finished_at
      FROM replays WHERE client_id = ANY (%(client_ids)s) ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


async def list_by_client(tx: Tx, client_ids: list[str], *, limit: int = 50) -> list[Replay]:
    """The newest replays of these clients; index replays_by_client."""
    return await tx.all(Replay, LIST_BY_CLIENT, client_ids=client_ids, limit=limit)


FIND = """
    SELECT id, kind, client_id, installation_id, topics, states, since, until, rate_per_s, state, position, after_at,
           after_id, queued, total, moved_at, created_by, created_at, finished_at
      FROM replays WHERE id = %(id)s AND client_id = ANY (%(client_ids)s)
"""


async def find(tx: Tx, client_ids: list[str], id: str) -> Replay | None:
    """One replay of these clients."""
    return await tx.maybe(Replay, FIND, client_ids=client_ids, id=id)


# Live traffic first: while an active endpoint has this many rows to send, a replay adds none to them.
IS_BUSY = """
    SELECT EXISTS (
        SELECT FROM endpoints e
         WHERE e.client_id = %(client_id)s AND e.state = 'active'
           AND (%(installation_id)s::text IS NULL OR e.installation_id = %(installation_id)s)
           AND (SELECT count(*) FROM (SELECT FROM deliveries d
                                       WHERE d.shard = e.shard AND d.endpoint_no = e.no AND d.state = 0
                                       LIMIT %(most)s) AS r) >= %(most)s)
"""


async def is_busy(tx: Tx, client_id: str, installation_id: str | None, *, most: int) -> bool:
    """Whether a receiver has so much to take already that a replay has to wait; index deliveries_ready."""
    return await tx.one(bool, IS_BUSY, client_id=client_id, installation_id=installation_id, most=most)


# The next rows of the log by number, queued again under new ids and their old sequence numbers. One statement moves
# the rows and the cursor. Index delivery_log_by_endpoint.
MOVE = """
    WITH source AS (
        SELECT l.endpoint_no, l.no, l.seq, l.message_id, l.message_at, l.topic, l.resource_key, e.shard,
               e.state AS endpoint_state
          FROM endpoints e
         CROSS JOIN LATERAL (
               SELECT endpoint_no, no, seq, message_id, message_at, topic, resource_key
                 FROM delivery_log
                WHERE endpoint_no = e.no AND no > %(position)s
                  AND created_at >= %(since)s AND created_at < %(until)s AND finished_at >= %(since)s
                  AND state = ANY (%(states)s) AND NOT is_replay
                  AND (cardinality(%(topics)s::text[]) = 0 OR topic = ANY (%(topics)s))
                ORDER BY no LIMIT %(limit)s
               ) l
         WHERE e.client_id = %(client_id)s
           AND (%(installation_id)s::text IS NULL OR e.installation_id = %(installation_id)s)
         ORDER BY l.no LIMIT %(limit)s
    ), queued AS (
        INSERT INTO deliveries (endpoint_no, shard, id, state, is_replay, seq, message_id, message_at, topic,
                                resource_key)
        SELECT endpoint_no, shard, gen_random_uuid(), CASE WHEN endpoint_state = 'paused' THEN 4 ELSE 0 END, true, seq,
               message_id, message_at, topic, resource_key
          FROM source ORDER BY no
    ), moved AS (
        SELECT count(*)::integer AS queued, coalesce(max(no), 0) AS position FROM source
    )
    UPDATE replays r
       SET position = greatest(r.position, moved.position), queued = r.queued + moved.queued, moved_at = now(),
           state = CASE WHEN moved.queued < %(limit)s THEN 'done' ELSE r.state END,
           finished_at = CASE WHEN moved.queued < %(limit)s THEN %(now)s ELSE NULL END
      FROM moved WHERE r.id = %(id)s
    RETURNING moved.queued, moved.position
"""


async def move(tx: Tx, replay: Replay, *, limit: int, now: datetime) -> Moved:
    """Queues up to `limit` more deliveries of a replay; it is done when fewer are left."""
    return await tx.one(
        Moved,
        MOVE,
        id=replay.id,
        client_id=replay.client_id,
        installation_id=replay.installation_id,
        position=replay.position,
        since=replay.since,
        until=replay.until,
        states=replay.states,
        topics=replay.topics,
        limit=limit,
        now=now,
    )


LIST_OLD = """
    SELECT id, created_at, topic, resource_key
      FROM messages
     WHERE event_id = %(event_id)s AND (created_at, id) > (%(after_at)s, %(after_id)s)
       AND created_at >= %(since)s AND created_at < %(until)s
       AND topic = ANY (%(topics)s) AND num_nonnulls(installation_id, client_id, integration_id) = 0
     ORDER BY created_at, id
     LIMIT %(limit)s
"""


async def list_old(tx: Tx, event_id: str, replay: Replay, *, limit: int) -> list[Old]:
    """The next messages of a backfill, oldest first; index messages_by_event."""
    return await tx.all(
        Old,
        LIST_OLD,
        event_id=event_id,
        after_at=replay.after_at or replay.since,
        after_id=replay.after_id,
        since=replay.since,
        until=replay.until,
        topics=replay.topics,
        limit=limit,
    )


SET_AFTER = """
    UPDATE replays
       SET after_at = coalesce(%(after_at)s, after_at), after_id = coalesce(%(after_id)s, after_id),
           queued = queued + %(queued)s, moved_at = now(),
           state = CASE WHEN %(is_done)s THEN 'done' ELSE state END,
           finished_at = CASE WHEN %(is_done)s THEN %(now)s::timestamptz ELSE NULL END
     WHERE id = %(id)s
"""


async def set_after(
    tx: Tx, id: str, *, after_at: datetime | None, after_id: str | None, queued: int, is_done: bool, now: datetime
) -> None:
    """Moves a backfill's cursor on."""
    await tx.run(SET_AFTER, id=id, after_at=after_at, after_id=after_id, queued=queued, is_done=is_done, now=now)


SET_MOVED = "UPDATE replays SET moved_at = now() WHERE id = %(id)s"


async def set_moved(tx: Tx, id: str) -> None:
    """Lets a replay wait for its next turn."""
    await tx.run(SET_MOVED, id=id)


SET_CANCELLED = """
    UPDATE replays SET state = 'cancelled', finished_at = %(now)s
     WHERE id = %(id)s AND client_id = ANY (%(client_ids)s) AND state = 'running'
"""


async def set_cancelled(tx: Tx, client_ids: list[str], id: str, *, now: datetime) -> bool:
    """Stops a running replay of these clients; whether it was running."""
    return await tx.run(SET_CANCELLED, client_ids=client_ids, id=id, now=now) == 1


DROP_OLD = "DELETE FROM replays WHERE state <> 'running' AND created_at < %(before)s"


async def drop_old(tx: Tx, *, before: datetime) -> int:
    """Forgets finished replays; how many."""
    return await tx.run(DROP_OLD, before=before)


CONNECTED_AT = "SELECT created_at FROM installations WHERE id = %(installation_id)s"


async def connected_at(tx: Tx, installation_id: str) -> datetime:
    """When a connection was made. Raises `NoRow`."""
    return await tx.one(datetime, CONNECTED_AT, installation_id=installation_id)


# New ids are made before the rows, so that both can be told.
QUEUE_AGAIN = """
    WITH source AS MATERIALIZED (
        SELECT l.id, gen_random_uuid() AS new_id, l.endpoint_no, e.shard, e.state AS endpoint_state, l.no, l.seq,
               l.message_id, l.message_at, l.topic, l.resource_key
          FROM (SELECT id, endpoint_no, no, seq, message_id, message_at, topic, resource_key
                  FROM delivery_log WHERE id = ANY (%(ids)s::uuid[]) AND state <> 'cancelled'
                 UNION ALL
                SELECT id, endpoint_no, no, seq, message_id, message_at, topic, resource_key
                  FROM deliveries WHERE id = ANY (%(ids)s::uuid[])) l
          JOIN endpoints e ON e.no = l.endpoint_no
         WHERE l.endpoint_no = ANY (%(endpoint_nos)s)
    ), queued AS (
        INSERT INTO deliveries (endpoint_no, shard, id, state, is_replay, seq, message_id, message_at, topic,
                                resource_key)
        SELECT endpoint_no, shard, new_id, CASE WHEN endpoint_state = 'paused' THEN 4 ELSE 0 END, true, seq,
               message_id, message_at, topic, resource_key
          FROM source ORDER BY no
    )
    SELECT id, new_id FROM source ORDER BY no
"""


async def queue_again(tx: Tx, endpoint_nos: list[int], ids: list[UUID]) -> list[Again]:
    """Queues these deliveries of these endpoints once more, marked as replay; which, and under which new ids."""
    return await tx.all(Again, QUEUE_AGAIN, endpoint_nos=endpoint_nos, ids=ids)
