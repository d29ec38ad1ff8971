"""Sealing the audit log, every minute."""

from typing import Final

from procrastinate import JobContext

from revento.identity.audit import chain, queries
from revento.kernel import log
from revento.kernel.db import LockNotAvailable
from revento.kernel.jobs import queue
from revento.workers.tools import Tools, tools_of

_logger: Final = log.logger("audit")


@queue.app.periodic(cron="* * * * *")
@queue.app.task(name="audit.seal", pass_context=True, queueing_lock="audit.seal", lock="audit.seal")
async def seal_audit(context: JobContext, timestamp: int) -> None:
    """Seals what was written since the last time; a busy log is left for the next minute."""
    await seal(tools_of(context))


async def seal(tools: Tools) -> int:
    """Seals all rows that are settled; how many. The chain's new end is logged too, out of the database's reach."""
    try:
        async with tools.db.tx() as tx:
            newest = await queries.newest_settled(tx)
    except LockNotAvailable:
        return 0
    total = 0
    while True:
        async with tools.db.tx() as tx:
            sealed = await chain.seal_up_to(tx, newest, now=tools.clock.now())
            head = await queries.last_seal(tx) if sealed else None
        if head is None:
            return total
        total += sealed
        _logger.info("audit_sealed", seal=head.id, last_id=head.last_id, hash=head.hash.hex())
