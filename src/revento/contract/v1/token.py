"""What the token endpoint and its neighbours answer with (contract §3.2, §3.3)."""

from typing import Literal

from revento.contract.v1.wire import Wire


class InstallationTokens(Wire, frozen=True, kw_only=True):
    """A token pair of an installation. Lives in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int
    refresh_expires_in: int
    scope: str
    event_id: str
    organization_id: str


class UserTokens(InstallationTokens, frozen=True, kw_only=True):
    """A token pair of a person: it names her too."""

    user_id: str


class Introspection(Wire, frozen=True, kw_only=True, omit_defaults=True):
    """A live token of one's own (RFC 7662 §2.2). Times in epoch seconds."""

    active: Literal[True]
    client_id: str
    scope: str
    exp: int
    iat: int
    iss: str
    event_id: str
    organization_id: str
    token_type: str | None = None
    sub: str | None = None


class Inactive(Wire, frozen=True, kw_only=True):
    """Any other token: nothing is told about it."""

    active: Literal[False]
