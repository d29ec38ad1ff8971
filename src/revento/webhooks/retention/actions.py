"""What is kept how long."""

from datetime import date, datetime, timedelta
from typing import Final

from revento.contract.limits import DEAD_LETTER_DAYS
from revento.kernel.db import Tx
from revento.webhooks.outbox import queries as outbox
from revento.webhooks.replays import queries as replays
from revento.webhooks.retention import queries
from revento.webhooks.sharing import queries as dispatchers

PARTITIONED: Final = ("messages", "delivery_log", "attempts")
DAYS: Final = DEAD_LETTER_DAYS
HOURS_KEPT: Final = timedelta(days=90)


def oldest_day(now: datetime) -> date:
    """The first day that is kept."""
    return (now - timedelta(days=DAYS)).date()


async def forget(tx: Tx, *, now: datetime) -> None:
    """Drops small rows that have outlived their use: ticks, hourly figures, replays, quiet keys, gone dispatchers."""
    before = now - timedelta(days=DAYS + 1)
    await queries.drop_ticks(tx, before=before)
    await queries.drop_hours(tx, before=now - HOURS_KEPT)
    await replays.drop_old(tx, before=before)
    await outbox.drop_quiet(tx)
    await dispatchers.forget(tx)
