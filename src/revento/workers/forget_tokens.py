"""Once an hour: consent pages, codes and tokens whose time is long over are dropped (oauth/retention)."""

from typing import Final

from procrastinate import JobContext

from revento.kernel import log
from revento.kernel.jobs import queue
from revento.oauth.retention import actions
from revento.oauth.retention.queries import AT_ONCE
from revento.workers.tools import Tools, tools_of

_logger: Final = log.logger("forget_tokens")


@queue.app.periodic(cron="37 * * * *")
@queue.app.task(name="oauth.forget", queueing_lock="oauth.forget", pass_context=True)
async def forget_tokens(context: JobContext, timestamp: int) -> None:
    """Drops what is long over. `timestamp` is when the queue meant it to run."""
    gone = await forget(tools_of(context))
    _logger.info("forgot", meant_for=timestamp, **gone)


async def forget(tools: Tools) -> dict[str, int]:
    """How many rows of each kind are gone. Each step in transactions of its own, so that none is long."""
    gone = dict.fromkeys(actions.STEPS, 0)
    for name, step in actions.STEPS.items():
        while True:
            async with tools.db.tx() as tx:
                dropped = await step(tx, tools.clock.now())
            gone[name] += dropped
            if dropped < AT_ONCE:
                break
    return gone
