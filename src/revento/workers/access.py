"""The ledger's days: partitions made ahead and dropped by age. And an eye on tokens that run into their limits."""

from datetime import datetime, timedelta
from typing import Final

from procrastinate import JobContext

from revento.access import actions, queries
from revento.access.models import Refusals
from revento.contract.limits import ABUSE_REFUSALS, ABUSE_WINDOW_S
from revento.identity.audit import actions as audit
from revento.identity.audit import queries as audits
from revento.kernel import log
from revento.kernel.db import Database
from revento.kernel.jobs import queue
from revento.workers.tools import tools_of

LIMITED: Final = "integration.limited"
_logger: Final = log.logger("access")


@queue.app.periodic(cron="17 * * * *")
@queue.app.task(name="access.turn_over", pass_context=True, queueing_lock="access.turn_over")
async def turn_over(context: JobContext, timestamp: int) -> None:
    """Makes the coming days' partitions and drops those that are kept no longer."""
    tools = tools_of(context)
    async with tools.db.tx() as tx:
        dropped = await actions.turn_over(tx, now=tools.clock.now())
    if dropped:
        _logger.info("ledger_days_dropped", days=[str(day) for day in dropped])


@queue.app.periodic(cron="* * * * *")
@queue.app.task(name="access.watch", pass_context=True, queueing_lock="access.watch")
async def watch(context: JobContext, timestamp: int) -> None:
    """Raises to the operator whose token was refused 100 times in 10 minutes; nothing else happens (contract §5.2)."""
    tools = tools_of(context)
    await look(tools.db, now=tools.clock.now())


async def look(db: Database, *, now: datetime) -> list[Refusals]:
    """One look; each token is raised once in 10 minutes. Gives those raised now."""
    since = now - timedelta(seconds=ABUSE_WINDOW_S)
    async with db.tx() as tx:
        found = await queries.list_refused(tx, since=since, least=ABUSE_REFUSALS)
        raised = await audits.list_subjects(tx, LIMITED, since=since)
        new = [one for one in found if one.family_id not in raised]
        for one in new:
            await audit.note(
                tx,
                audit.SYSTEM,
                LIMITED,
                one.family_id,
                event_id=one.event_id,
                integration_id=one.integration_id,
                installation_id=one.installation_id,
                refusals=one.refusals,
                first_at=one.first_at.isoformat(),
                last_at=one.last_at.isoformat(),
                now=now,
            )
    return new
