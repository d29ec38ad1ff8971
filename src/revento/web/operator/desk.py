"""What every page of the operator starts from: the proof that she is one, and what waits for her."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency as Given
from litestar.di import Provide

from revento.identity import proofs
from revento.identity.proofs import Operator
from revento.identity.sessions.models import SignedIn
from revento.integrations.operations import queries
from revento.integrations.operations.models import Queues
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.web.shared import pages

PAGE: Final = 50
NEWEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), "~")
AnyRequest = Request[Any, Any, Any]


class Desk(msgspec.Struct, frozen=True):
    """The operator, proved, and her queues for the side navigation."""

    operator: Operator
    queues: Queues


async def desk(tx: Given[Tx], operator: Given[Operator], clock: Given[Clock]) -> Desk:
    """The desk, for an operator. Raises `NOT_FOUND` for everybody else."""
    return Desk(operator, await queries.queues(tx, now=clock.now()))


async def operator(tx: Given[Tx], person: Given[SignedIn]) -> Operator:
    """Proof that the person runs the platform; the acts of an operator who acts for somebody else are not hers."""
    return await proofs.as_operator(tx, person.user_id)


DEPENDENCIES: Final = {"desk": Provide(desk), "operator": Provide(operator)}


def before(cursor: str | None) -> tuple[datetime, str]:
    """The position that an address names in a list from the newest on; its beginning for nonsense."""
    moment, _, id = (cursor or "").partition("~")
    try:
        return (datetime.fromisoformat(moment), id) if id else NEWEST
    except ValueError:
        return NEWEST


def typed(request: AnyRequest, name: str, most: int = 200) -> str | None:
    """A parameter of the address, trimmed; `None` when it is not there or empty."""
    return str(request.query_params.get(name, "")).strip()[:most] or None


def show(template: str, desk: Desk, /, status: int = 200, *, part: str | None = None, **context: Any) -> Response[str]:
    """A page of the desk, with its side navigation; only its `part` for htmx."""
    part = f"operator/{part}" if part else None
    return pages.page(f"operator/{template}", status, part=part, queues=desk.queues, **context)
