"""The sandbox made anew every Monday morning, where there is one (contract §9)."""

from typing import Final

from procrastinate import JobContext

from revento.kernel import log
from revento.kernel.jobs import queue
from revento.sandbox import actions, sheets
from revento.workers.tools import tools_of

_logger: Final = log.logger("sandbox")


@queue.app.periodic(cron="30 4 * * 1")
@queue.app.task(name="sandbox.reset", pass_context=True, queueing_lock="sandbox.reset", lock="sandbox.reset")
async def reset(context: JobContext, timestamp: int) -> None:
    """Same ids, same connections, same passwords, fresh contents, dates relative to today.

    Where the sheet is kept it is written anew; where it is not, people keep the passwords that they have.
    """
    tools = tools_of(context)
    now = tools.clock.now()
    sheet = sheets.read(tools.settings.data_dir)
    async with tools.db.tx() as tx:
        if not await sheets.exists(tx):
            return
        password = sheet.people[0].password if sheet is not None and sheet.people else None
        await actions.build(tx, password, with_operator=tools.settings.development, now=now)
        own = await actions.rebuild_own(tx, now=now)
        new = await sheets.draw_up(tx, sheet.base_url, password, sheet.integrations) if sheet and password else None
    if new is not None:
        sheets.write(tools.settings.data_dir, new)
    _logger.info("sandbox_reset", own=own)
