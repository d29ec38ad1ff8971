"""The only place that builds an error answer: JSON for programs, a page for people (architecture §4.5)."""

import re
from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ImproperlyConfiguredException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.kernel import log
from revento.kernel.db import NoRow, Unreachable
from revento.web.shared import pages
from revento.web.shared.people import NotSignedIn, sign_in_path
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext

AnyRequest = Request[Any, Any, State]
_PROGRAMS: Final = ("/api/", "/.well-known/", "/healthz", "/readyz", "/metrics")
_OAUTH: Final = ("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/report-leak")
# What an `error_description` may not have in it (RFC 6749 §5.2).
_NOT_DESCRIBING: Final = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")
_BY_STATUS: Final = {
    400: errors.INVALID_REQUEST,
    401: errors.INVALID_TOKEN,
    403: errors.FORBIDDEN,
    404: errors.NOT_FOUND,
    405: errors.METHOD_NOT_ALLOWED,
    406: errors.NOT_ACCEPTABLE,
    413: errors.PAYLOAD_TOO_LARGE,
    503: errors.SERVICE_UNAVAILABLE,
}
_TITLES: Final = {
    400: N_("That request doesn't work"),
    401: N_("Sign in first"),
    403: N_("That isn't yours to do"),
    404: N_("Nothing here"),
    405: N_("That isn't how this page is used"),
    409: N_("Somebody was faster"),
    410: N_("This link is used up"),
    413: N_("That is too big"),
    422: N_("That doesn't fit"),
    429: N_("Too many at once"),
    500: N_("That broke on our side"),
    503: N_("Back in a moment"),
}
# What its status alone would put wrongly.
_TITLED: Final = {errors.FORM_EXPIRED: N_("This page has grown old")}
# For people the next step is told as well.
_SAID: Final = {
    errors.NOT_FOUND: N_("The address may be mistyped, or what was here has gone or is not meant for you."),
}
# RFC 6750 §3.1; the API's own code is finer than `invalid_token` and stands in the body.
_CHALLENGES: Final = {
    errors.MISSING_TOKEN: "Bearer",
    errors.INVALID_TOKEN: 'Bearer error="invalid_token"',
    errors.TOKEN_EXPIRED: 'Bearer error="invalid_token", error_description="expired"',
    errors.TOKEN_REVOKED: 'Bearer error="invalid_token", error_description="revoked"',
    errors.INSUFFICIENT_SCOPE: 'Bearer error="insufficient_scope", scope="{required_scope}"',
}
_logger: Final = log.logger("web")
# Where a client learns who issues our tokens (RFC 9728 §5.1): told once, when the process is configured.
_resource_metadata = ""


def configure(base_url: str) -> None:
    """Says under which address this process is reached; its challenges name it."""
    global _resource_metadata
    _resource_metadata = f'resource_metadata="{base_url}/.well-known/oauth-protected-resource"'


def is_for_programs(path: str) -> bool:
    """Whether a program reads the answer, so that errors are JSON."""
    return path.startswith(_PROGRAMS) or path in _OAUTH


def json_body(request_id: Any, reason: Reason, say: str | None, extra: dict[str, Any]) -> dict[str, Any]:
    """The contract's one shape (§5.1): error, message, request_id, and the code's own fields."""
    return {"error": reason.code, "message": say or reason.say, "request_id": request_id, **extra}


def json_error(
    request: AnyRequest, reason: Reason, say: str | None = None, /, **extra: Any
) -> Response[dict[str, Any]]:
    """The same as an answer."""
    body = json_body(request.scope.get("request_id"), reason, say, extra)
    if request.url.path in _OAUTH:
        body["error_description"] = _NOT_DESCRIBING.sub("", body["message"])
    return Response(body, status_code=reason.status, headers=error_headers(request.url.path, reason, extra))


def error_headers(path: str, reason: Reason, extra: dict[str, Any]) -> dict[str, str]:
    """What an error answer says beside its body."""
    found = {"Cache-Control": "no-store"}
    if reason.status in (401, 403) and path.startswith("/api/") and (challenge := _CHALLENGES.get(reason)):
        said = challenge.format(**extra)
        found["WWW-Authenticate"] = f"{said}{' ' if said == 'Bearer' else ', '}{_resource_metadata}"
    if path in _OAUTH:
        found["Pragma"] = "no-cache"
        if reason.status == 401:
            found["WWW-Authenticate"] = 'Basic realm="Revento"'
    if reason is errors.SERVICE_UNAVAILABLE:
        found["Retry-After"] = "5"
    if reason is errors.METHOD_NOT_ALLOWED and extra.get("allowed"):
        found["Allow"] = ", ".join(extra["allowed"])
    return found


def answer(request: AnyRequest, reason: Reason, say: str | None = None, /, **extra: Any) -> Response[Any]:
    """The error as whoever asked can read it."""
    if is_for_programs(request.url.path):
        return json_error(request, reason, say, **extra)
    return _page(request, reason, say)


def _page(request: AnyRequest, reason: Reason, say: str | None) -> Response[str]:
    title = _TITLED.get(reason) or _TITLES.get(reason.status, _TITLES[400])
    return pages.page(
        "errors/error.html",
        reason.status,
        code=reason.status,
        title=gettext(title),
        say=gettext(say if say not in (None, reason.say) else _SAID.get(reason, reason.say)),
        request_id=request.scope.get("request_id"),
    )


def _refused(request: AnyRequest, refusal: Refused) -> Response[Any]:
    return answer(request, refusal.reason, refusal.say, **refusal.extra)


def _no_row(request: AnyRequest, _error: NoRow) -> Response[Any]:
    return answer(request, errors.NOT_FOUND)


def _unreachable(request: AnyRequest, error: Exception) -> Response[Any]:
    _logger.error("database_unreachable", error=str(error))
    return answer(request, errors.SERVICE_UNAVAILABLE)


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework itself refuses: unknown paths, wrong methods, unreadable bodies."""
    reason = _BY_STATUS.get(error.status_code, errors.INVALID_REQUEST)
    if error.status_code >= 500 and error.status_code != 503:
        return _broken(request, error)
    extra: dict[str, Any] = {}
    if error.status_code == 405 and error.headers:
        allow = next((value for name, value in error.headers.items() if name.lower() == "allow"), "")
        extra["allowed"] = [part.strip() for part in allow.split(",") if part.strip()]
    return answer(request, reason, **extra)


def _broken(request: AnyRequest, error: Exception) -> Response[Any]:
    _logger.error("unhandled", path=request.url.path, exc_info=error)
    return answer(request, errors.INTERNAL_ERROR)


def _not_signed_in(request: AnyRequest, _error: NotSignedIn) -> Response[Any]:
    back = request.url.path
    if request.method == "GET" and request.url.query:
        back = f"{back}?{request.url.query}"
    where = sign_in_path(back if request.method == "GET" else "/")
    if "hx-request" in request.headers:
        return Response(None, status_code=200, headers={"HX-Redirect": where})
    return Redirect(where, status_code=303)


_BY_CLASS: Final[dict[Any, Any]] = {
    NotSignedIn: _not_signed_in,
    Refused: _refused,
    NoRow: _no_row,
    **dict.fromkeys(Unreachable, _unreachable),
    HTTPException: _http,
    ImproperlyConfiguredException: _broken,
    Exception: _broken,
}
HANDLERS: Final[ExceptionHandlersMap] = _BY_CLASS

__all__ = ["HANDLERS", "answer", "configure", "error_headers", "is_for_programs", "json_body", "json_error"]
