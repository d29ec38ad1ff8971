"""Query parameters: read strictly, refused by name (contract §4, §5.1)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import msgspec

from revento.contract import errors
from revento.contract.endpoints import Endpoint, Filter, Takes
from revento.contract.errors import Refused
from revento.contract.limits import CURSOR_S, PAGE_DEFAULT, PAGE_MOST
from revento.events.reading.models import Page, Span
from revento.kernel import ids, paging
from revento.kernel.paging import Position

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
# Within a quarter of an hour a page's cursor is the same, so that its ETag is; a cursor lives that much longer at most.
_QUANTUM_S: Final = 900


class Wanted(msgspec.Struct, frozen=True):
    """What a request to a list asks for. `binding` is what its cursors are good for, and nothing else."""

    limit: int
    after: Position
    filters: dict[str, Any]
    binding: str


def wanted(
    endpoint: Endpoint, query: bytes, *, event_id: str, time_zone: str, keys: list[bytes], now: datetime
) -> Wanted:
    """The parameters of a list. Raises `Refused`: 400 with `field` and `expected`, or `invalid_cursor`."""
    given = _given(query, {"limit", "cursor", *[one.name for one in endpoint.filters]})
    limit = _limit(given.get("limit"))
    filters = {one.name: _value(one, given[one.name], time_zone) for one in endpoint.filters if one.name in given}
    spelled = "&".join(f"{one.name}={given[one.name]}" for one in endpoint.filters if one.name in given)
    binding = f"{endpoint.name} {event_id} {spelled}"
    after = paging.BEGINNING if "cursor" not in given else _position(given["cursor"], keys, binding, now)
    return Wanted(limit, after, filters, binding)


def cursor(page: Page, wanted: Wanted, *, key: bytes, now: datetime) -> str | None:
    """The cursor for what follows a page, `None` when nothing does."""
    if page.last_at is None or page.last_id is None or page.found <= wanted.limit:
        return None
    began = now.replace(microsecond=0) - timedelta(seconds=int(now.timestamp()) % _QUANTUM_S)
    position = Position(page.last_at, page.last_id)
    return paging.seal(position, key=key, binding=wanted.binding, now=began, life_s=CURSOR_S + _QUANTUM_S)


def refused(field: str, expected: str) -> Refused:
    """A 400 that names the parameter and what it takes."""
    say = f"{field}: expected {expected}."
    return Refused(errors.INVALID_REQUEST, say, field=field, expected=expected)


def _given(query: bytes, known: set[str]) -> dict[str, str]:
    """The known ones; others are ignored, however often they come."""
    found: dict[str, str] = {}
    if not query:
        return found
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=None):
        if name in found:
            raise refused(name, "to be given once")
        if name in known:
            found[name] = value
    return found


def _limit(text: str | None) -> int:
    if text is None:
        return PAGE_DEFAULT
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= PAGE_MOST):
        raise refused("limit", f"a number from 1 to {PAGE_MOST}")
    return int(text)


def _position(text: str, keys: list[bytes], binding: str, now: datetime) -> Position:
    for key in keys:
        try:
            return paging.unseal(text, key=key, binding=binding, now=now)
        except paging.BadCursor:
            continue
    raise Refused(errors.INVALID_CURSOR, field="cursor", expected="a next_cursor of this very list, not yet a day old")


def _value(one: Filter, text: str, time_zone: str) -> Any:
    try:
        return _READ[one.takes](one, text, time_zone)
    except (ValueError, OverflowError):
        pass
    expected = f"one of {', '.join(one.choices)}" if one.choices else one.takes.value
    raise refused(one.name, f"an id such as {one.prefix}_…" if one.prefix else expected)


def _time(_one: Filter, text: str, _time_zone: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def _day(_one: Filter, text: str, time_zone: str) -> Span:
    if not _DATE.fullmatch(text):
        raise ValueError
    zone, day = ZoneInfo(time_zone), date.fromisoformat(text)
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return Span(begins.astimezone(UTC), ends.astimezone(UTC))


def _choice(one: Filter, text: str, _time_zone: str) -> str:
    if text not in one.choices:
        raise ValueError
    return text


def _id(one: Filter, text: str, _time_zone: str) -> str:
    if not ids.has_prefix(text, one.prefix):
        raise ValueError
    return text


_READ: Final = {Takes.TIME: _time, Takes.DATE: _day, Takes.CHOICE: _choice, Takes.ID: _id}
