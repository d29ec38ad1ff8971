"""The guide's reference tables, as Markdown made from the contract. `TABLES` names them for `{{ table … }}`."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from revento.contract import endpoints, errors, limits, scopes, topics
from revento.contract.endpoints import Endpoint
from revento.contract.errors import Reason
from revento.contract.render import catalog
from revento.contract.render.guide_words import ERRORS, HEADERS, LIFETIMES, Word
from revento.contract.scopes import TokenKind
from revento.contract.v1.wire import Wire


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def scope_table() -> str:
    """Every scope: which token carries it, what it means, what it opens."""
    opens = {
        scope.name: " ".join(_code(one.path) for one in endpoints.ALL if one.scope is scope) for scope in scopes.ALL
    }
    rows = [(_code(scope.name), f"{scope.kind} token", scope.say, opens[scope.name]) for scope in scopes.ALL]
    return _table(("scope", "carried by", "in plain words", "opens"), rows)


def _error_rows(reasons: Iterable[Reason]) -> list[tuple[str, int, str]]:
    return [(f"[`{one.code}`](errors#{one.code})", one.status, one.say) for one in reasons]


def api_error_table() -> str:
    """Every error of the API, each with a link to what to do."""
    return _table(("code", "status", "when"), _error_rows(errors.API))


def oauth_error_table() -> str:
    """Every error of the token endpoint."""
    return _table(("code", "status", "when"), _error_rows(errors.OAUTH))


def error_sections() -> str:
    """One section per code: when it comes, what to do, which fields come with it. The heading is the anchor."""
    parts: list[str] = []
    for reason in dict.fromkeys((*errors.API, *errors.OAUTH), None):
        word = ERRORS[reason.code]
        fields = f" Fields of its own: {', '.join(_code(name) for name in word.fields)}." if word.fields else ""
        parts.append(f"### {reason.code}\n\n**{reason.status}.** {reason.say}{fields}\n\n{word.do}")
    return "\n\n".join(parts)


def topic_table() -> str:
    """Every webhook type: when it fires, and the scope it needs."""
    rows = [
        (
            f"[`{topic.name}`](webhooks-events#{_anchor(topic.name)})",
            topic.fires,
            _code(topic.scope.name) if topic.scope else "none",
        )
        for topic in topics.ALL
    ]
    return _table(("type", "fires", "scope"), rows)


def topic_sections() -> str:
    """One section per webhook type with the fields of its `data` and a real message."""
    return "\n\n".join(_topic(topic) for topic in topics.ALL)


def _topic(topic: topics.Topic[Any]) -> str:
    about = f"What it is about: `data.{topic.resource}`."
    example = json.dumps(catalog.messages()[topic.name], ensure_ascii=False, indent=2)
    head = f"### {topic.name}\n\n{topic.fires} {_needs(topic)} {about}"
    return f"{head}\n\n{field_table(topic.data)}\n\n```json\n{example}\n```"


def _needs(topic: topics.Topic[Any]) -> str:
    if topic.integration_level:
        return "It belongs to the integration: `event_id` and `organization_id` are null."
    return f"Needs the scope `{topic.scope.name}`." if topic.scope else "Needs no scope."


def _anchor(name: str) -> str:
    return name


def field_table(shape: type[Wire]) -> str:
    """A shape's fields and their types, every one always present."""
    hints = get_type_hints(shape)
    return _table(("field", "type"), [(_code(name), _kind(hints[name])) for name in shape.__struct_fields__])


_KINDS: Final = {str: "string", int: "number", float: "number", bool: "boolean", Any: "anything", type(None): "null"}


def _kind(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(_code(str(value)) for value in args)
    if origin is list:
        return f"list of {_kind(args[0])}"
    if origin is dict:
        return "object"
    if origin is Union or args:
        return " or ".join(_kind(one) for one in args)
    return _KINDS.get(hint) or "object"


def limit_table() -> str:
    """Budgets of a token by its kind."""
    rows = [(f"{kind} token", one.per_hour, one.per_minute, one.in_flight) for kind, one in limits.BUDGETS.items()]
    return _table(("kind", "per hour", "in any 60 s", "in flight"), rows)


def lifetime_table() -> str:
    """How long things live and last."""
    return _table(("what", "how long"), LIFETIMES)


def header_table() -> str:
    """Headers of requests, answers and deliveries."""
    return _table(("header", "where", "what"), [(_code(name), where, what) for name, where, what in HEADERS])


def endpoint_table() -> str:
    """Every endpoint of the read API."""
    rows = [
        (f"[`GET {one.path}`](endpoints#{one.name})", _code(one.scope.name), "list" if one.is_list else "one")
        for one in endpoints.ALL
    ]
    return _table(("endpoint", "scope", "answers"), rows)


def endpoint_sections() -> str:
    """One section per endpoint: parameters, fields, errors, and a recorded answer."""
    return "\n\n".join(_endpoint(one) for one in endpoints.ALL)


def _endpoint(one: Endpoint) -> str:
    kind = "installation" if one.scope.kind is TokenKind.INSTALLATION else "user"
    parts = [
        f"### {one.name}",
        f"`GET {endpoints.BASE}{one.path}`",
        f"{one.say} Takes an {kind} token with `{one.scope.name}`.",
    ]
    if kind == "user":
        parts[-1] = parts[-1].replace("an user", "a user")
    if one.is_list:
        rows = [
            ("`limit`", f"1 to {limits.PAGE_MOST}; {limits.PAGE_DEFAULT} unless you say otherwise"),
            ("`cursor`", "`next_cursor` of the page before"),
        ]
        rows += [(_code(each.name), f"{each.say} {_choices(each.choices)}".strip()) for each in one.filters]
        parts.append(_table(("parameter", "what"), rows))
    parts += [field_table(one.shape), "{{ json " + one.name + " }}", f"Errors: {_endpoint_errors(one, kind)}."]
    return "\n\n".join(parts)


def _choices(values: Sequence[str]) -> str:
    return f"({', '.join(_code(value) for value in values)})" if values else ""


def _endpoint_errors(one: Endpoint, kind: str) -> str:
    codes = ["invalid_token", "token_expired", "token_revoked", f"{kind}_token_required", "insufficient_scope"]
    if "{event_id}" in one.path:
        codes.append("event_not_authorized")
    codes += ["invalid_request", "invalid_cursor"] if one.is_list else ["not_found"]
    codes += ["rate_limit_exceeded", "concurrent_limit_exceeded"]
    return ", ".join(f"[`{code}`](errors#{code})" for code in codes)


TABLES: Final[dict[str, Callable[[], str]]] = {
    "scopes": scope_table,
    "api-errors": api_error_table,
    "oauth-errors": oauth_error_table,
    "error-sections": error_sections,
    "topics": topic_table,
    "topic-sections": topic_sections,
    "limits": limit_table,
    "lifetimes": lifetime_table,
    "headers": header_table,
    "endpoints": endpoint_table,
    "endpoint-sections": endpoint_sections,
}
__all__ = ["TABLES", "Word", "field_table"]
