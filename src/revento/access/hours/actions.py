"""Adding to the hours, and an integration's figures."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from revento.access.hours import queries, rules
from revento.access.hours.models import Figures
from revento.access.hours.rules import Request
from revento.kernel.db import Tx

HOURS: Final = 24
WEEK: Final = timedelta(days=7)


async def add(tx: Tx, requests: Iterable[Request]) -> None:
    """Adds a batch of requests to their hours, with the batch itself or not at all."""
    if rows := rules.add_up(requests):
        await queries.add(tx, rows)


async def figures(tx: Tx, integration_id: str, *, client_id: str | None = None, now: datetime) -> Figures:
    """An integration at the API: three statements, whatever the log's size."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    since = hour - timedelta(hours=HOURS - 1)
    hours = {
        each.hour: (each.requests, each.refused)
        for each in await queries.list_hours(tx, integration_id, since=since, client_id=client_id)
    }
    return Figures(
        day=await queries.sum_up(tx, integration_id, since=since, client_id=client_id),
        week=await queries.sum_up(tx, integration_id, since=hour - WEEK, client_id=client_id),
        hours=[hours.get(since + timedelta(hours=n), (0, 0)) for n in range(HOURS)],
    )
