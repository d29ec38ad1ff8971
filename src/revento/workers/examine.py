"""The examination that goes on after listing: a few endpoints an hour get a forged and a stale message."""

from typing import Final

from procrastinate import JobContext

from revento.integrations.examinations import actions, queries, rules
from revento.integrations.examinations.actions import Seen
from revento.integrations.examinations.models import Candidate
from revento.kernel.ids import ClientId
from revento.kernel.jobs import queue
from revento.webhooks import signing
from revento.webhooks.deliver import Sender
from revento.workers.tools import Tools, tools_of

AT_A_TIME: Final = 20


@queue.app.periodic(cron="17 * * * *")
@queue.app.task(name="integrations.examine_due", pass_context=True, queueing_lock="integrations.examine_due")
async def examine_due(context: JobContext, timestamp: int) -> None:
    """Examines those whose turn it is, every hour."""
    await examine(tools_of(context))


@queue.app.task(name=rules.EXAMINE, pass_context=True)
async def examine_one(context: JobContext, client_id: str) -> None:
    """Examines one client's endpoint now, as a reviewer asked."""
    await examine(tools_of(context), client_id=client_id)


async def examine(tools: Tools, *, client_id: str | None = None) -> dict[str, str]:
    """Probes the endpoints that are due, or one; what followed, by client. Nothing is sent inside a transaction."""
    now = tools.clock.now()
    async with tools.db.tx() as tx:
        if client_id is None:
            due = await queries.list_due(tx, before=now - rules.EVERY, now=now, limit=AT_A_TIME)
        else:
            one = await queries.find(tx, ClientId(client_id), now=now)
            due = [one] if one else []
    sender = Sender(allowed=tools.settings.webhook_allow_nets)
    followed: dict[str, str] = {}
    try:
        for candidate in due:
            seen = [await _probe(tools, sender, candidate, probe) for probe in rules.PROBES]
            async with tools.db.tx() as tx:
                step = await actions.note(
                    tx,
                    candidate,
                    seen,
                    is_live_test=client_id is not None,
                    base_url=tools.settings.base_url,
                    now=now,
                )
            followed[candidate.client_id] = step
    finally:
        await sender.close()
    return followed


async def _probe(tools: Tools, sender: Sender, candidate: Candidate, probe: str) -> Seen:
    now = tools.clock.now()
    body = actions.body(now)
    secret = signing.unseal(tools.box, candidate.secret_id, candidate.sealed)
    lines = signing.lines(rules.forged(probe, secret, body, now=now))
    answer = await sender.post(candidate.url, lines, body, now=now)
    return Seen(probe, answer.status, answer.ok, answer.detail or "")
