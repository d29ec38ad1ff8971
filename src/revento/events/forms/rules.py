"""Decisions about fields and answers."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from revento.events.forms.models import Answers, FormField

_TEXT_MOST: Final = 500
_LONG_TEXT_MOST: Final = 10_000
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_YES: Final = frozenset(("true", "on", "1", "yes"))


def shared(fields: Sequence[FormField], answers: Answers) -> Answers:
    """The answers that integrations may read, in the form's order; unanswered shared fields are null."""
    return {field.key: answers.get(field.key) for field in fields if field.is_shared}


def read_answers(fields: Sequence[FormField], given: dict[str, Any]) -> tuple[Answers, dict[str, str]]:
    """Typed answers out of form text (or JSON values), and what is wrong by key, in words for the person.

    Numbers become numbers, dates stay `YYYY-MM-DD`, multiple choices become lists; an empty answer is left out.
    """
    answers: Answers = {}
    wrong: dict[str, str] = {}
    for field in fields:
        value = given.get(field.key)
        if value is None or value == "" or value == []:
            if field.type == "boolean":
                answers[field.key] = False
            elif field.required:
                wrong[field.key] = f"{field.label}: please answer this."
            continue
        try:
            answers[field.key] = _READERS[field.type](field, value)
        except ValueError as error:
            wrong[field.key] = f"{field.label}: {error}"
    for field in fields:
        if field.type == "boolean" and field.required and not answers.get(field.key):
            wrong[field.key] = f"{field.label}: please confirm this."
    return answers, wrong


def _text(most: int) -> Callable[[FormField, Any], str]:
    def read(_field: FormField, value: Any) -> str:
        text = str(value).strip()
        if len(text) > most:
            raise ValueError(f"at most {most} characters, this has {len(text)}.")
        if "\x00" in text:
            raise ValueError("contains a character that cannot be stored.")
        return text

    return read


def _number(_field: FormField, value: Any) -> int | float:
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        raise ValueError("expected a number.") from None
    if not math.isfinite(number) or abs(number) > 1e12:
        raise ValueError("expected a number that fits.")
    return int(number) if number.is_integer() else number


def _boolean(_field: FormField, value: Any) -> bool:
    return value is True or str(value).lower() in _YES


def _date(_field: FormField, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError("expected a date such as 2026-07-10.") from None


def _choice(field: FormField, value: Any) -> str:
    if value not in field.options:
        raise ValueError("choose one of " + ", ".join(field.options) + ".")
    return str(value)


def _multi_choice(field: FormField, value: Any) -> list[str]:
    chosen: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]  # pyright: ignore[reportUnknownArgumentType]
    if any(option not in field.options for option in chosen):
        raise ValueError("choose from " + ", ".join(field.options) + ".")
    return [option for option in field.options if option in chosen]


_READERS: Final[dict[str, Callable[[FormField, Any], Any]]] = {
    "text": _text(_TEXT_MOST),
    "long_text": _text(_LONG_TEXT_MOST),
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "multi_choice": _multi_choice,
}
