"""Writing the ledger in batches, and keeping it no longer than promised."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from revento.access import queries
from revento.access.models import Read
from revento.kernel import log
from revento.kernel.db import Tx

KEPT_DAYS: Final = 90
AHEAD_DAYS: Final = 3


async def write(tx: Tx, reads: list[Read]) -> None:
    """Appends a batch to the ledger and moves the last use of tokens, connections and grants forward."""
    if not reads:
        return
    await queries.insert(tx, [msgspec.to_builtins(read) | {"query": log.redact(read.query)} for read in reads])
    last = max(read.at for read in reads)
    answered = [read for read in reads if read.status < 400]
    await queries.touch_installations(tx, _latest(answered, "installation_id"), last)
    await queries.touch_grants(tx, _latest(answered, "user_grant_id"), last)


def _latest(reads: list[Read], name: str) -> list[str]:
    return sorted({value for read in reads if (value := getattr(read, name)) is not None})


async def turn_over(tx: Tx, *, now: datetime) -> list[str]:
    """Makes the partitions of the coming days and drops those older than 90 days; the names that were dropped.

    What was written before its day had a partition lies in the default one and is deleted row by row.
    """
    today = now.date()
    for ahead in range(1, AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        await queries.make_partition(tx, partition_of(day), day, day + timedelta(days=1))
    oldest = today - timedelta(days=KEPT_DAYS)
    dropped = [name for name in await queries.list_partitions(tx) if _day_of(name) < oldest]
    for name in dropped:
        await queries.drop_partition(tx, name)
    await queries.drop_old(tx, before=now - timedelta(days=KEPT_DAYS))
    return dropped


def partition_of(day: date) -> str:
    """The name of a day's partition: `api_requests_20260710`."""
    return f"api_requests_{day:%Y%m%d}"


def _day_of(name: str) -> date:
    digits = name.rpartition("_")[2]
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
