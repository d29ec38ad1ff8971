"""Looks at the servers of webview pages: whether they let themselves be shown in a frame. Nothing else asks them."""

import asyncio
from typing import Final

from procrastinate import JobContext

from revento.events.webview_pages import framing, queries, rules
from revento.events.webview_pages.models import Look, Unseen
from revento.kernel.ids import EventId, PageId
from revento.kernel.jobs import queue
from revento.webhooks.connections import Reply
from revento.webhooks.deliver import Sender
from revento.webhooks.retries import Outcome
from revento.workers.tools import Tools, tools_of

AT_A_TIME: Final = 50
AT_ONCE: Final = 10
STEPS_MOST: Final = 4  # redirects within the page's own origin that are followed
TIMEOUT_S: Final = 5.0
# What a browser says when it opens a frame.
HEADERS: Final = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "User-Agent": "Revento/1 (looks whether a page can be shown in an event)",
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "cross-site",
}


@queue.app.periodic(cron="*/10 * * * *")
@queue.app.task(name="pages.look_due", pass_context=True, queueing_lock="pages.look_due")
async def look_due(context: JobContext, timestamp: int) -> None:
    """Those whose turn it is, every ten minutes."""
    await look(tools_of(context))


@queue.app.task(name=rules.LOOK, pass_context=True)
async def look_one(context: JobContext, event_id: str, page_id: str) -> None:
    """One page, now."""
    await look(tools_of(context), one=(EventId(event_id), PageId(page_id)))


async def look(tools: Tools, *, one: tuple[EventId, PageId] | None = None) -> dict[str, str]:
    """Looks at the pages that are due, or at one; what was found, by page. Nothing is asked inside a transaction."""
    due = await _due(tools, one)
    sender = Sender(allowed=tools.settings.webhook_allow_nets, timeout_s=TIMEOUT_S)
    gate = asyncio.Semaphore(AT_ONCE)

    async def at(page: Unseen) -> tuple[Unseen, Look]:
        async with gate:
            return page, await _look(tools, sender, page)

    try:
        seen = await asyncio.gather(*(at(page) for page in due))
    finally:
        await sender.close()
    async with tools.db.tx() as tx:
        for page, found in seen:
            await queries.set_look(tx, page, found, now=tools.clock.now())
    return {page.id: found.found for page, found in seen}


async def _due(tools: Tools, one: tuple[EventId, PageId] | None) -> list[Unseen]:
    now = tools.clock.now()
    async with tools.db.tx() as tx:
        if one is not None:
            page = await queries.find_unseen(tx, *one)
            return [page] if page else []
        return await queries.list_due(
            tx, fine_before=now - rules.FINE_FOR, bad_before=now - rules.BAD_FOR, ended_before=now, limit=AT_A_TIME
        )


async def _look(tools: Tools, sender: Sender, page: Unseen) -> Look:
    url, own = page.url, tools.settings.base_url
    status = 0
    for _ in range(STEPS_MOST):
        reply = await sender.look(url, HEADERS)
        if not isinstance(reply, Reply):  # refused by our guard, a visitor may still get through
            return Look("unknown" if reply.outcome is Outcome.REFUSED else "silent", reply.outcome.value)
        there = framing.redirected(url, reply.headers) if 300 <= reply.status < 400 else None
        if there is None or rules.origin_of(there) != rules.origin_of(page.url):
            return framing.read(url, reply.status, reply.headers, own_origin=own, asks_sign_in=page.requires_auth)
        url, status = there, reply.status
    return Look("fails", f"{status}")
