"""Stored participants, written anew after other fields are shared with integrations (docs/adr/011)."""

from typing import Final

from procrastinate import JobContext

from revento.events.forms import actions
from revento.events.participants import queries
from revento.kernel.ids import EventId
from revento.kernel.jobs import queue
from revento.workers.tools import tools_of

_AT_ONCE: Final = 500  # rows in a transaction: nobody who changes one of them waits long


@queue.app.task(name=actions.REWRITE_DOCUMENTS, pass_context=True)
async def rewrite_documents(context: JobContext, event_id: str) -> None:
    """Batch after batch until none is left."""
    tools = tools_of(context)
    rewritten = _AT_ONCE
    while rewritten == _AT_ONCE:
        async with tools.db.tx() as tx:
            rewritten = await queries.rewrite_documents(tx, EventId(event_id), _AT_ONCE)
