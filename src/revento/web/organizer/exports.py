"""The program for other tools, and the whole event for another Revento, as downloads of an event's members."""

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.archiving import actions as archives
from revento.events.exporting import frab, kinds, queries
from revento.events.overview.models import Desk
from revento.identity.proofs import Organizer
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx


@get("/events/{event_id:str}/export/{kind:str}")
async def download(tx: Given[Tx], desk: Given[Desk], settings: Given[Settings], kind: FromPath[str]) -> Response[Any]:
    """The published program as one file: `ics`, `json`, `xml` or `csv`."""
    if kind not in kinds.MEDIA:
        raise Refused(errors.NOT_FOUND)
    whole = await queries.whole(tx, desk.event_id)
    name = f"{frab.slug(whole.event.title)}.{kind}"
    return _file(kinds.write(whole, kind, settings.base_url), name, kinds.MEDIA[kind])


@get("/events/{event_id:str}/event.zip")
async def whole_event(
    tx: Given[Tx], desk: Given[Desk], organizer: Given[Organizer], clock: Given[Clock], settings: Given[Settings]
) -> Response[Any]:
    """The whole event as one file that another Revento imports; that it was taken out is noted."""
    content = await archives.write(tx, organizer, made_by=settings.base_url, now=clock.now())
    return _file(content, f"{frab.slug(desk.title)}-{clock.now():%Y-%m-%d}.zip", "application/zip")


def _file(content: bytes, name: str, media_type: str) -> Response[bytes]:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


HANDLERS: Final = (download, whole_event)
