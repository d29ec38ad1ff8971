"""Retention: partitions for the days to come, the oldest ones dropped. Each table in a transaction of its own."""

from datetime import timedelta
from typing import Final

from procrastinate import JobContext

from revento.kernel import log
from revento.kernel.db import LockNotAvailable
from revento.kernel.jobs import queue
from revento.kernel.partitions import queries as partitions
from revento.webhooks.retention import actions
from revento.workers.tools import Tools, tools_of

AHEAD_DAYS: Final = 7
_logger: Final = log.logger("retention")


@queue.app.periodic(cron="7 * * * *")
@queue.app.task(name="webhooks.retain", pass_context=True, queueing_lock="webhooks.retain")
async def retain_webhooks(context: JobContext, timestamp: int) -> None:
    """Keeps 30 days of messages, deliveries and attempts. Runs hourly; a missed run is made up for by the next."""
    tools = tools_of(context)
    for table in actions.PARTITIONED:
        await keep(tools, table)
    async with tools.db.tx() as tx:
        await actions.forget(tx, now=tools.clock.now())


async def keep(tools: Tools, table: str) -> None:
    """Makes the partitions of the coming days and drops those older than 30 days."""
    now = tools.clock.now()
    oldest = actions.oldest_day(now)
    try:
        for days in range(AHEAD_DAYS + 1):
            async with tools.db.tx() as tx:
                await partitions.create_day(tx, table, now.date() + timedelta(days=days))
        async with tools.db.tx() as tx:
            gone = [day for day in await partitions.list_days(tx, table) if day < oldest]
        for day in gone:
            async with tools.db.tx() as tx:
                await partitions.drop_day(tx, table, day)
        async with tools.db.tx() as tx:
            await partitions.drop_from_default(tx, table, oldest)
    except LockNotAvailable:
        _logger.warning("partitions_wait_for_a_long_statement", table=table)
