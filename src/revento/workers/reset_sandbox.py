"""The sandbox made anew every Monday morning, where there is one (contract §9)."""

from typing import Final

from procrastinate import JobContext

from revento.kernel import log, secrets
from revento.kernel.jobs import queue
from revento.sandbox import actions, sheets
from revento.workers.tools import tools_of

_logger: Final = log.logger("sandbox")


@queue.app.periodic(cron="30 4 * * 1")
@queue.app.task(name="sandbox.reset", pass_context=True, queueing_lock="sandbox.reset", lock="sandbox.reset")
async def reset(context: JobContext, timestamp: int) -> None:
    """Same ids, same connections, same passwords, fresh contents, dates relative to today."""
    tools = tools_of(context)
    now = tools.clock.now()
    sheet = sheets.read(tools.settings.data_dir)
    async with tools.db.tx() as tx:
        if not await sheets.exists(tx):
            return
        password = sheet.people[0].password if sheet and sheet.people else secrets.new_password()
        await actions.build(tx, password, with_operator=tools.settings.development, now=now)
        own = await actions.rebuild_own(tx, now=now)
    _logger.info("sandbox_reset", own=own)
