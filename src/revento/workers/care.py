"""Looks after receivers in trouble: letters at the documented stages, a pause after five days."""

from procrastinate import JobContext

from revento.kernel.jobs import queue
from revento.webhooks.care import actions
from revento.workers.tools import tools_of


@queue.app.periodic(cron="*/5 * * * *")
@queue.app.task(name="webhooks.care", pass_context=True, queueing_lock="webhooks.care")
async def care_for_receivers(context: JobContext, timestamp: int) -> None:
    """One round, every five minutes."""
    tools = tools_of(context)
    async with tools.db.tx() as tx:
        await actions.round(tx, base_url=tools.settings.base_url, now=tools.clock.now())
