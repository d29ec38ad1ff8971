"""The public catalogue of webhook types: each with its scope, when it fires, its JSON Schema and a real message."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from revento.contract import topics
from revento.contract.render.openapi import message_schema

_REF: Final = "#/$defs/{name}"
_MESSAGES: Final = Path(__file__).parent / "messages.json"


@cache
def messages() -> dict[str, Any]:
    """One message of each type, as it arrived from the sandbox."""
    return json.loads(_MESSAGES.read_text(encoding="utf-8"))


@cache
def document() -> dict[str, Any]:
    """Every type of version 1; each `schema` stands alone (JSON Schema 2020-12).

    `resource` is what a message is about: the key to compare by when messages arrive out of order.
    """
    return {"version": "v1", "types": [_entry(topic) for topic in topics.ALL]}


def _entry(topic: topics.Topic[Any]) -> dict[str, Any]:
    _, shapes = msgspec.json.schema_components([topic.data], ref_template=_REF)
    return {
        "type": topic.name,
        "scope": topic.scope.name if topic.scope else None,
        "fires": topic.fires,
        "integration_level": topic.integration_level,
        "resource": f"data.{topic.resource}",
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **message_schema(topic, ref=_REF),
            "$defs": shapes,
        },
        "example": messages()[topic.name],
    }
