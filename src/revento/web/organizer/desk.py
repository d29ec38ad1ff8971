"""What every page of an event's organizers starts from: the event, the person's role, and her proof."""

from datetime import UTC, datetime
from typing import Any, Final

from litestar import Response
from litestar.di import NamedDependency as Given
from litestar.di import Provide
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.overview import queries
from revento.events.overview.models import Desk
from revento.identity import permissions, proofs
from revento.identity.permissions import Permission
from revento.identity.proofs import IntegrationManager, Organizer, PageEditor, Planner, Reviewer
from revento.identity.sessions.models import SignedIn
from revento.kernel.db import Tx
from revento.kernel.ids import EventId
from revento.web.shared import pages

BEGINNING: Final = (datetime(1, 1, 1, tzinfo=UTC), "")
PAGE: Final = 50


def after(cursor: str | None) -> tuple[datetime, str]:
    """The position that an address names; the beginning when it names none or nonsense."""
    moment, _, id = (cursor or "").partition("~")
    try:
        return (datetime.fromisoformat(moment), id) if id else BEGINNING
    except ValueError:
        return BEGINNING


def cursor(at: datetime, id: str) -> str:
    """The address of the place behind a row."""
    return f"{at.isoformat()}~{id}"


async def desk(tx: Given[Tx], person: Given[SignedIn], event_id: FromPath[str]) -> Desk:
    """The event, for a member of its organization. Raises `NOT_FOUND` for everybody else."""
    found = await queries.find_desk(tx, person.user_id, EventId(event_id))
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return found


# The proofs wait for the desk: side by side, a refusal of one would break off the other's statement, and with it the
# connection.
async def reviewer(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> Reviewer:
    """Proof of `application.review`."""
    return await proofs.as_reviewer(tx, person.user_id, desk.event_id)


async def planner(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> Planner:
    """Proof of `program.edit`."""
    return await proofs.as_planner(tx, person.user_id, desk.event_id)


async def organizer(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> Organizer:
    """Proof of `event.edit`."""
    return await proofs.as_organizer(tx, person.user_id, desk.event_id)


async def page_editor(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> PageEditor:
    """Proof of `webview_page.edit`."""
    return await proofs.as_page_editor(tx, person.user_id, desk.event_id)


async def integration_manager(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> IntegrationManager:
    """Proof of `integration.manage`."""
    return await proofs.as_integration_manager(tx, person.user_id, desk.event_id)


DEPENDENCIES: Final = {
    "desk": Provide(desk),
    "reviewer": Provide(reviewer),
    "planner": Provide(planner),
    "organizer": Provide(organizer),
    "page_editor": Provide(page_editor),
    "integration_manager": Provide(integration_manager),
}


def show(template: str, desk: Desk, /, status: int = 200, **context: Any) -> Response[str]:
    """A page of this event: with the side navigation, and with what the person's role lets her do as `may`."""

    def may(permission: str) -> bool:
        return permissions.allows(desk.role, Permission(permission))

    base = f"/organizer/events/{desk.event_id}"
    return pages.page(f"organizer/{template}", status, desk=desk, may=may, base=base, **context)
