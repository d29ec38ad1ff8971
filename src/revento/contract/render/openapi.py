"""OpenAPI 3.1 of the read API, made from the tables of the contract; nothing in it is written by hand twice."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from revento.contract import endpoints, errors, headers, limits, scopes, topics
from revento.contract.endpoints import Endpoint, Filter, Takes
from revento.contract.errors import Reason
from revento.contract.scopes import TokenKind
from revento.contract.v1.wire import Wire

EXAMPLES: Final = Path(__file__).with_name("examples.json")
_SCHEMES: Final = {TokenKind.INSTALLATION: "installation_token", TokenKind.USER: "user_token"}
_REF: Final = "#/components/schemas/{name}"
_ID: Final = "[0-7][0-9a-hjkmnp-tv-z]{25}"
_ID_OF: Final = {"event_id": "evt", "participant_id": "ptp", "activity_id": "act"}
_SAY: Final = """The read API of Revento, version 1: what an integration may read about the event it is connected to.

Send `Authorization: Bearer …` with every request. An installation token reads `/events/{event_id}/…`, a user token
`/me/…`; each is bound to one event. Ask for a version by `Accept: application/vnd.revento.v1+json`."""
_TAGS: Final = (
    ("Event", "The event itself."),
    ("Participants", "People with an application for the event."),
    ("Program", "Threads, activities, locations and registration waves."),
    ("Me", "What a signed-in person lets an integration know."),
)
_BY_STATUS: Final = {
    400: ("Bad request", (errors.INVALID_REQUEST, errors.INVALID_CURSOR)),
    401: ("No valid token", (errors.INVALID_TOKEN, errors.TOKEN_EXPIRED, errors.TOKEN_REVOKED)),
    403: (
        "Not with this token",
        (
            errors.USER_TOKEN_REQUIRED,
            errors.INSTALLATION_TOKEN_REQUIRED,
            errors.EVENT_NOT_AUTHORIZED,
            errors.INSUFFICIENT_SCOPE,
        ),
    ),
    404: ("Nothing here", (errors.NOT_FOUND,)),
    405: ("Other methods are allowed", (errors.METHOD_NOT_ALLOWED,)),
    406: ("No such version", (errors.NOT_ACCEPTABLE,)),
    413: ("Too large", (errors.PAYLOAD_TOO_LARGE,)),
    429: ("Too many requests", (errors.RATE_LIMIT_EXCEEDED, errors.CONCURRENT_LIMIT_EXCEEDED)),
    500: ("Broken", (errors.INTERNAL_ERROR,)),
    503: ("Away", (errors.SERVICE_UNAVAILABLE,)),
}
# The codes' own fields, as examples show them (contract §5.1).
_EXTRA: Final[dict[Reason, dict[str, Any]]] = {
    errors.TOKEN_EXPIRED: {"expired_at": "2026-07-10T14:00:00Z"},
    errors.TOKEN_REVOKED: {"reason": "organizer_disconnected", "revoked_at": "2026-07-10T14:00:00Z"},
    errors.INSUFFICIENT_SCOPE: {"required_scope": "participants.read"},
    errors.INVALID_REQUEST: {"field": "limit", "expected": f"a number from 1 to {limits.PAGE_MOST}"},
    errors.INVALID_CURSOR: {"field": "cursor", "expected": "a next_cursor of this very list, not yet a day old"},
    errors.METHOD_NOT_ALLOWED: {"allowed": ["GET", "HEAD", "OPTIONS"]},
    errors.NOT_ACCEPTABLE: {"supported": [headers.MEDIA_TYPE_V1]},
    errors.RATE_LIMIT_EXCEEDED: {"window": "minute"},
}


def document(base_url: str) -> dict[str, Any]:
    """The whole document for the server at `base_url`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Revento API", "version": "1.0.0", "description": _SAY, "license": _license()},
        "servers": [{"url": base_url + endpoints.BASE}],
        "tags": [{"name": name, "description": say} for name, say in _TAGS],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in endpoints.ALL},
        "webhooks": {topic.name: {"post": _webhook(topic)} for topic in topics.ALL},
        "components": {
            "schemas": schemas(),
            "responses": {str(status): _error(status) for status in _BY_STATUS},
            "headers": _headers(),
            "parameters": _parameters(),
            "securitySchemes": {name: _scheme(kind, base_url) for kind, name in _SCHEMES.items()},
        },
    }


@cache
def examples() -> dict[str, Any]:
    """Real answers by endpoint, recorded by a test that also keeps them true."""
    return json.loads(EXAMPLES.read_text(encoding="utf-8"))


@cache
def schemas() -> dict[str, Any]:
    """Every shape of the wire as JSON Schema, lists and errors included."""
    shapes: list[type[Wire]] = [*{endpoint.shape: None for endpoint in endpoints.ALL}]
    shapes += [topic.data for topic in topics.ALL]
    _, found = msgspec.json.schema_components(shapes, ref_template=_REF)
    for schema in found.values():
        schema["properties"] = {name: _formatted(name, one) for name, one in schema["properties"].items()}
    for endpoint in endpoints.ALL:
        if endpoint.is_list:
            found[list_name(endpoint)] = _list(endpoint)
    for topic in topics.ALL:
        found[message_name(topic)] = message_schema(topic, ref=_REF)
    found["Error"] = _error_schema()
    return dict(sorted(found.items()))


def list_name(endpoint: Endpoint) -> str:
    """The schema of a list's page: `ParticipantList`."""
    return endpoint.shape.__name__ + "List"


def message_name(topic: topics.Topic[Any]) -> str:
    """The schema of a topic's whole message: `ApplicationApprovedMessage`."""
    return "".join(part.title() for part in topic.name.replace(".", "_").split("_")) + "Message"


def message_schema(topic: topics.Topic[Any], *, ref: str) -> dict[str, Any]:
    """The body of a webhook of this type (contract §6.2)."""
    event: dict[str, Any] = {"type": "null"} if topic.integration_level else {"type": "string"}
    properties = {
        "id": {"type": "string", "pattern": f"^evt_delivery_{_ID}$"},
        "type": {"const": topic.name},
        "occurred_at": {"type": "string", "format": "date-time"},
        "event_id": event,
        "organization_id": event,
        "data": {"$ref": ref.format(name=topic.data.__name__)},
    }
    return {
        "title": message_name(topic),
        "description": topic.fires,
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _license() -> dict[str, str]:
    return {"name": "Apache-2.0", "identifier": "Apache-2.0"}


def _formatted(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if not name.endswith("_at"):
        return schema
    if "anyOf" in schema:
        return {"anyOf": [_formatted(name, one) if one.get("type") == "string" else one for one in schema["anyOf"]]}
    return schema | {"format": "date-time"}


def _list(endpoint: Endpoint) -> dict[str, Any]:
    properties = {
        "data": {
            "type": "array",
            "items": {"$ref": _REF.format(name=endpoint.shape.__name__)},
            "maxItems": limits.PAGE_MOST,
        },
        "next_cursor": {
            "anyOf": [{"type": "string"}, {"type": "null"}],
            "description": "Opaque; for `cursor`. Null on the last page.",
        },
        "has_more": {"type": "boolean"},
    }
    return {
        "title": list_name(endpoint),
        "description": f"A page of a list. {endpoint.say}",
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


def _error_schema() -> dict[str, Any]:
    own: dict[str, Any] = {}
    for fields in _EXTRA.values():
        own |= {name: _sample_schema(value) for name, value in fields.items()}
    codes = sorted({reason.code for reason in errors.API})
    properties = {
        "error": {"enum": codes, "description": "For programs; never changes."},
        "message": {"type": "string", "description": "For people; may change."},
        "request_id": {"type": "string", "format": "uuid"},
    }
    return {
        "title": "Error",
        "description": "The one shape of errors; some codes bring fields of their own.",
        "type": "object",
        "properties": properties | own,
        "required": list(properties),
    }


def _sample_schema(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string", "format": "date-time"} if str(value).endswith("Z") else {"type": "string"}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "operationId": endpoint.name,
        "summary": endpoint.say,
        "description": f"Needs the scope `{endpoint.scope.name}`: {endpoint.scope.say}",
        "tags": [_tag(endpoint)],
        "security": [{_SCHEMES[endpoint.scope.kind]: [endpoint.scope.name]}],
        "parameters": _parameters_of(endpoint),
        "responses": {
            "200": _ok(endpoint),
            "304": {"description": "Not modified: the client has it (`If-None-Match`).", "headers": _named_headers()},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in _BY_STATUS if status != 405},
        },
    }


def _tag(endpoint: Endpoint) -> str:
    if endpoint.path.startswith("/me/"):
        return "Me"
    if endpoint.scope is scopes.PROGRAM_READ:
        return "Program"
    return "Participants" if endpoint.people else "Event"


def _ok(endpoint: Endpoint) -> dict[str, Any]:
    name = list_name(endpoint) if endpoint.is_list else endpoint.shape.__name__
    content: dict[str, Any] = {"schema": {"$ref": _REF.format(name=name)}}
    if endpoint.name in examples():
        content["example"] = examples()[endpoint.name]
    media = {"application/json": content, headers.MEDIA_TYPE_V1: content}
    etag = {"ETag": {"schema": {"type": "string"}, "description": "Strong; for `If-None-Match`."}}
    return {"description": "Found.", "headers": _named_headers() | etag, "content": media}


def _named_headers() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _headers()}


def _headers() -> dict[str, Any]:
    integer = {"type": "integer"}
    return {
        headers.REQUEST_ID: {"schema": {"type": "string", "format": "uuid"}, "description": "Yours, or ours."},
        headers.RATE_LIMIT: {"schema": integer, "description": "Requests in an hour."},
        headers.RATE_REMAINING: {"schema": integer, "description": "What is left of them."},
        headers.RATE_RESET: {"schema": integer, "description": "When the hour is over, in epoch seconds."},
    }


def _parameters_of(endpoint: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, prefix in _ID_OF.items():
        if f"{{{name}}}" in endpoint.path:
            schema = {"type": "string", "pattern": f"^{prefix}_{_ID}$"}
            found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if endpoint.is_list:
        found += [{"$ref": "#/components/parameters/limit"}, {"$ref": "#/components/parameters/cursor"}]
    found += [_filter(one) for one in endpoint.filters]
    return [*found, {"$ref": "#/components/parameters/request_id"}]


def _filter(one: Filter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if one.choices:
        schema["enum"] = list(one.choices)
    elif one.takes is Takes.ID:
        schema["pattern"] = f"^{one.prefix}_{_ID}$"
    else:
        schema["format"] = "date-time" if one.takes is Takes.TIME else "date"
    return {"name": one.name, "in": "query", "description": one.say, "schema": schema}


def _parameters() -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": limits.PAGE_MOST, "default": limits.PAGE_DEFAULT}
    return {
        "limit": {"name": "limit", "in": "query", "description": "Rows on a page.", "schema": limit},
        "cursor": {
            "name": "cursor",
            "in": "query",
            "description": "The `next_cursor` of the page before; good for this list with these filters, for 24 hours.",
            "schema": {"type": "string"},
        },
        "request_id": {
            "name": headers.REQUEST_ID,
            "in": "header",
            "description": "Comes back with the answer and is found in every log.",
            "schema": {"type": "string", "format": "uuid"},
        },
    }


def _error(status: int) -> dict[str, Any]:
    title, reasons = _BY_STATUS[status]
    shown = {reason.code: {"summary": reason.say, "value": _error_example(reason)} for reason in reasons}
    content = {"schema": {"$ref": _REF.format(name="Error")}, "examples": shown}
    found: dict[str, Any] = {
        "description": f"{title}: " + ", ".join(f"`{reason.code}`" for reason in reasons) + ".",
        "content": {"application/json": content, headers.MEDIA_TYPE_V1: content},
    }
    if status in (429, 503):
        found["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return found


def _error_example(reason: Reason) -> dict[str, Any]:
    base = {"error": reason.code, "message": reason.say, "request_id": "0b2f3ac0-5f3e-4cf1-9a8e-2f7b8f4d7c11"}
    return base | _EXTRA.get(reason, {})


def _scheme(kind: TokenKind, base_url: str) -> dict[str, Any]:
    said = {scope.name: scope.say for scope in scopes.ALL if scope.kind is kind}
    flow = {
        "authorizationUrl": f"{base_url}/oauth/authorize",
        "tokenUrl": f"{base_url}/oauth/token",
        "refreshUrl": f"{base_url}/oauth/token",
        "scopes": said,
    }
    prefix = limits.INSTALLATION_PREFIX if kind is TokenKind.INSTALLATION else limits.USER_PREFIX
    say = f"A token that begins with `{prefix}`, by the authorization code flow with PKCE (S256)."
    return {"type": "oauth2", "description": say, "flows": {"authorizationCode": flow}}


def _webhook(topic: topics.Topic[Any]) -> dict[str, Any]:
    needs = f" Needs the scope `{topic.scope.name}`." if topic.scope else ""
    content = {"schema": {"$ref": _REF.format(name=message_name(topic))}}
    return {
        "operationId": topic.name.replace(".", "_"),
        "summary": topic.fires,
        "description": f"{topic.fires}{needs}",
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {"2XX": {"description": "Received. Anything else is tried again."}},
    }
