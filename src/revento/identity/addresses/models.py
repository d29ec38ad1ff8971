"""Rows of e-mail addresses."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import UserId


class Pending(Row, frozen=True):
    """An address that a person wants to have and has not proved yet."""

    email: str
    sent_at: datetime
    expires_at: datetime


class Left(Row, frozen=True):
    """An address that a person has left, with a way back."""

    user_id: UserId
    email: str
    left_at: datetime


class Held(Row, frozen=True):
    """An address to which letters of one person went, and when: she had it, or asked for it."""

    email: str
    since: datetime
    until: datetime

    @property
    def was_hers(self) -> bool:
        """Whether she had it: one that she only asked for has letters of a single moment."""
        return self.since < self.until
