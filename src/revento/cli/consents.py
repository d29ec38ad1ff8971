"""`revento connect`, and `revento login` for a participant: consent without a browser, to try out (architecture §5).

They skip the page and nothing else: the person needs the same rights, the event the same organization.
"""

from typing import Annotated

import typer

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.contract import scopes
from revento.contract.scopes import TokenKind
from revento.contract.v1.token import InstallationTokens
from revento.events.events import queries as events
from revento.identity.users import queries as users
from revento.integrations.credentials import queries as credentials
from revento.integrations.credentials.models import Client
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, IntegrationId
from revento.oauth.consent import actions as consent
from revento.oauth.families import actions as families
from revento.oauth.families import shapes

app = typer.Typer()

Integration = Annotated[str, typer.Option("--integration", metavar="ID", help="The integration (int_…).")]
Event = Annotated[str, typer.Option("--event", metavar="ID", help="The event (evt_…).")]
As = Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who consents.")]
Scope = Annotated[str | None, typer.Option("--scope", help="Some of the declared scopes; none: all of the kind.")]


@app.command()
def connect(integration: Integration, event: Event, as_: As, scope: Scope = None, json: terminal.Json = False) -> None:
    """Connect an integration to an event as its organizer; prints a token response. Development only."""
    _consent(TokenKind.INSTALLATION, integration, event, as_, scope, json)


def sign_in(integration: str, event: str, as_: str, scope: str | None, json: bool) -> None:
    """A participant's consent to an integration for an event; prints a token response. Development only."""
    _consent(TokenKind.USER, integration, event, as_, scope, json)


def _consent(kind: TokenKind, integration: str, event: str, email: str, scope: str | None, json: bool) -> None:
    async def work(desk: Desk) -> InstallationTokens:
        if not desk.settings.development:
            raise Failed("REVENTO_ENV: is not development; here people consent in their browsers")
        async with desk.db.tx() as tx:
            return await _granted(desk, tx, kind, integration, event, email, scope)

    tokens = edge.run(work)
    if json:
        terminal.as_json(tokens)
    else:
        terminal.table(("", ""), [(name, getattr(tokens, name)) for name in tokens.__struct_fields__])


async def _granted(
    desk: Desk, tx: Tx, kind: TokenKind, integration: str, event: str, email: str, scope: str | None
) -> InstallationTokens:
    user = await users.find_by_email(tx, email)
    if user is None:
        raise Failed(f"--as: nobody has the address {email}")
    client = await _client(tx, integration, event)
    wanted = scope.split() if scope else client.manifest.declared_scopes
    asked = [name for name in wanted if scope or scopes.BY_NAME[name].kind is kind]
    if scopes.kind_of(asked) is not kind or not set(asked) <= set(client.manifest.declared_scopes):
        raise Failed(f"--scope: the manifest declares no such {kind} scopes")
    now = desk.clock.now()
    binding = await consent.grant(tx, user.id, client, kind, EventId(event), asked, now=now)
    _, pair = await families.issue(tx, binding, scopes.in_order(asked), keys=desk.keys, now=now)
    return shapes.tokens(pair)


async def _client(tx: Tx, integration: str, event: str) -> Client:
    found = await events.find(tx, EventId(event))
    if found is None:
        raise Failed(f"--event: there is no event {event}")
    environment = "sandbox" if found.is_sandbox else "production"
    clients = await credentials.list_clients(tx, IntegrationId(integration))
    for client in clients:
        if client.environment == environment:
            return client
    raise Failed(f"--integration: {integration} has no {environment} credentials")
