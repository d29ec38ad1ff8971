"""Once an hour: connections that are over end, organizers are warned before, unused ones are offered for removal."""

from typing import Final

from procrastinate import JobContext

from revento.endings import expire
from revento.kernel import log
from revento.kernel.jobs import queue
from revento.workers.tools import tools_of

_logger: Final = log.logger("expire")


@queue.app.periodic(cron="17 * * * *")
@queue.app.task(name="installations.expire", queueing_lock="installations.expire", pass_context=True)
async def expire_installations(context: JobContext, timestamp: int) -> None:
    """Looks after the ends of connections. `timestamp` is when the queue meant it to run."""
    tools = tools_of(context)
    async with tools.db.tx() as tx:
        ended, warned, offered = await expire.look(tx, base_url=tools.settings.base_url, now=tools.clock.now())
    _logger.info("looked", ended=ended, warned=warned, offered=offered, meant_for=timestamp)
