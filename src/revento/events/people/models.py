"""What a table of people says, and what became of it."""

from typing import Any

import msgspec

from revento.events.importing.models import Problem


class Mapped(msgspec.Struct, frozen=True):
    """What a column is taken for: `email`, `name`, `role`, `status`, or a question's key; `None` when ignored."""

    column: str
    field: str | None


class Line(msgspec.Struct, frozen=True):
    """One person of the table."""

    at: str
    email: str
    name: str
    role: str
    status: str
    answers: dict[str, Any]


class PeopleReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with a table, or would be."""

    mapping: list[Mapped]
    rows: int
    created: int
    known: int
    skipped: list[Problem]
    warnings: list[Problem]
