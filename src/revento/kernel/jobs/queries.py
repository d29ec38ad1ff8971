"""SQL of the job queue, beyond what its library does."""

from typing import Any

from revento.kernel.db import Json, Row, Tx

DROP_WAITING = """
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %(task)s AND args @> %(args)s
"""


async def drop_waiting(tx: Tx, task: str, args: dict[str, Any]) -> int:
    """Takes waiting jobs of a task off the queue; how many."""
    return await tx.run(DROP_WAITING, task=task, args=Json(args))


# A worker beats every 10 s. Successful jobs leave no row, so the table holds what waits, runs or failed.
# A job without a time of its own was due when it was deferred.
SIGHT = """
    SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds') AS workers,
           count(*) FILTER (WHERE j.status = 'todo') AS waiting,
           count(*) FILTER (WHERE j.status = 'doing') AS running,
           count(*) FILTER (WHERE j.status = 'failed') AS failed,
           greatest(0, extract(epoch FROM max(now() - coalesce(j.scheduled_at, e.at)) FILTER (WHERE j.status = 'todo'))
                   )::float8 AS late_s
      FROM procrastinate_jobs j
      LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
"""


class Sight(Row, frozen=True):
    """The job queue at a glance; `late_s`: how long the job that is most overdue should have begun."""

    workers: int
    waiting: int
    running: int
    failed: int
    late_s: float


async def sight(tx: Tx) -> Sight:
    """The job queue at a glance, for metrics and the operator's page."""
    return await tx.one(Sight, SIGHT)
