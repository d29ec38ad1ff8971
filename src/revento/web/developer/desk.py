"""What every page of an integration's developers starts from: the integration, the role, the environment."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency as Given
from litestar.di import Provide
from litestar.params import FromPath

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.sessions.models import SignedIn
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.catalogue.models import Developer
from revento.integrations.consoles import queries
from revento.integrations.consoles.models import Console
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import Client
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId
from revento.web.shared import pages

PAGE: Final = 50
NEWEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), "~")
ENVIRONMENTS: Final = ("sandbox", "production")
AnyRequest = Request[Any, Any, Any]


class Desk(msgspec.Struct, frozen=True):
    """An integration, its clients, and the one that the page is about."""

    console: Console
    clients: list[Client]
    client: Client

    @property
    def base(self) -> str:
        """The address of the integration's console."""
        return f"/developer/integrations/{self.console.id}"

    @property
    def env(self) -> str:
        """The end of addresses that stay in the environment; nothing in the only or usual one."""
        return "" if self.client.id == self.clients[-1].id else f"?env={self.client.environment}"

    @property
    def may_change(self) -> bool:
        """Whether the role allows more than reading."""
        return self.console.role in ("owner", "developer")

    def at(self, path: str) -> str:
        """The address of a page of this console, in the same environment."""
        return f"{self.base}{path}{self.env}"


async def desk(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], integration_id: FromPath[str]) -> Desk:
    """The integration, for who works on it. `?env=` chooses its sandbox; production is first once it is there.

    Raises `NOT_FOUND` for everybody else.
    """
    id = IntegrationId(integration_id)
    wanted = str(request.query_params.get("env", "production"))
    found = await queries.find(tx, person.user_id, id, environment=wanted)
    if found is None:
        raise Refused(errors.NOT_FOUND)
    known = await clients.list_clients(tx, id)
    chosen = next((each for each in known if each.environment == wanted), known[-1] if known else None)
    if chosen is None:
        raise Refused(errors.NOT_FOUND)
    return Desk(found, known, chosen)


# The two proofs wait for the desk: side by side, a refusal of one would break off the other's statement.
async def reader(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> Developer:
    """Proof that the person works on the integration."""
    return await catalogue.as_developer(tx, person.user_id, desk.console.id)


async def developer(tx: Given[Tx], person: Given[SignedIn], desk: Given[Desk]) -> Developer:
    """Proof that the person may change the integration. Raises `FORBIDDEN` for who may only look."""
    return await catalogue.as_developer(tx, person.user_id, desk.console.id, to_change=True)


DEPENDENCIES: Final = {"desk": Provide(desk), "reader": Provide(reader), "developer": Provide(developer)}


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
    """A page of this integration, with its side navigation; only its `part` for htmx."""
    part = f"developer/{part}" if part else None
    return pages.page(f"developer/{template}", status, part=part, desk=desk, **context)
