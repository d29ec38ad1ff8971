"""SQL of figures."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.webhooks.figures.models import Engine, Hourly, Outstanding, Span, Troubled

# At most 168 rows per endpoint, gone through once; primary key of endpoint_hours.
LIST_SPANS = """
    SELECT hour >= %(day)s AS of_day, sum(succeeded)::integer AS succeeded, sum(failed)::integer AS failed,
           ARRAY[sum(latency[1]), sum(latency[2]), sum(latency[3]), sum(latency[4]), sum(latency[5]), sum(latency[6]),
                 sum(latency[7]), sum(latency[8]), sum(latency[9]), sum(latency[10]), sum(latency[11]),
                 sum(latency[12])]::integer[] AS latency
      FROM endpoint_hours
     WHERE endpoint_no = ANY (%(endpoint_nos)s) AND hour >= %(week)s
     GROUP BY of_day
"""


async def list_spans(tx: Tx, endpoint_nos: list[int], *, day: datetime, week: datetime) -> list[Span]:
    """Tries of these endpoints since the beginning of the hour `day`, and before it since `week`, if any."""
    return await tx.all(Span, LIST_SPANS, endpoint_nos=endpoint_nos, day=day, week=week)


LIST_HOURS = """
    SELECT hour, sum(succeeded)::integer AS succeeded, sum(failed)::integer AS failed
      FROM endpoint_hours
     WHERE endpoint_no = ANY (%(endpoint_nos)s) AND hour >= %(since)s
     GROUP BY hour
"""


async def list_hours(tx: Tx, endpoint_nos: list[int], *, since: datetime) -> list[Hourly]:
    """The same, hour by hour."""
    return await tx.all(Hourly, LIST_HOURS, endpoint_nos=endpoint_nos, since=since)


# Bounded by 10,000 rows per endpoint, however long its queue is. Dead letters are counted for all at once: asked
# endpoint by endpoint, every partition of the log would be gone through anew.
OUTSTANDING = """
    SELECT coalesce(sum((SELECT count(*) FROM (SELECT FROM deliveries WHERE endpoint_no = e.no LIMIT 10000) AS few)), 0
           )::integer AS waiting,
           min((SELECT due FROM deliveries WHERE shard = e.shard AND endpoint_no = e.no AND state = 0
                 ORDER BY no LIMIT 1)) AS oldest_due,
           (SELECT count(*) FROM delivery_log WHERE endpoint_no = ANY (%(endpoint_nos)s) AND state = 'dead')::integer
           AS dead
      FROM endpoints e
     WHERE e.no = ANY (%(endpoint_nos)s)
"""


async def outstanding(tx: Tx, endpoint_nos: list[int]) -> Outstanding:
    """What these endpoints have still to get, and their dead letters."""
    return await tx.one(Outstanding, OUTSTANDING, endpoint_nos=endpoint_nos)


# Loose scans and bounded counts: none of it grows with a backlog beyond 100,000 rows. What began after this statement's
# own transaction would have a negative age; nothing at all (null) is no age either.
ENGINE = """
    WITH RECURSIVE ready (shard, endpoint_no) AS (
        (SELECT shard, endpoint_no FROM deliveries WHERE state = 0 ORDER BY shard, endpoint_no LIMIT 1)
        UNION ALL
        SELECT n.shard, n.endpoint_no
          FROM ready r
         CROSS JOIN LATERAL (SELECT shard, endpoint_no FROM deliveries
                              WHERE state = 0 AND (shard, endpoint_no) > (r.shard, r.endpoint_no)
                              ORDER BY shard, endpoint_no LIMIT 1) n
    ), oldest AS (
        SELECT e.fail_streak, o.due
          FROM ready r JOIN endpoints e ON e.no = r.endpoint_no
         CROSS JOIN LATERAL (SELECT due FROM deliveries
                              WHERE shard = r.shard AND endpoint_no = r.endpoint_no AND state = 0
                              ORDER BY no LIMIT 1) o
         WHERE e.state <> 'paused'
    )
    SELECT (SELECT count(*) FROM (SELECT FROM message_queue LIMIT 100000) AS few) AS unrouted,
           greatest((SELECT extract(epoch FROM now() - message_at) FROM message_queue ORDER BY no LIMIT 1), 0)::float8
           AS unrouted_age_s,
           (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 0 LIMIT 100000) AS few) AS ready,
           greatest((SELECT extract(epoch FROM now() - min(due)) FROM oldest), 0)::float8 AS queue_age_s,
           greatest((SELECT extract(epoch FROM now() - min(due)) FROM oldest WHERE fail_streak = 0), 0)::float8
           AS healthy_age_s,
           (SELECT count(*) FROM deliveries WHERE state = 1) AS sending,
           (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 3 LIMIT 100000) AS few) AS waiting,
           (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 4 LIMIT 100000) AS few) AS held,
           (SELECT count(*) FROM (SELECT FROM delivery_log WHERE state = 'dead' LIMIT 100000) AS few) AS dead,
           (SELECT count(*) FROM endpoints WHERE state = 'active' AND breaker_level > 0 AND breaker_until > now())
           AS breakers_open,
           (SELECT count(*) FROM endpoints
             WHERE state = 'active' AND breaker_level > 0 AND coalesce(breaker_until, now()) <= now())
           AS breakers_half_open,
           (SELECT count(*) FROM endpoints WHERE failing_since IS NOT NULL) AS failing,
           (SELECT count(*) FROM endpoints WHERE state IN ('paused', 'probing')) AS paused,
           (SELECT count(*) FROM endpoints WHERE state = 'withheld') AS withheld,
           (SELECT count(*) FROM endpoints WHERE state = 'active') AS active,
           greatest((SELECT extract(epoch FROM max(now() - xact_start)) FROM pg_stat_activity
                      WHERE backend_xmin IS NOT NULL AND datname = current_database()
                        AND backend_type = 'client backend' AND pid <> pg_backend_pid()), 0)::float8
           AS oldest_snapshot_s
"""


async def engine(tx: Tx) -> Engine:
    """The whole engine at a glance, for metrics and the operator's page."""
    return await tx.one(Engine, ENGINE)


# Index endpoints_troubled. Whom something may be done about comes first, so that what is cut off is what only waits.
LIST_TROUBLED = """
    SELECT no, client_id, integration_id, reason, failing_since,
           CASE WHEN state <> 'active' THEN state
                WHEN breaker_level = 0 THEN 'failing'
                WHEN breaker_until > now() THEN 'open'
                ELSE 'half_open' END AS state
      FROM endpoints
     WHERE state <> 'active' OR failing_since IS NOT NULL
     ORDER BY state = 'withheld', state <> 'active', breaker_level = 0, no
     LIMIT %(limit)s
"""


async def list_troubled(tx: Tx, *, limit: int) -> list[Troubled]:
    """Receivers that are not simply healthy: behind their breakers, failing, paused, withheld, in this order."""
    return await tx.all(Troubled, LIST_TROUBLED, limit=limit)
