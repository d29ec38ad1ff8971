"""The dialects: found by what a file holds, never by its name."""

import json
import re
from typing import Any, Final, NoReturn

from revento.events.importing.dialects import frab_json, frab_xml, icalendar, konopas, schedule2
from revento.events.importing.dialects.refusals import SESSIONS_MOST, SIZE_MOST, decoded, unreadable
from revento.events.importing.models import Schedule

WORDS: Final = {
    "frab-json": "frab, pretalx or c3voc JSON",
    "schedule2": "c3voc schedule2 JSON",
    "frab-xml": "frab, pentabarf or pretalx XML",
    "konopas": "ConClár or KonOpas",
    "conclar-2": "ConClár version 2",
    "icalendar": "iCalendar",
}
_SCRIPT: Final = re.compile(r"\s*(?:/[/*].*)?\s*(?:(?:var|let|const|window\.)\s*[\w.$]+\s*=\s*)?\[", re.DOTALL)
_VARIABLE: Final = re.compile(r"(?:\b(?:var|let|const)\s+|\bwindow\.)[\w$]+\s*=\s*(?=\[)")
_LOOKED_FOR: Final = (
    "no schedule that we know. Looked for: JSON with schedule.conference.days (frab, pretalx, c3voc), schedule.events "
    "(schedule2), or schemaVersion with schedule (ConClár 2); a list of sessions with id, title, mins, loc (ConClár, "
    "KonOpas); XML with a schedule of days; BEGIN:VCALENDAR"
)


def read(raw: bytes) -> Schedule:
    """What a file says. Raises `INVALID_INPUT` with line and column, or a field's path, when it cannot be read."""
    if len(raw) > SIZE_MOST:
        unreadable(f"the file has {len(raw):,} bytes; at most {SIZE_MOST:,} are read")
    head = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        unreadable("the file is empty")
    if head.startswith(b"<") or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = frab_xml.read(raw)
    elif head[:15].upper() == b"BEGIN:VCALENDAR":
        found = icalendar.read(raw)
    elif head.startswith(b"{"):
        found = _of_object(_json(decoded(raw)))
    else:
        found = _of_script(decoded(raw))
    if len(found.sessions) > SESSIONS_MOST:
        unreadable(f"the file has {len(found.sessions):,} sessions; at most {SESSIONS_MOST:,} are read")
    return found


def _of_object(document: Any) -> Schedule:
    known: dict[str, Any] = document if isinstance(document, dict) else {}  # pyright: ignore[reportUnknownVariableType]
    schedule = _table(known.get("schedule"))
    conference = _table(schedule.get("conference"))
    if isinstance(schedule.get("events"), list):
        return schedule2.read(known)
    if isinstance(conference.get("days"), list):
        return frab_json.read(known)
    if "days" in conference:
        unreadable("expected a list of days", path="schedule.conference.days")
    if "schemaVersion" in known:
        return konopas.read_version_2(known)
    unreadable(_LOOKED_FOR)
    return None


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _of_script(text: str) -> Schedule:
    """A list, bare or assigned to a variable: what stands in the brackets is decoded, nothing is ever run."""
    if _SCRIPT.match(text) is None:
        unreadable(_LOOKED_FOR, line=1, column=1)
    variable = _VARIABLE.search(text)
    start = text.index("[", variable.end() if variable else 0)
    program, end = _decode(text, start)
    if not _is_program(program):
        unreadable(_LOOKED_FOR)
    people: Any = []
    if (second := _VARIABLE.search(text, end)) is not None:
        people, _ = _decode(text, text.index("[", second.end()))
    return konopas.read(program, people)


def _is_program(program: Any) -> bool:
    rows: list[Any] = program if isinstance(program, list) else [None]  # pyright: ignore[reportUnknownVariableType]
    first = _table(rows[0]) if rows else {"title": "", "mins": 0}
    return "title" in first and bool({"date", "datetime", "mins"} & set(first))


def _json(text: str) -> Any:
    document, end = _decode(text, len(text) - len(text.lstrip()))
    if rest := text[end:].strip():
        at = text.index(rest[0], end)
        _malformed("there is more after the end of the document", text, at)
    return document


def _decode(text: str, start: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        unreadable(f"malformed JSON: {error.msg[0].lower()}{error.msg[1:]}", line=error.lineno, column=error.colno)
    except RecursionError:
        unreadable("malformed JSON: nested too deeply")
    except ValueError as error:
        unreadable(f"malformed JSON: {error}")


def _malformed(say: str, text: str, at: int) -> NoReturn:
    before = text[:at]
    unreadable(f"malformed JSON: {say}", line=before.count("\n") + 1, column=at - before.rfind("\n"))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant)
