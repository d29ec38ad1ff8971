"""Rows of consents to act."""

from datetime import datetime

from revento.kernel.db import Row
from revento.kernel.ids import UserId


class Acting(Row, frozen=True):
    """An operator who acts for the person now."""

    name: str
    last_seen_at: datetime


class Consent(Row, frozen=True):
    """A person's word that operators may act for her until then."""

    id: str
    user_id: UserId
    reason: str
    given_at: datetime
    expires_at: datetime
    ended_at: datetime | None
