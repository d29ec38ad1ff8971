"""Reading a table: which column is what, which row is a person."""

import csv
import io
from collections.abc import Generator, Sequence
from typing import Any, Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.forms import rules as forms
from revento.events.forms.models import FormField
from revento.events.importing.dialects.refusals import decoded, unreadable
from revento.events.importing.models import Problem
from revento.events.people.models import Line, Mapped, Table
from revento.identity.users.rules import looks_like_email

ROWS_MOST: Final = 20_000
NAME_MOST: Final = 80  # characters, as in the form that people fill in themselves
_EXAMPLE_MOST: Final = 40
_KNOWN: Final = {
    "email": ("email", "e-mail", "mail", "e-mail address", "email address", "adres e-mail"),
    "name": ("name", "display name", "display_name", "full name", "badge name", "participant", "nick"),
    "first_name": ("first name", "first_name", "firstname", "given name", "vorname"),
    "last_name": ("last name", "last_name", "lastname", "surname", "family name", "nachname"),
    "role": ("role", "type", "ticket", "rolle"),
    "status": ("status", "application status", "application_status", "state"),
}
_ROLES: Final = {each: each for each in ("participant", "host", "staff", "volunteer", "guest")}
_STATUSES: Final = {
    **dict.fromkeys(("approved", "accepted", "confirmed"), "approved"),
    **dict.fromkeys(("pending", "submitted", "waiting", "revision_requested"), "pending"),
    **dict.fromkeys(("rejected", "declined"), "rejected"),
}
_GONE: Final = ("withdrawn", "cancelled", "canceled")


def read(raw: bytes, fields: Sequence[FormField], *, status: str = "approved") -> Table:
    """The columns, the people, and what was odd. `status` is for those for whom the table names none.

    Raises `INVALID_INPUT` with the line when it is no table, or has no column of e-mail addresses.
    """
    rows = _rows(decoded(raw))
    heads = next(rows, (1, [""]))[1]
    if not any(head.strip() for head in heads):
        raise Refused(errors.INVALID_INPUT, "The file is empty.", field="file")
    problems: list[Problem] = []
    columns = _columns(heads, fields, problems)
    if "email" not in columns:
        named = ", ".join(head.strip() for head in heads)
        raise Refused(
            errors.INVALID_INPUT, f"Line 1: there is no column for e-mail addresses among {named}.", field="file"
        )
    lines: list[Line] = []
    examples = [""] * len(heads)
    seen: dict[str, int] = {}
    reader = _Reader(columns, fields, status, seen, problems)
    for number, row in rows:
        for at, cell in enumerate(row[: len(heads)]):
            examples[at] = examples[at] or cell.strip()[:_EXAMPLE_MOST]
        if any(cell.strip() for cell in row) and (line := reader.line(number, row)):
            lines.append(line)
        if len(seen) > ROWS_MOST:
            raise Refused(errors.INVALID_INPUT, f"The file has more than {ROWS_MOST:,} rows.", field="file")
    mapping = [
        Mapped(head.strip(), field, example) for head, field, example in zip(heads, columns, examples, strict=True)
    ]
    return Table(mapping, lines, problems)


def _rows(text: str) -> Generator[tuple[int, list[str]]]:
    """Each row with the line on which it begins: a quoted cell may hold several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            unreadable(f"this is no table: {error}", line=begins, column=1)
        yield begins, row


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _columns(heads: Sequence[str], fields: Sequence[FormField], problems: list[Problem]) -> list[str | None]:
    columns: list[str | None] = []
    for head in heads:
        field = _field_of(head, fields)
        if field is not None and field in columns:
            say = f"column {head.strip()!r} says {field} a second time; it is ignored"
            problems.append(Problem("line 1", say))
            field = None
        columns.append(field)
    return columns


def _field_of(column: str, fields: Sequence[FormField]) -> str | None:
    name = " ".join(column.strip().lower().split())
    for field in fields:
        if name in (field.key, field.key.replace("_", " "), field.label.lower()):
            return field.key
    return next((known for known, names in _KNOWN.items() if name in names), None)


class _Reader:
    """Reads row after row; what is odd about one goes to `problems`."""

    def __init__(
        self,
        columns: Sequence[str | None],
        fields: Sequence[FormField],
        status: str,
        seen: dict[str, int],
        problems: list[Problem],
    ) -> None:
        self._columns, self._fields, self._status = columns, fields, status
        self._seen, self._problems = seen, problems

    def line(self, number: int, row: list[str]) -> Line | None:
        """The person of one row, or none."""
        said = {field: cell.strip() for field, cell in zip(self._columns, row, strict=False) if field}
        email = said.get("email", "").lower()
        if reason := self._why_skipped(number, row, email, said.get("status", "")):
            self._problems.append(Problem(f"line {number}", reason, skipped=True))
            return None
        self._seen[email] = number
        if len(row) > len(self._columns) and any(cell.strip() for cell in row[len(self._columns) :]):
            self._odd(number, "has more cells than there are headings; what is beyond them is ignored")
        return Line(
            f"line {number}",
            email,
            self._name(number, said) or email.partition("@")[0],
            self._one_of(number, "role", said.get("role", ""), _ROLES, "participant"),
            self._one_of(number, "status", said.get("status", ""), _STATUSES, "pending", unsaid=self._status),
            self._answers(number, said),
        )

    def _why_skipped(self, number: int, row: list[str], email: str, status: str) -> str | None:
        if not looks_like_email(email):
            return f"{email!r} is no e-mail address" if email else "there is no e-mail address"
        if email in self._seen:
            return f"{email} stands in line {self._seen[email]} already"
        return f"{email} has {status.lower()}" if status.lower() in _GONE else None

    def _odd(self, number: int, say: str) -> None:
        self._problems.append(Problem(f"line {number}", say))

    def _name(self, number: int, said: dict[str, str]) -> str:
        name = said.get("name") or " ".join(filter(None, (said.get("first_name"), said.get("last_name"))))
        if len(name) > NAME_MOST:
            self._odd(number, f"the name has {len(name)} characters; it is cut to {NAME_MOST}")
        return name[:NAME_MOST].strip()

    def _one_of(
        self, number: int, what: str, value: str, known: dict[str, str], otherwise: str, *, unsaid: str | None = None
    ) -> str:
        wanted = value.lower().replace(" ", "_")
        if not wanted:
            return unsaid or otherwise
        if wanted not in known:
            self._odd(number, f"{value!r} is no {what} that can be brought in; taken as {otherwise}")
        return known.get(wanted, otherwise)

    def _answers(self, number: int, said: dict[str, str]) -> dict[str, Any]:
        given: dict[str, Any] = {
            field.key: _several(said[field.key]) if field.type == "multi_choice" else said[field.key]
            for field in self._fields
            if said.get(field.key)
        }
        answers, wrong = forms.read_answers([field for field in self._fields if field.key in given], given)
        for say in wrong.values():
            self._odd(number, f"{say} Left out.")
        return answers


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace(";", ",").split(",") if part.strip()]
