"""Writing the ledger in batches, and keeping it no longer than promised."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from revento.access import queries
from revento.access.hours import actions as hours
from revento.access.hours import queries as hour_rows
from revento.access.models import Read
from revento.kernel import log
from revento.kernel.db import Tx
from revento.kernel.partitions import queries as partitions

KEPT_DAYS: Final = 90
AHEAD_DAYS: Final = 3
_TABLE: Final = "api_requests"


async def write(tx: Tx, reads: list[Read]) -> None:
    """Appends a batch to the ledger and its hours, and moves the last use of tokens, connections and grants forward."""
    if not reads:
        return
    await queries.insert(tx, [_redacted(read) if read.query else read for read in reads])
    await hours.add(tx, reads)
    last = max(read.at for read in reads)
    answered = [read for read in reads if read.status < 400]
    await queries.touch_installations(tx, _latest(answered, "installation_id"), last)
    await queries.touch_grants(tx, _latest(answered, "user_grant_id"), last)


def _redacted(read: Read) -> Read:
    return msgspec.structs.replace(read, query=log.redact(read.query))


def _latest(reads: list[Read], name: str) -> list[str]:
    return sorted({value for read in reads if (value := getattr(read, name)) is not None})


async def turn_over(tx: Tx, *, now: datetime) -> list[date]:
    """Makes the partitions of the coming days and drops those older than 90 days; the days that were dropped."""
    today = now.date()
    for ahead in range(AHEAD_DAYS + 1):
        await partitions.create_day(tx, _TABLE, today + timedelta(days=ahead))
    oldest = today - timedelta(days=KEPT_DAYS)
    dropped = [day for day in await partitions.list_days(tx, _TABLE) if day < oldest]
    for day in dropped:
        await partitions.drop_day(tx, _TABLE, day)
    await partitions.drop_from_default(tx, _TABLE, oldest)
    await hour_rows.drop_old(tx, before=now - timedelta(days=KEPT_DAYS))
    return dropped
