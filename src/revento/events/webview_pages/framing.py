"""Whether a page lets itself be shown in our frame, read from its server's answer as a browser would.

A browser tells nobody that a frame stayed empty, so this is asked beside it: `X-Frame-Options` (HTML §7.4.5),
`frame-ancestors` (CSP 3 §6.4.2), and a redirect out of the one origin that our own policy lets into the frame.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from revento.events.webview_pages.models import Look
from revento.events.webview_pages.rules import origin_of

DETAIL_CHARACTERS: Final = 200
_PORTS: Final = {"https": 443, "http": 80}
# What an expression's scheme allows a page's scheme to be (CSP 3 §6.7.2.9): the same or the safer one.
_SCHEMES: Final = {"http": ("http", "https"), "https": ("https",)}


def read(url: str, status: int, headers: Mapping[bytes, bytes], *, own_origin: str, asks_sign_in: bool) -> Look:
    """What an answer from `url` means for the frame. Header names are in lower case.

    Without a person's launch token a page behind sign-in answers as it likes: its refusals and redirects say nothing.
    """
    if 300 <= status < 400:
        there = redirected(url, headers)
        if there is None or asks_sign_in or origin_of(there) == origin_of(url):
            return Look("unknown", f"{status}")
        return Look("elsewhere", origin_of(there)[:DETAIL_CHARACTERS])
    if why := why_not_framed(url, headers, own_origin=own_origin):
        return Look("unknown" if asks_sign_in and status >= 400 else "refuses", why[:DETAIL_CHARACTERS])
    if status >= 400:
        return Look("unknown" if asks_sign_in and status in (400, 401, 403) else "fails", f"{status}")
    return Look("shown")


def redirected(url: str, headers: Mapping[bytes, bytes]) -> str | None:
    """Where an answer sends a browser, as a whole address; `None` when it names nothing."""
    location = headers.get(b"location", b"").decode("latin-1").strip()
    try:
        return urljoin(url, location) if location else None
    except ValueError:
        return None


def why_not_framed(url: str, headers: Mapping[bytes, bytes], *, own_origin: str) -> str | None:
    """The header that forbids it, as it came; `None` when none does. `frame-ancestors` makes the older header void."""
    policies = _text(headers, b"content-security-policy").split(",")
    lists = [sources for policy in policies if (sources := _ancestors(policy)) is not None]
    for sources in lists:
        if not any(_matches(source, url, own_origin) for source in sources):
            return "Content-Security-Policy: " + " ".join(["frame-ancestors", *sources])
    options = _text(headers, b"x-frame-options")
    said = {word.strip().lower() for word in options.split(",")}
    if not lists and said & {"deny", "sameorigin"}:
        return f"X-Frame-Options: {options.strip()}"
    return None


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _ancestors(policy: str) -> list[str] | None:
    """The sources of a policy's first `frame-ancestors`; `None` without one, and an empty list means nobody."""
    for directive in policy.split(";"):
        words = directive.split()
        if words and words[0].lower() == "frame-ancestors":
            return [word for word in words[1:] if word.lower() != "'none'"] or ["'none'"]
    return None


def _matches(source: str, url: str, own_origin: str) -> bool:
    ours, source = urlsplit(own_origin), source.lower()
    if source == "'self'":
        return origin_of(url) == origin_of(own_origin)
    if source == "*":
        return ours.scheme in _SCHEMES
    if source.startswith("'"):
        return False
    if source.endswith(":") and "/" not in source:
        return ours.scheme in _SCHEMES.get(source[:-1], ())
    scheme, _, rest = source.rpartition("://")
    if ours.scheme not in _SCHEMES.get(scheme or urlsplit(url).scheme, ()):
        return False
    host, _, port = rest.partition("/")[0].partition(":")
    return _is_host(host, ours.hostname or "") and _is_port(port, ours.scheme, ours.port)


def _is_host(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _is_port(pattern: str, scheme: str, port: int | None) -> bool:
    own = port or _PORTS[scheme]
    if pattern in ("*", str(own)):
        return True
    return own == _PORTS[scheme] if not pattern else pattern == "80" and own == 443
