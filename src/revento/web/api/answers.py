"""Answers of the read API on the wire: ETag, compression, HEAD, headers of limits and deprecations."""

import asyncio
import hashlib
import zlib
from typing import Final

import msgspec
from litestar.types import Scope, Send

from revento.contract import headers
from revento.web.shared.limits import Verdict

Headers = list[tuple[bytes, bytes]]
COMPRESS_FROM: Final = 1_024  # bytes; below, the headers weigh more than what is saved
_ELSEWHERE_FROM: Final = 131_072  # bytes; above, compressing would hold up everybody else's requests
_LEVEL: Final = 1
_VARY: Final = (b"vary", b"Accept, Accept-Encoding, Authorization")
_GZIP: Final = (b"content-encoding", b"gzip")


class Answer(msgspec.Struct):
    """Status, body and headers; `error` is the code for the request log."""

    status: int
    body: bytes
    headers: Headers
    error: str | None = None


def header(scope: Scope, name: bytes) -> str:
    """A request header; several of one name are one list (RFC 9110 §5.3)."""
    found = [value for key, value in scope["headers"] if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else b", ".join(found).decode("latin-1")


def limit_headers(verdict: Verdict) -> Headers:
    """Where the hour's budget stands (contract §5.2)."""
    return [
        (headers.RATE_LIMIT.lower().encode(), b"%d" % verdict.limit),
        (headers.RATE_REMAINING.lower().encode(), b"%d" % verdict.remaining),
        (headers.RATE_RESET.lower().encode(), b"%d" % verdict.reset),
    ]


async def content(scope: Scope, body: bytes, content_type: str) -> Answer:
    """A document: 304 when the client has it, compressed when it may be and is worth it."""
    tag = hashlib.blake2b(body, digest_size=12, person=content_type.encode()[:16]).hexdigest()
    packed = len(body) >= COMPRESS_FROM and _takes_gzip(header(scope, b"accept-encoding"))
    etag = f'"{tag}-gzip"' if packed else f'"{tag}"'
    found: Headers = [(b"etag", etag.encode()), (b"cache-control", b"private, no-cache"), _VARY]
    if _has(header(scope, b"if-none-match"), tag):
        return Answer(304, b"", found)
    found.append((b"content-type", content_type.encode()))
    if packed:
        body = await _pack(body)
        found.append(_GZIP)
    return Answer(200, body, found)


def _has(if_none_match: str, tag: str) -> bool:
    """Weak comparison, as RFC 9110 §13.1.2 prescribes; a tag of either encoding names the same document."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return f'"{tag}"' in tags or f'"{tag}-gzip"' in tags


def _takes_gzip(accept_encoding: str) -> bool:
    if "gzip" not in accept_encoding and "*" not in accept_encoding:
        return False
    weights = {"gzip": "", "*": "0"}
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        weights[name.strip()] = weight.strip().removeprefix("q=")
    weight = weights["gzip"] if "gzip" in accept_encoding else weights["*"]
    return weight.strip("0.") != "" if weight else True


async def _pack(body: bytes) -> bytes:
    if len(body) >= _ELSEWHERE_FROM:
        return await asyncio.to_thread(_gzip, body)
    return _gzip(body)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


async def send_answer(send: Send, answer: Answer, *, with_body: bool) -> None:
    """Writes an answer out; HEAD gets its headers only."""
    if answer.status not in (204, 304):
        answer.headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    body = answer.body if with_body else b""
    await send({"type": "http.response.body", "body": body, "more_body": False})
