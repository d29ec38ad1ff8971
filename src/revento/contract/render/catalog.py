"""The public catalogue of webhook types: each with its scope, when it fires, and the JSON Schema of its message."""

from functools import cache
from typing import Any, Final

import msgspec

from revento.contract import topics
from revento.contract.render.openapi import message_schema

_REF: Final = "#/$defs/{name}"


@cache
def document() -> dict[str, Any]:
    """Every type of version 1; each `schema` stands alone (JSON Schema 2020-12)."""
    return {"version": "v1", "types": [_entry(topic) for topic in topics.ALL]}


def _entry(topic: topics.Topic[Any]) -> dict[str, Any]:
    _, shapes = msgspec.json.schema_components([topic.data], ref_template=_REF)
    return {
        "type": topic.name,
        "scope": topic.scope.name if topic.scope else None,
        "fires": topic.fires,
        "integration_level": topic.integration_level,
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **message_schema(topic, ref=_REF),
            "$defs": shapes,
        },
    }
