"""SQL of claiming, leasing and recording. All due times are the database's clock."""

from collections.abc import Sequence
from typing import Final

import msgspec

from revento.kernel.db import Tx
from revento.kernel.reader import Leaser
from revento.webhooks.claim.models import Claimed, Receiver, Tried

_json: Final = msgspec.json.Encoder()  # rows of a long list go as JSON: the driver writes arrays value by value

# Per shard a loose scan over the endpoints that have ready rows, from where the last claim stopped; a few rows of each.
# Lazy from top to bottom: it ends at the limit, however long the queues are. Index deliveries_ready.
# A lease need not be on disk before the request goes out: a server that crashes forgets it and the row is ready again,
# as after any lost lease; what came of the try is recorded durably, and with it, being earlier in the log, the lease.
# The most that is claimed stands in the statement, so that its one plan is made for a batch and not for a tenth of all.
# Picked rows are locked and ready; to say so again where they are leased would invite a plan that compares every ready
# row with every picked one.
CLAIM = """
    WITH at_ease AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true)
    ), picked AS MATERIALIZED (
        SELECT *
          FROM (
                SELECT d.endpoint_no, d.no
                  FROM unnest($1::smallint[], $2::bigint[]) AS s (shard, after)
                 CROSS JOIN LATERAL (
                       WITH RECURSIVE ready (endpoint_no) AS (
                           (SELECT f.endpoint_no FROM deliveries f
                             WHERE f.shard = s.shard AND f.state = 0 AND f.endpoint_no > s.after
                             ORDER BY f.endpoint_no LIMIT 1)
                           UNION ALL
                           SELECT (SELECT n.endpoint_no FROM deliveries n
                                    WHERE n.shard = s.shard AND n.state = 0 AND n.endpoint_no > r.endpoint_no
                                    ORDER BY n.endpoint_no LIMIT 1)
                             FROM ready r WHERE r.endpoint_no IS NOT NULL
                       )
                       SELECT r.endpoint_no,
                              CASE WHEN e.state = 'probing' OR e.breaker_level > 0 THEN 1
                                   ELSE e.in_flight_now * $6 END
                              - coalesce(($3::jsonb ->> r.endpoint_no::text)::integer, 0) AS room
                         FROM ready r JOIN endpoints e ON e.no = r.endpoint_no
                        WHERE e.state <> 'paused'
                          AND (e.fail_streak = 0) = $4
                          AND (e.breaker_until IS NULL OR e.breaker_until <= now())
                          AND (e.not_before IS NULL OR e.not_before <= now())
                       ) AS e
                 CROSS JOIN LATERAL (
                       SELECT o.endpoint_no, o.no FROM deliveries o
                        WHERE o.shard = s.shard AND o.endpoint_no = e.endpoint_no AND o.state = 0
                        ORDER BY o.no LIMIT greatest(e.room, 0)
                          FOR UPDATE SKIP LOCKED
                       ) AS d
                 LIMIT 256
               ) AS most
         LIMIT $5
    ), leased AS (
        UPDATE deliveries d
           SET state = 1, lease_token = $7, lease_until = now() + $8 * interval '1 second'
          FROM picked p
         WHERE d.endpoint_no = p.endpoint_no AND d.no = p.no
        RETURNING d.endpoint_no, d.shard, d.no, d.id, d.lease_token AS token, d.attempts, d.ladder_from, d.is_replay,
                  d.seq, d.topic, d.message_at, d.message_id
    )
    SELECT l.endpoint_no, l.shard, l.no, l.id::text, l.token, l.attempts, l.ladder_from, l.is_replay, l.seq, l.topic,
           m.body
      FROM leased l CROSS JOIN at_ease
      LEFT JOIN messages m ON m.created_at = l.message_at AND m.id = l.message_id
     ORDER BY l.endpoint_no, l.no
"""


async def claim(
    leaser: Leaser,
    *,
    afters: dict[int, int],
    busy: dict[int, int],
    healthy: bool,
    limit: int,
    ahead: int,
    token: int,
    lease_s: float,
) -> list[Claimed]:
    """Leases up to `limit` (256 at most) ready deliveries under a fresh token, a few per endpoint.

    `afters`: per shard of ours, in turn, the endpoint after which to begin. `busy`: rows of ours per endpoint in
    memory. `healthy`: endpoints whose last try succeeded, or the others. `ahead`: rows per place in flight.
    """
    in_memory = _json.encode({str(no): count for no, count in busy.items()}).decode()
    asked = (list(afters), list(afters.values()), in_memory, healthy, limit, ahead, token, lease_s)
    return [Claimed(*row) for row in await leaser.run(CLAIM, *asked)]


LIST_RECEIVERS = """
    SELECT e.no AS endpoint_no, c.id AS client_id, c.environment, g.id AS integration_id,
           g.state AS integration_state, e.installation_id, i.state AS installation_state,
           i.paused_at IS NOT NULL AS is_paused, e.event_id, e.organization_id,
           coalesce(i.granted_scopes, '{}') AS granted_scopes,
           ARRAY(SELECT jsonb_array_elements_text(f.document->'declared_webhook_event_types')) AS declared,
           nullif(f.document->>'webhook_url', '') AS url,
           ARRAY(SELECT k.id FROM signing_secrets k
                  WHERE k.client_id = c.id AND k.ended_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
                  ORDER BY k.created_at DESC, k.id DESC LIMIT 2) AS secret_ids,
           ARRAY(SELECT k.sealed FROM signing_secrets k
                  WHERE k.client_id = c.id AND k.ended_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
                  ORDER BY k.created_at DESC, k.id DESC LIMIT 2) AS sealed,
           e.version, e.rate_per_s, e.state, e.reason, e.most_in_flight, e.in_flight_now, e.fail_streak, e.recent,
           e.recent_count, e.breaker_level, e.breaker_until, e.not_before, e.paused_at, e.next_probe_at,
           e.failing_since, e.warned_at, e.last_success_at, e.last_failure_at
      FROM endpoints e
      JOIN clients c ON c.id = e.client_id
      JOIN integrations g ON g.id = e.integration_id
      JOIN manifests f ON f.id = c.manifest_id
      LEFT JOIN installations i ON i.id = e.installation_id
     WHERE e.no = ANY (%(nos)s)
"""


async def list_receivers(tx: Tx, nos: Sequence[int]) -> list[Receiver]:
    """These endpoints with everything that sending needs: read when sending, so a corrected address counts at once."""
    return await tx.all(Receiver, LIST_RECEIVERS, nos=list(nos))


_LEASED_RECEIVERS: Final = LIST_RECEIVERS.replace("%(nos)s", "$1")


async def list_leased_receivers(leaser: Leaser, nos: Sequence[int]) -> list[Receiver]:
    """The same for what has just been claimed."""
    return [msgspec.convert(dict(row), Receiver) for row in await leaser.run(_LEASED_RECEIVERS, list(nos))]


# The fence: only rows that are still leased under the claim's own token are touched; the others were lost. A token
# implies state 1 (a CHECK says so); spelled out, that would invite a plan that compares every lease with every try.
FINISH = """
    WITH tried AS (
        SELECT endpoint_no, no, token, state, wait_s, n, outcome, status, detail, answer, latency_ms, timestamp_s,
               decode(signed_sha256, 'base64') AS signed_sha256, at
          FROM json_to_recordset(%(tried)s::json)
               AS t (endpoint_no bigint, no bigint, token bigint, state text, wait_s double precision, n smallint,
                     outcome text, status smallint, detail text, answer text, latency_ms integer, timestamp_s bigint,
                     signed_sha256 text, at timestamptz)
    ), closed AS (
        DELETE FROM deliveries d USING tried t
         WHERE d.endpoint_no = t.endpoint_no AND d.no = t.no AND d.lease_token = t.token
           AND t.state IN ('delivered', 'dead')
        RETURNING d.endpoint_no, d.no, d.id, d.is_replay, d.seq, d.message_id, d.message_at, d.topic, d.resource_key,
                  d.created_at, t.state, t.n, t.status, t.outcome, t.detail, t.answer, t.latency_ms, t.timestamp_s,
                  t.signed_sha256, t.at
    ), logged AS (
        INSERT INTO delivery_log (endpoint_no, no, id, state, attempts, is_replay, seq, message_id, message_at, topic,
                                  resource_key, last_status, last_error, created_at)
        SELECT endpoint_no, no, id, state, n, is_replay, seq, message_id, message_at, topic, resource_key, status,
               nullif(outcome, 'ok'), created_at
          FROM closed
    ), waiting AS (
        UPDATE deliveries d
           SET state = 3, due = now() + t.wait_s * interval '1 second', attempts = t.n, lease_token = NULL,
               lease_until = NULL, last_status = t.status, last_error = t.outcome
          FROM tried t
         WHERE d.endpoint_no = t.endpoint_no AND d.no = t.no AND d.lease_token = t.token
           AND t.state = 'waiting'
        RETURNING d.endpoint_no, d.no, t.n, t.status, t.outcome, t.detail, t.answer, t.latency_ms, t.timestamp_s,
                  t.signed_sha256, t.at
    ), noted AS (
        INSERT INTO attempts (at, endpoint_no, no, n, timestamp_s, signed_sha256, outcome, status, detail, answer,
                              latency_ms)
        SELECT at, endpoint_no, no, n, timestamp_s, signed_sha256, outcome, status, detail, answer, latency_ms
          FROM closed
        UNION ALL
        SELECT at, endpoint_no, no, n, timestamp_s, signed_sha256, outcome, status, detail, answer, latency_ms
          FROM waiting
        RETURNING 1
    )
    SELECT count(*) FROM noted
"""


async def finish(tx: Tx, tried: list[Tried]) -> int:
    """Records tries in one statement; how many were still ours. The rest were lost leases and leave no trace."""
    return await tx.one(int, FINISH, tried=_json.encode(tried).decode())


_FINISH_ALONE: Final = FINISH.replace("%(tried)s", "$1")


async def finish_alone(leaser: Leaser, tried: list[Tried]) -> int:
    """The same as a transaction of its own."""
    return (await leaser.run(_FINISH_ALONE, _json.encode(tried).decode()))[0][0]


GIVE_BACK = """
    UPDATE deliveries d SET state = g.state, lease_token = NULL, lease_until = NULL
      FROM unnest(%(endpoint_nos)s::bigint[], %(nos)s::bigint[], %(tokens)s::bigint[], %(states)s::smallint[])
           AS g (endpoint_no, no, token, state)
     WHERE d.endpoint_no = g.endpoint_no AND d.no = g.no AND d.lease_token = g.token
"""


async def give_back(tx: Tx, rows: Sequence[Claimed], *, state: int) -> int:
    """Returns unstarted rows without spending an attempt, ready (0) or held (4); how many were still ours."""
    return await tx.run(
        GIVE_BACK,
        endpoint_nos=[row.endpoint_no for row in rows],
        nos=[row.no for row in rows],
        tokens=[row.token for row in rows],
        states=[state] * len(rows),
    )


CANCEL = """
    WITH gone AS (
        DELETE FROM deliveries d
         USING unnest(%(endpoint_nos)s::bigint[], %(nos)s::bigint[], %(tokens)s::bigint[], %(reasons)s::text[])
               AS g (endpoint_no, no, token, reason)
         WHERE d.endpoint_no = g.endpoint_no AND d.no = g.no AND d.lease_token = g.token
        RETURNING d.endpoint_no, d.no, d.id, d.attempts, d.is_replay, d.seq, d.message_id, d.message_at, d.topic,
                  d.resource_key, d.last_status, g.reason, d.created_at
    )
    INSERT INTO delivery_log (endpoint_no, no, id, state, attempts, is_replay, seq, message_id, message_at, topic,
                              resource_key, last_status, last_error, created_at)
    SELECT endpoint_no, no, id, 'cancelled', attempts, is_replay, seq, message_id, message_at, topic, resource_key,
           last_status, reason, created_at
      FROM gone
"""


async def cancel(tx: Tx, rows: Sequence[tuple[Claimed, str]]) -> int:
    """Closes rows that may not be sent any more, each with its reason; how many were still ours."""
    return await tx.run(
        CANCEL,
        endpoint_nos=[row.endpoint_no for row, _ in rows],
        nos=[row.no for row, _ in rows],
        tokens=[row.token for row, _ in rows],
        reasons=[reason for _, reason in rows],
    )


# Index deliveries_leased: as many rows as are in flight anywhere.
EXTEND = """
    UPDATE deliveries SET lease_until = now() + %(lease_s)s * interval '1 second'
     WHERE state = 1 AND lease_token = ANY (%(tokens)s)
"""


async def extend(tx: Tx, tokens: list[int], *, lease_s: float) -> int:
    """The heartbeat: prolongs every lease under these tokens; how many rows."""
    return await tx.run(EXTEND, tokens=tokens, lease_s=lease_s)


REAP = """
    UPDATE deliveries d SET state = 0, lease_token = NULL, lease_until = NULL
      FROM (SELECT endpoint_no, no FROM deliveries
             WHERE state = 1 AND lease_until < now() ORDER BY lease_until LIMIT %(limit)s
               FOR UPDATE SKIP LOCKED) lost
     WHERE d.endpoint_no = lost.endpoint_no AND d.no = lost.no
"""


async def reap(tx: Tx, *, limit: int = 1000) -> int:
    """Makes rows ready again whose holder let the lease run out; how many."""
    return await tx.run(REAP, limit=limit)


# Index deliveries_waiting. Rows of a paused endpoint go to the held ones.
PROMOTE = """
    UPDATE deliveries d SET state = CASE WHEN e.state = 'paused' THEN 4 ELSE 0 END
      FROM (SELECT endpoint_no, no FROM deliveries
             WHERE state = 3 AND due <= now() ORDER BY due LIMIT %(limit)s
               FOR UPDATE SKIP LOCKED) ready, endpoints e
     WHERE d.endpoint_no = ready.endpoint_no AND d.no = ready.no AND e.no = d.endpoint_no
"""


async def promote(tx: Tx, *, limit: int = 1000) -> int:
    """Makes waiting rows ready whose time has come; how many."""
    return await tx.run(PROMOTE, limit=limit)


HOLD = """
    UPDATE deliveries d SET state = 4
      FROM (SELECT o.endpoint_no, o.no
              FROM endpoints e
             CROSS JOIN LATERAL (SELECT endpoint_no, no FROM deliveries
                                  WHERE shard = e.shard AND endpoint_no = e.no AND state = 0
                                  ORDER BY no LIMIT %(limit)s FOR UPDATE SKIP LOCKED) o
             WHERE e.state = 'paused' LIMIT %(limit)s) paused
     WHERE d.endpoint_no = paused.endpoint_no AND d.no = paused.no
"""


async def hold(tx: Tx, *, limit: int = 1000) -> int:
    """Takes ready rows of paused endpoints out of the claim's way; how many."""
    return await tx.run(HOLD, limit=limit)


# A loose scan over the endpoints that have held rows; index deliveries_held.
RELEASE = """
    WITH RECURSIVE holding (endpoint_no) AS (
        (SELECT endpoint_no FROM deliveries WHERE state = 4 ORDER BY endpoint_no LIMIT 1)
        UNION ALL
        SELECT (SELECT n.endpoint_no FROM deliveries n WHERE n.state = 4 AND n.endpoint_no > h.endpoint_no
                 ORDER BY n.endpoint_no LIMIT 1)
          FROM holding h WHERE h.endpoint_no IS NOT NULL
    )
    UPDATE deliveries d SET state = 0
      FROM (SELECT o.endpoint_no, o.no
              FROM holding h JOIN endpoints e ON e.no = h.endpoint_no AND e.state = 'active'
             CROSS JOIN LATERAL (SELECT endpoint_no, no FROM deliveries WHERE endpoint_no = e.no AND state = 4
                                  ORDER BY no LIMIT %(limit)s FOR UPDATE SKIP LOCKED) o
             LIMIT %(limit)s) released
     WHERE d.endpoint_no = released.endpoint_no AND d.no = released.no
"""


async def release(tx: Tx, *, limit: int = 1000) -> int:
    """Makes held rows of active endpoints ready, oldest first; how many."""
    return await tx.run(RELEASE, limit=limit)


PROBE = """
    WITH due AS (
        UPDATE endpoints e
           SET state = 'probing', next_probe_at = now() + interval '1 hour', breaker_until = NULL, not_before = NULL,
               version = e.version + 1
         WHERE e.state IN ('paused', 'probing') AND e.next_probe_at <= now()
           AND EXISTS (SELECT FROM deliveries d WHERE d.endpoint_no = e.no AND d.state = 4)
        RETURNING e.no
    )
    UPDATE deliveries d SET state = 0
      FROM due CROSS JOIN LATERAL (SELECT endpoint_no, no FROM deliveries WHERE endpoint_no = due.no AND state = 4
                                    ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED) oldest
     WHERE d.endpoint_no = oldest.endpoint_no AND d.no = oldest.no
"""


async def probe(tx: Tx) -> int:
    """Lets the oldest row of each endpoint go whose probe is due; how many."""
    return await tx.run(PROBE)


RING = "SELECT pg_notify('revento_webhooks', 'ready')"


async def ring(tx: Tx) -> None:
    """Tells every dispatcher, at COMMIT, that rows became ready."""
    await tx.run(RING)
