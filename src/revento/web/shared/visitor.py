"""Who looks at a page: what the request says about them, held for the length of that request."""

from __future__ import annotations

import base64
import hmac
import secrets as random
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

import msgspec
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from revento.kernel.config import Settings
from revento.kernel.secrets import derive
from revento.web.shared.edge import Services, services

VISIT_COOKIE = "revento_visit"
FLASH_COOKIE = "revento_flash"
LOCALE_COOKIE = "revento_locale"
NAMES = {"en": "English", "de": "Deutsch"}
CATALOGUES = Path(__file__).parent.parent / "locale"
# A language is offered as soon as it has a catalogue; English is its own source.
LOCALES = ("en", *(tag for tag in NAMES if (CATALOGUES / f"{tag}.po").exists()))


def session_cookie(settings: Settings) -> str:
    """The name of the session's cookie; over https one that only this very host can have set (RFC 6265bis §4.1.3)."""
    return "__Host-revento_session" if settings.secure else "revento_session"


class Flash(msgspec.Struct, frozen=True):
    """One sentence shown on the next page. `undo` is the path that a button posts to."""

    say: str
    tone: str = "ok"
    undo: str | None = None


class Visitor(msgspec.Struct):
    """The person at the other end. `flashes` came from the page before, `saying` goes to the next.

    `name` and `email` are set by the edge once the session is proved; `acting_until` while an operator acts for her
    (`is_stood_in_for`), or an integrator plays a persona.
    """

    path: str
    now: datetime
    locale: str = "en"
    session: str | None = None
    csrf_proof: bytes = b""
    new_visit: str | None = None
    partial: bool = False
    flashes: list[Flash] = []
    saying: list[Flash] = []
    name: str | None = None
    email: str | None = None
    apps: tuple[str, ...] = ()
    unsafe: bool = False
    takes_gzip: bool = False
    acting_until: datetime | None = None
    is_stood_in_for: bool = False
    time_zone: str | None = None

    @property
    def csrf_token(self) -> str:
        """What a form carries as proof that it is ours; empty where no form is expected."""
        return masked(self.csrf_proof) if self.csrf_proof else ""

    @property
    def signed_in(self) -> bool:
        """Whether the edge has proved a session."""
        return self.name is not None


NOBODY = Visitor(path="/", now=datetime(1970, 1, 1, tzinfo=UTC))
_visitor: ContextVar[Visitor] = ContextVar("visitor", default=NOBODY)


def current() -> Visitor:
    """The visitor of the request being answered; an anonymous English one outside of requests."""
    return _visitor.get()


def greet(
    name: str,
    email: str,
    *,
    locale: str | None = None,
    apps: tuple[str, ...] = (),
    time_zone: str | None = None,
) -> None:
    """Remember who is signed in, for the top bar. `apps` are the areas open to them: organizer, developer, operator."""
    visitor = current()
    visitor.name, visitor.email, visitor.apps, visitor.time_zone = name, email, apps, time_zone
    if locale in LOCALES:
        visitor.locale = locale


def choose_locale(chosen: str | None, accept: str) -> str:
    """The first language we have: the chosen one, else by the order of `Accept-Language` (RFC 9110 §12.5.4)."""
    if chosen in LOCALES:
        return str(chosen)
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(weighed) if tag in LOCALES), "en")


def csrf_proof(key: bytes, session: str) -> bytes:
    """What forms of this session prove: an HMAC of the session's secret, so that no other session's fits."""
    return derive(key, "csrf", session)


def masked(proof: bytes) -> str:
    """The proof as one page carries it: behind a new mask each time: compressed sizes tell nothing (ADR 005)."""
    mask = random.token_bytes(len(proof))
    hidden = bytes(a ^ b for a, b in zip(mask, proof, strict=True))
    return base64.urlsafe_b64encode(mask + hidden).decode().rstrip("=")


def csrf_token(key: bytes, session: str) -> str:
    """A token that forms of this session may carry."""
    return masked(csrf_proof(key, session))


def unmasked(token: str) -> bytes:
    """The proof behind a token that a form sent; empty when it is none."""
    try:
        both = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return b""
    half = len(both) // 2
    return bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=False))


def seal_flash(key: bytes, flashes: list[Flash]) -> str:
    """Flashes as a cookie value that only we can have written."""
    body = base64.urlsafe_b64encode(msgspec.json.encode(flashes)).decode().rstrip("=")
    return f"{body}.{derive(key, 'flash', body).hex()}"


def open_flash(key: bytes, cookie: str | None) -> list[Flash]:
    """The flashes of a cookie; none when it is absent or not ours."""
    body, _, signature = (cookie or "").partition(".")
    if not body or not hmac.compare_digest(derive(key, "flash", body).hex(), signature):
        return []
    return msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=list[Flash])


def _cookies(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    try:
        return {
            name: morsel.value for name, morsel in SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).items()
        }
    except CookieError:
        return {}


def read(scope: Scope, provided: Services) -> Visitor:
    """A visitor out of a request's path and headers; nothing is proved yet."""
    headers = dict(scope["headers"])
    cookies = _cookies(headers)
    session = cookies.get(session_cookie(provided.settings))
    # Before anybody signs in, forms are bound to a cookie of the visit: the sign-in form can't be forged either.
    visit = cookies.get(VISIT_COOKIE)
    new_visit = None if session or visit else random.token_urlsafe(24)
    bound_to = session or visit or new_visit or ""
    own: dict[str, Any] = {"session": session, "new_visit": new_visit}
    own["csrf_proof"] = csrf_proof(provided.keys.current("csrf"), bound_to)
    own["takes_gzip"] = "gzip" in headers.get(b"accept-encoding", b"").decode("latin-1")
    return Visitor(
        path=scope["path"],
        unsafe=scope.get("method") not in ("GET", "HEAD", "OPTIONS"),
        now=provided.clock.now(),
        locale=choose_locale(cookies.get(LOCALE_COOKIE), headers.get(b"accept-language", b"").decode("latin-1")),
        partial=b"hx-request" in headers
        and b"hx-boosted" not in headers
        and b"hx-history-restore-request" not in headers,
        flashes=open_flash(provided.keys.current("flash"), cookies.get(FLASH_COOKIE)),
        **own,
    )


def _set_cookie(message: HTTPResponseStartEvent, cookie: str) -> None:
    message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]


def _is_page(message: HTTPResponseStartEvent) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


def remember_visitors(app: ASGIApp) -> ASGIApp:
    """Reads from each request who looks, before any handler runs, and sends on what is to be said on the next page.

    The visitor is left in place afterwards: error pages are made outside of this middleware, in the same task.
    """

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        provided = services(scope["litestar_app"].state)
        who = read(scope, provided)
        _visitor.set(who)

        async def send_flashes(message: Message) -> None:
            if message["type"] == "http.response.start":
                flags = f"Path=/; HttpOnly; SameSite=Lax{'; Secure' if provided.settings.secure else ''}"
                if who.saying:
                    value = seal_flash(provided.keys.current("flash"), who.saying)
                    _set_cookie(message, f"{FLASH_COOKIE}={value}; Max-Age=120; {flags}")
                if who.new_visit and _is_page(message):
                    _set_cookie(message, f"{VISIT_COOKIE}={who.new_visit}; {flags}")
            await send(message)

        await app(scope, receive, send_flashes)

    return middleware
