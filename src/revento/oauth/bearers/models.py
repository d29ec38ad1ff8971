"""A bearer token as the API sees it."""

from datetime import datetime

from revento.contract.scopes import TokenKind
from revento.kernel.db import Row


class Bearer(Row, frozen=True):
    """A known access token with everything that decides about it, in the statement's order (contract §2.4, §2.5).

    `per_hour`, `per_minute`, `in_flight` are raised limits, all or none of them set.
    """

    token: bytes
    expires_at: datetime
    scopes: list[str]
    is_unused: bool
    ended_at: datetime | None
    end_reason: str | None
    family_id: str
    kind: TokenKind
    client_id: str
    integration_id: str
    installation_id: str
    user_grant_id: str | None
    event_id: str
    user_id: str | None
    time_zone: str
    per_hour: int | None
    per_minute: int | None
    in_flight: int | None
