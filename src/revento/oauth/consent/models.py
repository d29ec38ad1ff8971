"""Authorization requests, and what a consent page offers."""

from datetime import datetime

import msgspec

from revento.contract.scopes import TokenKind
from revento.events.events.models import Event
from revento.kernel.db import Row
from revento.kernel.ids import ClientId, EventId, UserId


class AuthorizationRequest(msgspec.Struct, frozen=True):
    """A well-formed request to `/oauth/authorize`. Whether the person may grant it is another question."""

    client_id: ClientId
    redirect_uri: str
    kind: TokenKind
    scopes: list[str]
    state: str | None
    event_id: EventId | None
    code_challenge: str


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a request, as it goes back to the client (RFC 6749 §4.1.2.1)."""

    error: str
    description: str


class Offer(msgspec.Struct, frozen=True):
    """What the person is asked: `required` comes all or nothing, `optional` is hers to choose, `held` is granted."""

    kind: TokenKind
    event: Event
    held: list[str]
    required: list[str]
    optional: list[str]

    @property
    def certain(self) -> list[str]:
        """The scopes that the token carries whatever she chooses."""
        return [*self.held, *self.required]


class Pending(Row, frozen=True):
    """A consent page as it was shown, locked. `location` is set once it is decided."""

    session_id: str
    user_id: UserId
    client_id: ClientId
    event_id: EventId
    redirect_uri: str
    state: str | None
    code_challenge: str
    required_scopes: list[str]
    optional_scopes: list[str]
    expires_at: datetime
    location: bytes | None
