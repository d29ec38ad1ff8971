"""Our static files, read once, under addresses that change with their content, so that browsers keep them a year."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

FOLDER = Path(__file__).parent.parent / "static"
STYLES = ("tokens.css", "components.css", "site.css")  # in the order of their layers; sent as one file
Asked = Request[Any, Any, State]
YEAR = "public, max-age=31536000, immutable"
# What the program grid can show: locations side by side, quarters of an hour in a day that runs into the night.
PLACES, QUARTERS, LANES = 60, 132, 4


class Asset(msgspec.Struct, frozen=True):
    """One file: its bytes plain and, where that pays, compressed."""

    body: bytes
    packed: bytes | None
    media_type: str


def _asset(name: str, body: bytes) -> Asset:
    media_type = "text/javascript" if name.endswith(".js") else guess_type(name)[0] or "application/octet-stream"
    packs = media_type.startswith("text/") or media_type.endswith(("+xml", "json"))
    return Asset(body, gzip.compress(body, mtime=0) if packs else None, media_type)


def _grid() -> str:
    """Classes for every place in the program grid: the content security policy allows no style attribute."""
    rules = [f".rows-{n}{{--rows:{n}}}" for n in range(1, QUARTERS + 1)]
    rules += [f".places-{n}{{--places:{n}}}.col-{n}{{--col:{n}}}" for n in range(1, PLACES + 1)]
    rules += [f".start-{n}{{--start:{n}}}.span-{n}{{--span:{n}}}" for n in range(1, QUARTERS + 3)]
    lanes = [(of, lane) for of in range(2, LANES + 1) for lane in range(of)]
    beside = (f".lane-{n}-{of}{{margin:0 {100 * (of - n - 1) / of:.2f}% 0 {100 * n / of:.2f}%}}" for of, n in lanes)
    return "".join(rules) + "@media(min-width:64rem){" + "".join(beside) + "}"


@cache
def assets() -> dict[str, Asset]:
    """Every static file by its path below `static/`, the bundled stylesheet and the program's grid among them."""
    files = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.rglob("*")) if path.is_file()
    }
    files["revento.css"] = b"\n".join(files.pop(name) for name in STYLES)
    files["grid.css"] = _grid().encode()
    return {name: _asset(name, body) for name, body in files.items()}


@cache
def version() -> str:
    """A fingerprint of all static files together: they refer to one another, so they change address together."""
    digest = hashlib.sha256()
    for name, asset in assets().items():
        digest.update(name.encode() + b"\0" + asset.body + b"\0")
    return digest.hexdigest()[:12]


def url(name: str) -> str:
    """The address of a static file. A name that doesn't exist is a mistake in a template and raises KeyError."""
    assert assets()[name]
    return f"/static/{version()}/{name}"


def _answer(request: Asked, name: str, cache_control: str) -> Response[bytes]:
    asset = assets().get(name)
    if asset is None:
        raise NotFoundException
    packed = asset.packed if "gzip" in request.headers.get("accept-encoding", "") else None
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or asset.body, media_type=asset.media_type, headers=headers)


@get("/static/{fingerprint:str}/{name:path}", sync_to_thread=False)
def static_file(
    request: Request[object, object, State], fingerprint: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A file for a year when asked by its present address; an older page's address gets the present file, unkept."""
    return _answer(request, name.lstrip("/"), YEAR if fingerprint == version() else "no-cache")


@get("/favicon.svg", sync_to_thread=False)
def favicon(request: Asked) -> Response[bytes]:
    """The mark, for browser tabs."""
    return _answer(request, "mark.svg", "public, max-age=86400")


routes = Router(path="/", route_handlers=[static_file, favicon])
