"""Reading a table: which column is what, which row is a person."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.forms import rules as forms
from revento.events.forms.models import FormField
from revento.events.importing.dialects.refusals import decoded
from revento.events.importing.models import Problem
from revento.events.people.models import Line, Mapped
from revento.identity.users.rules import looks_like_email

ROWS_MOST: Final = 20_000
_KNOWN: Final = {
    "email": ("email", "e-mail", "mail", "e-mail address", "email address", "adres e-mail"),
    "name": ("name", "display name", "display_name", "full name", "badge name", "participant", "nick"),
    "first_name": ("first name", "first_name", "firstname", "given name", "vorname"),
    "last_name": ("last name", "last_name", "lastname", "surname", "family name", "nachname"),
    "role": ("role", "type", "ticket", "rolle"),
    "status": ("status", "application status", "application_status", "state"),
}
_ROLES: Final = ("participant", "host", "staff", "volunteer", "guest")
_STATUSES: Final = ("approved", "pending", "rejected")


def read(raw: bytes, fields: Sequence[FormField]) -> tuple[list[Mapped], list[Line], list[Problem]]:
    """The mapping, the people, and what was odd. Raises `INVALID_INPUT` when it is no table with an e-mail column."""
    text = decoded(raw)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    if not rows or not rows[0]:
        raise Refused(errors.INVALID_INPUT, "The file is empty.", field="file")
    if len(rows) > ROWS_MOST + 1:
        raise Refused(errors.INVALID_INPUT, f"The file has {len(rows):,} rows; at most {ROWS_MOST:,}.", field="file")
    mapping = [Mapped(column.strip(), _field_of(column, fields)) for column in rows[0]]
    if "email" not in {each.field for each in mapping}:
        say = f"Line 1: there is no column for e-mail addresses among {', '.join(each.column for each in mapping)}."
        raise Refused(errors.INVALID_INPUT, say, field="file")
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row) and (line := _line(number, row, mapping, fields, seen, problems)):
            lines.append(line)
    return mapping, lines, problems


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _field_of(column: str, fields: Sequence[FormField]) -> str | None:
    name = " ".join(column.strip().lower().split())
    for field in fields:
        if name in (field.key, field.key.replace("_", " "), field.label.lower()):
            return field.key
    return next((known for known, names in _KNOWN.items() if name in names), None)


def _line(
    number: int,
    row: list[str],
    mapping: list[Mapped],
    fields: Sequence[FormField],
    seen: set[str],
    problems: list[Problem],
) -> Line | None:
    at = f"line {number}"
    said = {each.field: cell.strip() for each, cell in zip(mapping, row, strict=False) if each.field}
    email = said.get("email", "").lower()
    name = said.get("name") or " ".join(filter(None, (said.get("first_name"), said.get("last_name"))))
    if not looks_like_email(email):
        problems.append(Problem(at, f"{email or 'nothing'!r} is no e-mail address", skipped=True))
        return None
    if email in seen:
        problems.append(Problem(at, f"{email} stands here a second time", skipped=True))
        return None
    seen.add(email)
    role = _one_of(said.get("role", ""), _ROLES, at, "role", problems)
    status = _one_of(said.get("status", ""), _STATUSES, at, "status", problems)
    return Line(at, email, name or email.partition("@")[0], role, status, _answers(said, fields, at, problems))


def _one_of(value: str, known: tuple[str, ...], at: str, what: str, problems: list[Problem]) -> str:
    wanted = value.lower().replace(" ", "_")
    if wanted in known or not wanted:
        return wanted or known[0]
    problems.append(Problem(at, f"{value!r} is no {what} that can be brought in; taken as {known[0]}"))
    return known[0]


def _answers(said: dict[str, str], fields: Sequence[FormField], at: str, problems: list[Problem]) -> dict[str, Any]:
    given: dict[str, Any] = {
        field.key: _several(said[field.key]) if field.type == "multi_choice" else said[field.key]
        for field in fields
        if said.get(field.key)
    }
    answers, wrong = forms.read_answers([field for field in fields if field.key in given], given)
    problems += [Problem(at, f"{say} Left out.") for say in wrong.values()]
    return answers


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace(";", ",").split(",") if part.strip()]
