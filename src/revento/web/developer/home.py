"""The integrations that somebody works on, and the sandbox organization of her own."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency as Given

from revento.contract.errors import Refused
from revento.identity.organizations import queries as organizations
from revento.identity.organizations.models import OwnOrganization
from revento.identity.sessions.models import SignedIn
from revento.integrations.consoles import queries
from revento.integrations.consoles.models import Event
from revento.integrations.credentials.models import Client
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.sandbox import actions as sandbox
from revento.web.shared import pages
from revento.web.shared.pages import go
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash


@get("/")
async def home(tx: Given[Tx], person: Given[SignedIn]) -> Response[str]:
    """My integrations, or the first step towards one."""
    mine = await queries.list_mine(tx, person.user_id)
    own = await own_sandbox(tx, person)
    events = await queries.list_sandbox_events(tx, own.id) if own else []
    return pages.page("developer/home.html", mine=mine, own=own, events=events)


async def own_sandbox(tx: Tx, person: SignedIn) -> OwnOrganization | None:
    """The sandbox organization that the person owns."""
    found = await organizations.list_by_user(tx, person.user_id)
    return next((each for each in found if each.is_sandbox and each.role == "owner"), None)


@post("/sandbox", status_code=303)
async def open_sandbox(tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock]) -> Response[Any]:
    """Open a sandbox organization of one's own with a convention in it, and go on to the first integration."""
    try:
        await sandbox.open_for(tx, person.user_id, now=clock.now())
    except Refused as refused:
        return go("/developer", Flash(gettext(refused.say), "bad"))
    said = gettext("Your sandbox is there: an organization of your own, with a convention, people and a program in it.")
    return go("/developer/integrations/new", Flash(said))


def connect_address(client: Client, event: Event) -> str | None:
    """Where the panel's Connect sends the browser (contract §3.1)."""
    address = client.manifest.connect_url
    if address is None:
        return None
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'event_id': event.id})}"


HANDLERS: Final = (home, open_sandbox)
