"""SQL of retention."""

from datetime import datetime

from revento.kernel.db import Tx

DROP_TICKS = "DELETE FROM delivery_ticks WHERE minute < %(before)s"


async def drop_ticks(tx: Tx, *, before: datetime) -> int:
    """Forgets where the numbering stood long ago; how many minutes."""
    return await tx.run(DROP_TICKS, before=before)


DROP_HOURS = "DELETE FROM endpoint_hours WHERE hour < %(before)s"


async def drop_hours(tx: Tx, *, before: datetime) -> int:
    """Forgets old hourly figures; how many."""
    return await tx.run(DROP_HOURS, before=before)
