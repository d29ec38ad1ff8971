"""A message as bytes: built once, the same for every receiver and on every attempt (contract §6.2)."""

from datetime import datetime
from typing import Any

import msgspec

from revento.contract.topics import Topic
from revento.contract.v1.wire import Wire, encode, stamp
from revento.kernel.ids import MessageId


class Envelope(Wire, frozen=True, kw_only=True):
    """The body around every `data`."""

    id: str
    type: str
    occurred_at: str
    event_id: str | None
    organization_id: str | None
    data: msgspec.Raw


class BrokenPayload(TypeError):
    """A payload that is not what its topic declares: a mistake of ours, so nothing is stored."""


def build(
    topic: Topic[Any], id: MessageId, data: Wire, *, event_id: str | None, organization_id: str | None, at: datetime
) -> bytes:
    """The body. Raises `BrokenPayload` when `data` is of another topic or a field breaks its type."""
    if type(data) is not topic.data:
        raise BrokenPayload(f"{topic.name} takes {topic.data.__name__}, got {type(data).__name__}")
    raw = encode(data)
    try:
        msgspec.json.decode(raw, type=topic.data)
    except msgspec.ValidationError as error:
        raise BrokenPayload(f"{topic.name}: {error}") from error
    return encode(
        Envelope(
            id=id,
            type=topic.name,
            occurred_at=stamp(at),
            event_id=event_id,
            organization_id=organization_id,
            data=msgspec.Raw(raw),
        )
    )
