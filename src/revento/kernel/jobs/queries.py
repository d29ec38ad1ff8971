"""SQL of the job queue, beyond what its library does."""

from typing import Any

from revento.kernel.db import Json, Tx

DROP_WAITING = """
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %(task)s AND args @> %(args)s
"""


async def drop_waiting(tx: Tx, task: str, args: dict[str, Any]) -> int:
    """Takes waiting jobs of a task off the queue; how many."""
    return await tx.run(DROP_WAITING, task=task, args=Json(args))
