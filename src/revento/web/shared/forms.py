"""Forms: who may post them, what was typed, what is wrong with it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import inspect as shapes

from revento.contract import errors
from revento.contract.errors import Refused
from revento.web.shared import visitor
from revento.web.shared.edge import services
from revento.web.shared.translate import gettext

_TO_THE_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

Shape = TypeVar("Shape", bound=msgspec.Struct)
Anything = Request[Any, Any, Any]


class Form(Generic[Shape]):
    """What was posted: the typed values, the errors by field, and `got`, the struct, when nothing is wrong."""

    def __init__(
        self, values: Mapping[str, Any] | None = None, errors: dict[str, str] | None = None, got: Shape | None = None
    ) -> None:
        self.values: Mapping[str, Any] = values or {}
        self.errors: dict[str, str] = errors or {}
        self.got = got

    def refuse(self, field: str, say: str) -> None:
        """Add what a rule of the domain found wrong with a field."""
        self.errors[field] = say
        self.got = None

    def value(self, name: str, default: Any = "") -> Any:
        """What was typed into a field, or what it starts with."""
        return self.values.get(name, default)


def say_wrong(kind: shapes.Type) -> str:
    """What to do about a value that doesn't fit its field."""
    if isinstance(kind, shapes.UnionType):
        return say_wrong(next(each for each in kind.types if not isinstance(each, shapes.NoneType)))
    if isinstance(kind, shapes.Metadata):
        return say_wrong(kind.type)
    if isinstance(kind, shapes.StrType) and kind.max_length is not None:
        return gettext("Use at most %(n)d characters.") % {"n": kind.max_length}
    if isinstance(kind, shapes.IntType):
        return gettext("Enter a whole number.")
    if isinstance(kind, shapes.FloatType):
        return gettext("Enter a number.")
    if isinstance(kind, shapes.DateType):
        return gettext("Enter a date like 2026-12-05.")
    if isinstance(kind, shapes.DateTimeType):
        return gettext("Enter a date and a time.")
    if isinstance(kind, shapes.LiteralType | shapes.EnumType):
        return gettext("Choose one of the options.")
    return gettext("This doesn't look right.")


def _typed(posted: Any, name: str, kind: Any) -> Any:
    """The posted text of one field as `msgspec.convert` wants it; `None` where nothing was typed."""
    if get_origin(kind) in (list, tuple, set, frozenset):
        return [value for value in posted.getall(name, []) if value != ""]
    value = posted.get(name)
    if kind is bool:
        return value not in (None, "", "0", "off", "false")
    if not isinstance(value, str):
        return value
    value = value.strip()
    # Browsers leave the seconds out of `datetime-local`; RFC 3339, which msgspec reads, does not.
    return f"{value}:00" if _TO_THE_MINUTE.fullmatch(value) and datetime in (kind, *get_args(kind)) else value


def convert(posted: Any, shape: type[Shape]) -> Form[Shape]:
    """Check every field of a posted form against a struct, so that all errors are told at once."""
    values: dict[str, Any] = {name: posted.getall(name) for name in posted}
    values = {name: many[0] if len(many) == 1 else many for name, many in values.items()}
    errors: dict[str, str] = {}
    converted: dict[str, Any] = {}
    kinds = _kinds(shape)
    for field in msgspec.structs.fields(shape):
        value = _typed(posted, field.encode_name, field.type)
        if value in (None, "") and not field.required:
            continue
        if value is None or value == "":
            errors[field.encode_name] = gettext("Fill this in.")
            continue
        try:
            converted[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            errors[field.encode_name] = say_wrong(kinds[field.name])
    return Form(values, errors, None if errors else shape(**converted))


def _kinds(shape: type[msgspec.Struct]) -> dict[str, shapes.Type]:
    found = shapes.type_info(shape)
    return {field.name: field.type for field in found.fields} if isinstance(found, shapes.StructType) else {}


async def read(request: Anything, shape: type[Shape]) -> Form[Shape]:
    """The posted form as a struct, or what is wrong with it. Repeated fields come as lists."""
    return convert(await request.form(), shape)


def local_path(path: str | None, default: str = "/") -> str:
    """Where to go next when a parameter says so: a path of ours, never another host."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or not path.isprintable():
        return default
    return path


def from_elsewhere(headers: Mapping[str, str], base_url: str) -> bool:
    """Whether a browser says that another site sent this request. `Sec-Fetch-Site` first, then `Origin`."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        # Only browsers write this header, so it settles the question: a page that sends no referrer says Origin: null.
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False
    here, there = urlsplit(base_url), urlsplit(origin)
    ours = {(here.scheme, here.netloc)}
    if host := headers.get("host"):
        ours.add((here.scheme, host))
    return (there.scheme, there.netloc) not in ours


async def same_person(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of all pages: an unsafe request comes from our own page, and from a form made for this very session.

    Before sign-in, forms are bound to the visit's cookie instead (checklist 64). Raises 403 else.
    """
    if connection.scope["type"] != "http" or connection.scope["method"] in SAFE:
        return
    if from_elsewhere(connection.headers, services(connection.app.state).settings.base_url):
        raise Refused(errors.FORBIDDEN, gettext("This form was sent from another site."))
    expected = visitor.current().csrf_proof
    sent = connection.headers.get("x-csrf-token")
    if sent is None:
        request: Anything = Request(connection.scope, connection.receive)  # pyright: ignore[reportArgumentType]
        sent = str((await request.form()).get("csrf_token", ""))
    if not hmac.compare_digest(expected, visitor.unmasked(sent)):
        raise Refused(errors.FORM_EXPIRED)


def take(form: Form[Shape], refused: Refused) -> None:
    """Put what a domain action refused beside the fields that it names. Raises what is no matter of input."""
    if refused.reason.status not in (409, 422):
        raise refused
    wrong: dict[str, str] = refused.extra.get("fields") or {str(refused.extra.get("field", "")): refused.say}
    for field, say in wrong.items():
        form.refuse(field, gettext(say))
