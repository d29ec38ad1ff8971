"""The health of endpoints in figures (24 hours, 7 days, what is outstanding)."""

from datetime import datetime, timedelta

from revento.kernel.db import Tx
from revento.webhooks.figures import buckets, queries
from revento.webhooks.figures.models import Figures, Quality, Span

HOURS = 24
WEEK = timedelta(days=7)


async def of(tx: Tx, endpoint_nos: list[int], *, now: datetime) -> Figures:
    """Figures of these endpoints, added up: three statements for all of them."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    since = hour - timedelta(hours=HOURS - 1)
    spans = await queries.list_spans(tx, endpoint_nos, day=since, week=hour - WEEK)
    rest = await queries.outstanding(tx, endpoint_nos)
    tries = {one.hour: (one.succeeded, one.failed) for one in await queries.list_hours(tx, endpoint_nos, since=since)}
    return Figures(
        day=quality([one for one in spans if one.of_day]),
        week=quality(spans),
        hours=[tries.get(since + timedelta(hours=n), (0, 0)) for n in range(HOURS)],
        waiting=rest.waiting,
        oldest_due=rest.oldest_due,
        dead=rest.dead,
    )


def quality(spans: list[Span]) -> Quality:
    """What can be said of the tries of these spans together."""
    succeeded, failed = sum(one.succeeded for one in spans), sum(one.failed for one in spans)
    latency = [sum(counts) for counts in zip(*(one.latency for one in spans), strict=True)]
    total = succeeded + failed
    return Quality(
        succeeded=succeeded,
        failed=failed,
        rate=succeeded / total if total else None,
        p50_ms=buckets.quantile(latency, 0.5),
        p95_ms=buckets.quantile(latency, 0.95),
    )
