"""What describes the API and needs no token: OpenAPI, the webhook catalogue, the manifest's schema, a page."""

import hashlib
import json
from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from revento.contract import endpoints, errors, limits, scopes
from revento.contract.endpoints import Endpoint
from revento.contract.render import catalog, openapi
from revento.contract.scopes import TokenKind
from revento.integrations.manifests import actions as manifests
from revento.kernel.config import Settings
from revento.web.shared import pages
from revento.web.shared.edge import Given

AnyRequest = Request[Any, Any, State]
_CACHED: Final = "public, max-age=300"


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


class Row(msgspec.Struct, frozen=True):
    """One endpoint on the page for people."""

    endpoint: Endpoint
    example: str
    fields: list[tuple[str, str]]


@get("/api/docs", sync_to_thread=False)
def docs(settings: Given[Settings]) -> Response[str]:
    """The page for people: every endpoint with its scope, parameters and a real answer. Asks no third party."""
    schemas = openapi.schemas()
    rows = [
        Row(
            one,
            json.dumps(openapi.examples()[one.name], indent=2, ensure_ascii=False),
            [(name, _words(schema)) for name, schema in schemas[one.shape.__name__]["properties"].items()],
        )
        for one in endpoints.ALL
    ]
    return pages.page(
        "api/docs.html",
        rows=rows,
        reasons=errors.API,
        budgets=limits.BUDGETS,
        scopes=scopes.ALL,
        kinds=TokenKind,
        origin=settings.base_url,
        most=limits.PAGE_MOST,
        default=limits.PAGE_DEFAULT,
    )


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
