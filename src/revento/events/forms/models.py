"""Rows of custom form fields."""

from typing import Any

from revento.contract.v1.event import FieldType
from revento.kernel.db import Row
from revento.kernel.ids import EventId

Answers = dict[str, Any]


class FormField(Row, frozen=True):
    """One question of an event's form. Only shared fields ever leave the house (contract §4)."""

    event_id: EventId
    key: str
    label: str
    type: FieldType
    required: bool
    options: list[str]
    help_text: str
    is_shared: bool
    position: int
