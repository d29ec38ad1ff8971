"""What can go wrong, as types: catch the one that you can do something about."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import httpx


class ReventoError(Exception):
    """Everything that this package raises on purpose."""


class NotConnected(ReventoError):
    """There are no tokens for this event or person: ask for consent (`authorize`)."""


class ConsentRequired(NotConnected):
    """Revento refused the refresh for good (`invalid_grant`). The stored tokens are gone; ask for consent again."""


class AuthorizationFailed(ReventoError):
    """The browser came back without a code. `code` is the OAuth error, such as `access_denied`, or `state_mismatch`."""

    def __init__(self, code: str, say: str) -> None:
        super().__init__(f"{code}: {say}")
        self.code = code


class Unreachable(ReventoError):
    """Revento did not answer, also not when asked again."""


class ApiError(ReventoError):
    """Revento said no. `code` is for programs, `message` for people; `request_id` helps support to find the request."""

    code: str
    codes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, code: str, status: int, message: str, request_id: str, extra: Mapping[str, Any]) -> None:
        super().__init__(f"{code} ({status}): {message} [request {request_id}]")
        self.code = code
        self.status = status
        self.message = message
        self.request_id = request_id
        self.extra = extra
        self.retry_after: float | None = None
        """How long the server asks to wait, in seconds; unknown when it did not say."""


class InvalidToken(ApiError):
    """The access token is missing, malformed, unknown or of the other environment."""

    codes = ("invalid_token",)


class TokenExpired(ApiError):
    """The access token is older than an hour. You see this only when refreshing did not help."""

    codes = ("token_expired",)


class TokenRevoked(ApiError):
    """The connection ended. `reason` says why; `data.deletion_required` says what to erase, and until when."""

    codes = ("token_revoked",)

    @property
    def reason(self) -> str | None:
        return self.extra.get("reason")


class Forbidden(ApiError):
    """The token is of the other kind, of another event, or lacks the scope."""

    codes = ("user_token_required", "installation_token_required", "event_not_authorized", "insufficient_scope")


class BadRequest(ApiError):
    """The request itself is wrong. `field` names the culprit."""

    codes = ("invalid_request", "invalid_cursor", "not_acceptable", "method_not_allowed", "payload_too_large")

    @property
    def field(self) -> str | None:
        return self.extra.get("field")


class NotFound(ApiError):
    """There is no such thing in this event."""

    codes = ("not_found",)


class RateLimited(ApiError):
    """A budget is used up. `window` is `hour` or `minute`, or unknown."""

    codes = ("rate_limit_exceeded", "concurrent_limit_exceeded")

    @property
    def window(self) -> str | None:
        return self.extra.get("window")


class InvalidGrant(ApiError):
    """The code or refresh token is not valid, for good."""

    codes = ("invalid_grant",)


class ClientRefused(ApiError):
    """Client id or secret are wrong, or this client may not do that."""

    codes = ("invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope")


class ServerFailed(ApiError):
    """Something broke on Revento's side."""

    codes = ("internal_error", "service_unavailable")


_CLASSES: tuple[type[ApiError], ...] = (
    InvalidToken,
    TokenExpired,
    TokenRevoked,
    Forbidden,
    BadRequest,
    NotFound,
    RateLimited,
    InvalidGrant,
    ClientRefused,
    ServerFailed,
)
_BY_CODE = {code: error for error in _CLASSES for code in error.codes}
_FIXED = {"error", "message", "request_id"}


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdecimal() else None


def from_response(response: httpx.Response) -> ApiError:
    """The typed error of an answer that is no success; also for one that a proxy wrote."""
    try:
        body: Any = response.json()
    except ValueError:
        body = {}
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    fallback = "internal_error" if response.status_code >= 500 else "unexpected_answer"
    code = str(fields.get("error", fallback))
    say = str(fields.get("message") or fields.get("error_description") or f"HTTP {response.status_code}")
    request_id = str(fields.get("request_id") or response.headers.get("X-Revento-Request-Id", ""))
    extra = {name: value for name, value in fields.items() if name not in _FIXED}
    error = _BY_CODE.get(code, ApiError)(code, response.status_code, say, request_id, extra)
    error.retry_after = _retry_after(response)
    return error
