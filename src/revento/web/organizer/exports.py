"""The program for other tools: iCalendar, JSON, XML and CSV, as downloads of an event's members."""

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.exporting import calendar, frab, queries, table
from revento.events.exporting.models import Whole
from revento.events.overview.models import Desk
from revento.kernel.config import Settings
from revento.kernel.db import Tx


def _written(whole: Whole, kind: str, base_url: str) -> tuple[bytes, str] | None:
    match kind:
        case "ics":
            return calendar.as_ics(whole, base_url), "text/calendar"
        case "json":
            return frab.as_json(whole, base_url), "application/json"
        case "xml":
            return frab.as_xml(whole, base_url), "application/xml"
        case "csv":
            return table.as_csv(whole), "text/csv"
        case _:
            return None


@get("/events/{event_id:str}/export/{kind:str}")
async def download(tx: Given[Tx], desk: Given[Desk], settings: Given[Settings], kind: FromPath[str]) -> Response[Any]:
    """The published program as one file: `ics`, `json`, `xml` or `csv`."""
    whole = await queries.whole(tx, desk.event_id)
    written = _written(whole, kind, settings.base_url)
    if written is None:
        raise Refused(errors.NOT_FOUND)
    content, media_type = written
    name = f"{frab.slug(whole.event.title)}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


HANDLERS: Final = (download,)
