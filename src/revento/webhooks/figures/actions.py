"""An endpoint's health in figures (24 hours, 7 days, what is outstanding)."""

from datetime import datetime, timedelta

from revento.kernel.db import Tx
from revento.webhooks.figures import buckets, queries
from revento.webhooks.figures.models import Figures, Outstanding, Quality, Span

HOURS = 24
WEEK = timedelta(days=7)


async def of(tx: Tx, endpoint_nos: list[int], *, now: datetime) -> dict[int, Figures]:
    """Figures for each of these endpoints: four statements for all of them."""
    if not endpoint_nos:
        return {}
    hour = now.replace(minute=0, second=0, microsecond=0)
    since = hour - timedelta(hours=HOURS - 1)
    days = {one.endpoint_no: one for one in await queries.list_spans(tx, endpoint_nos, since=since)}
    weeks = {one.endpoint_no: one for one in await queries.list_spans(tx, endpoint_nos, since=hour - WEEK)}
    outstanding = {one.endpoint_no: one for one in await queries.list_outstanding(tx, endpoint_nos)}
    tries: dict[tuple[int, datetime], tuple[int, int]] = {
        (one.endpoint_no, one.hour): (one.succeeded, one.failed)
        for one in await queries.list_hours(tx, endpoint_nos, since=since)
    }
    return {
        no: _figures(
            days.get(no),
            weeks.get(no),
            [tries.get((no, since + timedelta(hours=n)), (0, 0)) for n in range(HOURS)],
            outstanding[no],
        )
        for no in endpoint_nos
        if no in outstanding
    }


def _figures(day: Span | None, week: Span | None, hours: list[tuple[int, int]], rest: Outstanding) -> Figures:
    return Figures(
        day=quality(day),
        week=quality(week),
        hours=hours,
        waiting=rest.waiting,
        oldest_due=rest.oldest_due,
        next_due=rest.next_due,
        dead=rest.dead,
    )


def quality(span: Span | None) -> Quality:
    """What can be said of a span's tries."""
    if span is None:
        return Quality(0, 0, None, None, None)
    total = span.succeeded + span.failed
    return Quality(
        succeeded=span.succeeded,
        failed=span.failed,
        rate=span.succeeded / total if total else None,
        p50_ms=buckets.quantile(span.latency, 0.5),
        p95_ms=buckets.quantile(span.latency, 0.95),
    )
