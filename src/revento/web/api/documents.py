"""What describes the API and needs no token: OpenAPI, the webhook catalogue, the manifest's schema, a page."""

import hashlib
import json
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromQuery

from revento.contract import endpoints, errors, limits
from revento.contract.endpoints import Endpoint
from revento.contract.errors import Reason
from revento.contract.headers import MEDIA_TYPE_V1, REQUEST_ID
from revento.contract.render import catalog, openapi
from revento.contract.scopes import TokenKind
from revento.integrations.manifests import actions as manifests
from revento.kernel.config import Settings
from revento.web.shared import pages
from revento.web.shared.edge import Given

AnyRequest = Request[Any, Any, State]
_CACHED: Final = "public, max-age=300"
# Path parameters, and what each takes.
_PATH: Final = {"event_id": "evt_…", "participant_id": "ptp_…", "activity_id": "act_…"}


@get("/api/openapi.json", sync_to_thread=False)
def openapi_json(request: AnyRequest, settings: Given[Settings]) -> Response[bytes]:
    """OpenAPI 3.1, made from the contract."""
    return _public(request, _openapi(settings.base_url), "application/json")


@get("/api/v1/webhooks/catalog", sync_to_thread=False)
def webhook_catalog(request: AnyRequest) -> Response[bytes]:
    """Every webhook type with the JSON Schema of its message."""
    return _public(request, msgspec.json.encode(catalog.document()), "application/json")


@get("/api/v1/manifest.schema.json", sync_to_thread=False)
def manifest_schema(request: AnyRequest) -> Response[bytes]:
    """The JSON Schema of a manifest, for editors and CI."""
    return _public(request, msgspec.json.encode(manifests.schema()), "application/schema+json")


class Parameter(msgspec.Struct, frozen=True):
    """One parameter as the page shows it."""

    name: str
    takes: str
    say: str
    choices: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """One endpoint on the page for people; `words` is what a search looks through."""

    endpoint: Endpoint
    example: str
    curl: str
    fields: list[tuple[str, str]]
    parameters: list[Parameter]
    reasons: list[Reason]
    words: str


@get("/api/docs", sync_to_thread=False)
def docs(settings: Given[Settings], q: FromQuery[str] = "") -> Response[str]:
    """The page for people: every endpoint with its scope, parameters, a real answer and how to ask. No third party."""
    asked = q.lower().split()
    rows = [_row(one, settings.base_url) for one in endpoints.ALL]
    return pages.page(
        "api/docs.html",
        q=q,
        rows=[row for row in rows if all(word in row.words for word in asked)],
        example=_curl(settings.base_url, endpoints.PARTICIPANTS, request_id=True),
        reasons=errors.API,
        budgets=limits.BUDGETS,
        kinds=TokenKind,
        origin=settings.base_url,
        most=limits.PAGE_MOST,
        default=limits.PAGE_DEFAULT,
    )


def _row(one: Endpoint, origin: str) -> Row:
    fields = openapi.schemas()[one.shape.__name__]["properties"].items()
    named = [(name, _words(schema)) for name, schema in fields]
    parameters = _parameters(one)
    reasons = [reason for reason in errors.API if reason not in _never(one)]
    words = [one.name, one.path, one.say, one.scope.name, *(name for name, _ in named)]
    words += [each.name for each in parameters] + [reason.code for reason in reasons]
    example = json.dumps(openapi.examples()[one.name], indent=2, ensure_ascii=False)
    return Row(one, example, _curl(origin, one), named, parameters, reasons, " ".join(words).lower())


def _parameters(one: Endpoint) -> list[Parameter]:
    in_path = [Parameter(name, _PATH[name], "Whose, in the path.") for name in _PATH if f"{{{name}}}" in one.path]
    if not one.is_list:
        return in_path
    paging = [
        Parameter("limit", f"1 to {limits.PAGE_MOST}", f"How many rows a page has; {limits.PAGE_DEFAULT} if left out."),
        Parameter("cursor", "a next_cursor", "Goes on where the page before ended."),
    ]
    filters = [
        Parameter(each.name, f"{each.prefix}_…" if each.prefix else each.takes.value, each.say, each.choices)
        for each in one.filters
    ]
    return in_path + paging + filters


def _never(one: Endpoint) -> set[Reason]:
    """What this endpoint cannot answer."""
    if one.scope.kind is TokenKind.USER:
        return {errors.INSTALLATION_TOKEN_REQUIRED, errors.EVENT_NOT_AUTHORIZED, errors.INVALID_CURSOR}
    return {errors.USER_TOKEN_REQUIRED} | (set() if one.is_list else {errors.INVALID_CURSOR})


def _curl(origin: str, one: Endpoint, *, request_id: bool = False) -> str:
    """The request as a line for a shell."""
    path = one.path
    for name in _PATH:
        path = path.replace(f"{{{name}}}", f"${name.upper()}")
    query = f"?limit={limits.PAGE_MOST}" if one.is_list else ""
    lines = [f'curl "{origin}{endpoints.BASE}{path}{query}"', '-H "Authorization: Bearer $REVENTO_TOKEN"']
    lines.append(f'-H "Accept: {MEDIA_TYPE_V1}"')
    if request_id:
        lines.append(f'-H "{REQUEST_ID}: $(uuidgen)"')
    return " \\\n  ".join(lines)


def _words(schema: dict[str, Any]) -> str:
    """A field's type as people say it."""
    if "anyOf" in schema:
        return " or ".join(_words(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {_words(schema['items'])}"
    return "time" if schema.get("format") == "date-time" else str(schema.get("type", "any"))


@lru_cache(maxsize=4)
def _openapi(base_url: str) -> bytes:
    return msgspec.json.encode(openapi.document(base_url))


def _public(request: AnyRequest, body: bytes, content_type: str) -> Response[bytes]:
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": _CACHED}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type=content_type, headers=headers)


HANDLERS: Final = [openapi_json, webhook_catalog, manifest_schema, docs]
