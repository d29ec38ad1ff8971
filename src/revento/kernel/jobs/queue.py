"""The queue's two ends: defer inside a transaction, and the app on which `workers` registers tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import procrastinate
from procrastinate import exceptions

from revento.kernel.db import Tx
from revento.kernel.jobs import queries

# No pool of its own until a worker opens one: deferring rides on the caller's transaction.
app: Final = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def defer(tx: Tx, task: str, *, at: datetime | None = None, once: str | None = None, **args: Any) -> None:
    """Queues `task` with JSON-able `args`, committed with the caller's transaction or not at all.

    `at`: not before then. `once`: skipped when a job with this key is waiting already.
    """
    options: dict[str, Any] = {} if at is None else {"schedule_at": at}
    job = app.configure_task(task, allow_unknown=True, queueing_lock=once, connection=tx.connection, **options)
    if once is None:
        await job.defer_async(**args)
        return
    try:
        async with tx.connection.transaction():
            await job.defer_async(**args)
    except exceptions.AlreadyEnqueued:
        return


async def defer_many(tx: Tx, task: str, each: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """Queues `task` once for each of these arguments, not before `at`, in one round trip."""
    if each:
        job = app.configure_task(task, allow_unknown=True, connection=tx.connection, schedule_at=at)
        await job.batch_defer_async(*each)


async def withdraw(tx: Tx, task: str, **args: Any) -> int:
    """Takes back waiting jobs of `task` whose arguments include `args`; how many."""
    return await queries.drop_waiting(tx, task, args)
