"""What a table of people says, and what became of it."""

from typing import Any

import msgspec

from revento.events.importing.models import Problem


class Mapped(msgspec.Struct, frozen=True):
    """What a column is taken for: `email`, `name`, `role`, `status`, or a question's key; `None` when ignored.

    `example` is the first thing that stands in it.
    """

    column: str
    field: str | None
    example: str


class Line(msgspec.Struct, frozen=True):
    """One person of the table."""

    at: str
    email: str
    name: str
    role: str
    status: str
    answers: dict[str, Any]


class Table(msgspec.Struct, frozen=True):
    """A table, understood."""

    mapping: list[Mapped]
    lines: list[Line]
    problems: list[Problem]


class PeopleReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with a table, or would be. `statuses` counts those who are new by the status they come in with."""

    mapping: list[Mapped]
    rows: int
    created: int
    known: int
    statuses: dict[str, int]
    skipped: list[Problem]
    warnings: list[Problem]
    dry_run: bool
