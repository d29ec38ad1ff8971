"""Pages: one template environment, one way to answer with a page, one way to send the browser on."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.response import Redirect

from revento.web.shared import assets, states, text, translate, visitor, words
from revento.web.shared.visitor import FLASH_COOKIE, Flash

FOLDER = Path(__file__).parent.parent / "templates"
# Where a form's answer may redirect to when it ends at somebody's software: browsers hold `form-action` against the
# whole chain of redirects, so sign-in and consent pages need more than 'self'. (CSP has no spelling for [::1].)
ELSEWHERE = ("https:", "http://localhost:*", "http://127.0.0.1:*")
# Smaller bodies fit one packet anyway.
WORTH_PACKING: Final = 1024
POWERS = ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb")


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    untyped: Any = made  # the i18n extension adds its installer at run time
    untyped.filters.update(
        text.FILTERS,
        read_words=words.read_words,
        refused_words=words.refused_words,
        token_words=words.token_words,
        ended_words=words.ended_words,
        held_words=words.held_words,
        kind_words=words.kind_words,
        probe_words=words.probe_words,
        role_words=words.role_words,
    )
    untyped.globals.update(
        asset=assets.url,
        asset_version=assets.version,
        look=states.look,
        visitor=visitor.current,
        locales=[(tag, visitor.NAMES[tag]) for tag in visitor.LOCALES],
    )
    untyped.install_gettext_callables(translate.gettext, translate.ngettext, newstyle=True)
    return made


environment = _environment()


def render(template: str, /, **context: object) -> str:
    """A template as text, in the visitor's language. Also for the parts of mails."""
    return environment.get_template(template).render(**context)


def policy(sends_to: tuple[str, ...] = (), frames: str | None = None) -> str:
    """The content security policy of a page: ours only, no inline script or style, framed by nobody."""
    return "; ".join(
        (
            "default-src 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "frame-src " + (frames or "'none'"),
            # A page with a frame asks whether that frame's server answers, to say so when it does not.
            "connect-src 'self'" + (f" {frames}" if frames else ""),
            "form-action " + " ".join(("'self'", *sends_to)),
            "img-src 'self' data:",
        )
    )


def powers(frames: str | None = None) -> str:
    """What the page and its frame may ask of the device: nothing but the full screen (contract §7)."""
    framed = f' "{frames}"' if frames else ""
    return ", ".join((f"fullscreen=(self{framed})", *(f"{power}=()" for power in POWERS)))


def page(
    template: str,
    /,
    status: int = 200,
    *,
    part: str | None = None,
    sends_to: tuple[str, ...] = (),
    frames: str | None = None,
    headers: dict[str, str] | None = None,
    shows_secret: bool = False,
    **context: object,
) -> Response[str]:
    """Answer with a page, or with its `part` when htmx asked to swap that.

    `sends_to` are further sources that its forms may end at (`ELSEWHERE`); `frames` is the origin that it may frame.
    What a signed-in person sees is stored nowhere. One that `shows_secret` is not compressed (ADR 005).
    """
    who = visitor.current()
    body = render(part if part and who.partial else template, **context).encode()
    packs = who.takes_gzip and not shows_secret and len(body) > WORTH_PACKING
    answer: Response[Any] = Response(
        gzip.compress(body, 5, mtime=0) if packs else body,
        status_code=status,
        media_type="text/html",
        headers={
            "Content-Security-Policy": policy(sends_to, frames),
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": powers(frames),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-store" if who.session else "no-cache",
            "Vary": "HX-Request, Cookie, Accept-Language, Accept-Encoding",
            **({"Content-Encoding": "gzip"} if packs else {}),
            **(headers or {}),
        },
    )
    if who.flashes:
        answer.delete_cookie(FLASH_COOKIE)
    return answer


def go(path: str, *flashes: Flash) -> Redirect:
    """Send the browser on after a form (303); the flashes are shown on the next page."""
    visitor.current().saying.extend(flashes)
    return Redirect(path, status_code=303)
