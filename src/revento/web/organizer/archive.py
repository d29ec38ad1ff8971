"""Archiving an event: the page that says what it ends, and the end."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract import errors
from revento.contract.errors import Refused
from revento.endings.archive_event import archive_event
from revento.events.overview.models import Desk
from revento.identity import permissions
from revento.identity.permissions import Permission
from revento.identity.proofs import Organizer
from revento.integrations.board import queries
from revento.integrations.deletions import rules as duties
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.organizer.desk import show
from revento.web.shared.pages import go
from revento.web.shared.text import day
from revento.web.shared.translate import gettext, ngettext
from revento.web.shared.visitor import Flash


@get("/events/{event_id:str}/archive")
async def archive_page(tx: Given[Tx], desk: Given[Desk], clock: Given[Clock]) -> Response[str]:
    """What archiving ends, and for whom."""
    if not permissions.allows(desk.role, Permission.EVENT_ARCHIVE):
        raise Refused(errors.FORBIDDEN)
    active = [each for each in await queries.list_connections(tx, desk.event_id) if each.is_active]
    deadline = day((clock.now() + duties.LIFE).date(), "d MMMM y")
    return show("archive.html", desk, connections=active, deadline=deadline)


@post("/events/{event_id:str}/archive", status_code=303)
async def archive(tx: Given[Tx], organizer: Given[Organizer], clock: Given[Clock]) -> Response[Any]:
    """Archive the event."""
    ended = await archive_event(tx, organizer, now=clock.now())
    say = ngettext("%(num)d integration was disconnected.", "%(num)d integrations were disconnected.", ended)
    said = gettext("The event is archived.") + (f" {say % {'num': ended}}" if ended else "")
    return go(f"/organizer/events/{organizer.event_id}", Flash(said))


HANDLERS: Final = (archive_page, archive)
