"""Rows of sessions."""

from datetime import datetime, timedelta

from revento.kernel.db import Row
from revento.kernel.ids import UserId

FRESH = timedelta(minutes=15)


class SignedIn(Row, frozen=True):
    """The person behind a live session. `authenticated_at` is her last proof of identity, for step-up.

    `acted_by` is the operator who acts for her with her consent, until `acting_until`; for a persona of the sandbox
    (`is_persona`) an integrator who tries what she sees.
    """

    user_id: UserId
    session_id: str
    name: str
    email: str
    email_verified_at: datetime | None
    locale: str
    time_zone: str | None
    is_operator: bool
    authenticated_at: datetime
    last_seen_at: datetime
    acted_by: UserId | None = None
    acting_until: datetime | None = None
    is_persona: bool = False

    def is_fresh(self, now: datetime) -> bool:
        """Whether she proved who she is within the last 15 minutes."""
        return now - self.authenticated_at <= FRESH


class Session(Row, frozen=True):
    """One line of a person's list of sessions."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    address: str
