"""How a duty stands."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import limits
from revento.integrations.deletions.models import Deletion

LIFE: Final = timedelta(days=limits.DELETION_DAYS)


def state(duty: Deletion, *, now: datetime) -> str:
    """`confirmed`, `overdue` or `due`."""
    if duty.confirmed_at is not None:
        return "confirmed"
    return "overdue" if now > duty.deadline_at else "due"
