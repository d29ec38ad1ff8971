"""Reading what clients send: strict forms, and both ways in which a client shows its secret (checklist D, E)."""

import base64
import re
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request, Response

from revento.contract import errors
from revento.contract.errors import Refused
from revento.contract.v1 import wire
from revento.contract.v1.wire import Wire

AnyRequest = Request[Any, Any, Any]
FORM: Final = "application/x-www-form-urlencoded"
MOST_BYTES: Final = 64 * 1024
# What the endpoints know; each may be sent once, and never in the URL, where logs and histories keep it.
KNOWN: Final = frozenset(
    (
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "code_verifier",
        "refresh_token",
        "scope",
        "token",
        "token_type_hint",
    )
)
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Malformed(ValueError):
    """Not UTF-8, or with a NUL in it, which no text of ours has. `str()` says so without repeating it."""


class Shown(msgspec.Struct, frozen=True):
    """What a client says it is; to be proved."""

    client_id: str
    secret: bytes


def parse(raw: bytes) -> dict[str, list[str]]:
    """A query or form body by name. A parameter without a value counts as absent. Raises `Malformed`."""
    found: dict[str, list[str]] = {}
    for pair in raw.split(b"&"):
        name, _, value = pair.partition(b"=")
        if value:
            found.setdefault(_decoded(name), []).append(_decoded(value))
    return found


def _decoded(part: bytes) -> str:
    try:
        text = (unquote_to_bytes(part.replace(b"+", b" ")) if b"%" in part or b"+" in part else part).decode()
    except UnicodeDecodeError as error:
        raise Malformed("The request has a parameter that is not UTF-8.") from error
    if "\0" in text:
        raise Malformed("The request has a NUL character in a parameter.")
    return text


def fields_of(raw: bytes) -> dict[str, str]:
    """The known fields of a body or query. Raises `INVALID_REQUEST` when one was sent twice or can't be read."""
    try:
        found = parse(raw)
    except Malformed as error:
        raise Refused(errors.INVALID_REQUEST, str(error)) from error
    if len(found) < raw.count(b"&") + 1 and (twice := _twice(found)):
        raise Refused(errors.INVALID_REQUEST, f"{twice} was sent more than once.")
    return {name: values[0] for name, values in found.items() if name in KNOWN}


def _twice(found: dict[str, list[str]]) -> str | None:
    return min((name for name, values in found.items() if len(values) > 1 and name in KNOWN), default=None)


async def read(request: AnyRequest) -> dict[str, str]:
    """The known fields of a form body. Raises `INVALID_REQUEST`, `PAYLOAD_TOO_LARGE`."""
    in_query = fields_of(request.scope["query_string"])
    if in_query:
        raise Refused(errors.INVALID_REQUEST, f"{min(in_query)} belongs in the body, never in the URL.")
    if not is_form(request.headers.get("content-type", "")):
        raise Refused(errors.INVALID_REQUEST, f"The body must be {FORM}.")
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        raise Refused(errors.PAYLOAD_TOO_LARGE)
    return fields_of(await request.body())


def is_form(content_type: str) -> bool:
    """Whether the body says that it is form-encoded."""
    return content_type.partition(";")[0].strip().lower() == FORM


def shown(request: AnyRequest, fields: dict[str, str]) -> Shown | None:
    """The client's name and secret, from one place only; `None` when it shows none. Raises `INVALID_REQUEST`."""
    return shown_by(request.headers.getall("authorization", []), fields)


def shown_by(headers: list[str], fields: dict[str, str]) -> Shown | None:
    """The same, of the `Authorization` headers as they came.

    Raises `INVALID_REQUEST` when it shows two, or its header and body name different clients (RFC 6749 §2.3).
    """
    in_body = "client_secret" in fields
    if len(headers) > 1 or (headers and in_body):
        raise Refused(errors.INVALID_REQUEST, "The client authenticated in more than one way.")
    if not headers:
        client_id = fields.get("client_id")
        return Shown(client_id, fields["client_secret"].encode()) if client_id and in_body else None
    found = _basic(headers[0])
    if found is not None and fields.get("client_id", found.client_id) != found.client_id:
        raise Refused(errors.INVALID_REQUEST, "The header and the body name different clients.")
    return found


def _basic(header: str) -> Shown | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return None
    name, colon, secret = text.partition(":")
    if not colon or _PERCENT.search(text):
        return None
    try:  # both were form-encoded before they were joined (RFC 6749 §2.3.1)
        client_id, secret = _decoded(name.encode()), _decoded(secret.encode())
    except Malformed:
        return None
    return Shown(client_id, secret.encode()) if client_id and secret else None


def answer(shape: Wire | dict[str, Any]) -> Response[bytes]:
    """A 200 that nobody may keep (RFC 6749 §5.1)."""
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(wire.encode(shape), status_code=200, media_type="application/json", headers=headers)
