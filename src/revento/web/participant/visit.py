"""What every page of an event's visitors starts from: the event, and how the visitor stands to it."""

from typing import Any, Final

from litestar import Response
from litestar.di import NamedDependency as Given
from litestar.di import Provide
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.mine import queries
from revento.events.mine.models import Visit
from revento.identity.sessions.models import SignedIn
from revento.kernel.db import Tx
from revento.kernel.ids import EventId
from revento.web.shared import pages, people


async def visit(tx: Given[Tx], guest: Given[SignedIn | None], event_id: FromPath[str]) -> Visit:
    """The event, for anybody; a draft only for its organizers. Raises `NOT_FOUND`."""
    found = await queries.find_visit(tx, guest.user_id if guest else None, EventId(event_id))
    if found is None:
        raise Refused(errors.NOT_FOUND)
    return found


async def person(guest: Given[SignedIn | None], visit: Given[Visit]) -> SignedIn:
    """The signed-in person, once the event is found: side by side, her absence would break off the search for it.

    Raises `NotSignedIn`.
    """
    return await people.person(guest)


DEPENDENCIES: Final = {"visit": Provide(visit)}
PERSON: Final = {"person": Provide(person)}


def base(visit: Visit) -> str:
    """The address of the event's pages."""
    return f"/events/{visit.event_id}"


def show(
    template: str,
    visit: Visit,
    /,
    status: int = 200,
    *,
    part: str | None = None,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """A page of this event, with its dock."""
    known = {"part": f"participant/{part}" if part else None, "headers": headers}
    return pages.page(f"participant/{template}", status, visit=visit, base=base(visit), **known, **context)
