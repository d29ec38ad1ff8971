"""One middleware around everything: the request id, the access line, the metrics (contract §4)."""

import time
import uuid
from typing import Final, cast

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from revento.contract.headers import REQUEST_ID
from revento.kernel import log, traces

REQUESTS: Final = Counter("revento_http_requests_total", "Answers by audience and status class", ["audience", "status"])
SECONDS: Final = Histogram(
    "revento_http_request_seconds",
    "Time to the last byte",
    ["audience"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_HEADER: Final = REQUEST_ID.lower().encode()
_AUDIENCES: Final = frozenset(
    ("api", "oauth", "organizer", "account", "developer", "operator", "guide", "events", "static", ".well-known")
)
_logger: Final = log.logger("web")


def sent_id(scope: Scope) -> str | None:
    """The request id that the client sent, as it stands; `None` when there is none."""
    for name, value in scope["headers"]:
        if name == _HEADER:
            return value.decode("latin-1")
    return None


def came_in(scope: Scope) -> float:
    """When the request reached this process, on the monotonic clock."""
    return cast("float", scope["came_in"])  # pyright: ignore[reportGeneralTypeIssues]


def note_lost_race(scope: Scope) -> None:
    """Remembers that the request has lost a race for what it asks, for whoever answers it."""
    scope["lost_race"] = True  # pyright: ignore[reportGeneralTypeIssues]


def lost_race(scope: Scope) -> bool:
    """Whether it has."""
    return "lost_race" in scope


def is_uuid(value: str) -> bool:
    """Whether `value` is a UUID in its usual spelling."""
    try:
        return str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def remember_requests(app: ASGIApp) -> ASGIApp:
    """Gives every request an id (the client's when well formed), echoes it, and writes one line when it ends."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        sent = sent_id(scope)
        echoed = sent if sent and is_uuid(sent) else str(uuid.uuid4())
        request_id = echoed.lower()
        scope["request_id"] = request_id  # pyright: ignore[reportGeneralTypeIssues]
        client = scope.get("client")
        structlog.contextvars.bind_contextvars(request_id=request_id, address=client[0] if client else None)
        began, status = time.monotonic(), 0
        scope["came_in"] = began  # pyright: ignore[reportGeneralTypeIssues]
        header = (_HEADER, echoed.encode())

        async def echo(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], header]
            await send(message)

        try:
            with traces.span("http.request", **{"http.request.method": str(scope.get("method", ""))}) as span:
                await app(scope, receive, echo)
                if span is not None:
                    told = {"url.path": scope["path"], "http.response.status_code": status, "request.id": request_id}
                    span.set_attributes(told)
        finally:
            _note(scope, status, time.monotonic() - began)
            structlog.contextvars.clear_contextvars()

    return middleware


def _note(scope: Scope, status: int, seconds: float) -> None:
    first = scope["path"].split("/", 2)[1]
    audience = first if first in _AUDIENCES else "participant"
    REQUESTS.labels(audience, f"{status // 100}xx").inc()
    SECONDS.labels(audience).observe(seconds)
    if audience not in ("static", "api"):
        _logger.info(
            "answered", method=scope.get("method"), path=scope["path"], status=status, ms=round(seconds * 1000, 1)
        )
