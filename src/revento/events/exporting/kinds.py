"""The formats of a program, by the ending of their files."""

from collections.abc import Callable
from typing import Final

from revento.events.exporting import calendar, frab, table
from revento.events.exporting.models import Whole

MEDIA: Final = {
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv; charset=utf-8",
}
_WRITERS: Final[dict[str, Callable[[Whole, str], bytes]]] = {
    "ics": calendar.as_ics,
    "json": frab.as_json,
    "xml": frab.as_xml,
    "csv": lambda whole, _: table.as_csv(whole),
}


def write(whole: Whole, kind: str, base_url: str) -> bytes:
    """The program as a file of this kind, one of `MEDIA`."""
    return _WRITERS[kind](whole, base_url)
