"""Forgets files that were sent for an import and never decided about."""

from procrastinate import JobContext

from revento.events.importing.uploads import actions
from revento.kernel.jobs import queue
from revento.workers.tools import tools_of


@queue.app.periodic(cron="*/20 * * * *")
@queue.app.task(name="uploads.forget", pass_context=True, queueing_lock="uploads.forget")
async def forget_uploads(context: JobContext, timestamp: int) -> None:
    """Every twenty minutes; pages do not show what is older than an hour in any case."""
    tools = tools_of(context)
    async with tools.db.tx() as tx:
        await actions.forget(tx, now=tools.clock.now())
