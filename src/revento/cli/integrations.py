"""`revento integrations`: register software, change its manifest, rotate its secrets, suspend it (architecture §5)."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
import typer

from revento.cli import dotenv, edge, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.contract.errors import Refused
from revento.contract.manifest import Environment, Manifest
from revento.endings import suspend as endings
from revento.identity.organizations import queries as organizations
from revento.identity.organizations.models import Organization
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.catalogue import queries as integrations
from revento.integrations.catalogue.models import Integration, Registered
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import Client
from revento.integrations.manifests import actions as manifests
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, OrganizationId, UserId
from revento.sandbox import sheets

app = typer.Typer(no_args_is_help=True, help="Register and look after integrations.")
T = TypeVar("T")
_SANDBOX: Final = "sandbox"

File = Annotated[Path, typer.Argument(metavar="MANIFEST.json", help="The manifest.")]
Id = Annotated[str, typer.Argument(metavar="INTEGRATION", help="The integration's id (int_…).")]
Where = Annotated[str | None, typer.Option("--environment", help="sandbox or production; needed when it has both.")]


def _run(work: Callable[[Desk, Tx], Awaitable[T]]) -> T:
    """Runs `work` in one transaction; a refused manifest is told line by line."""

    async def inside(desk: Desk) -> T:
        async with desk.db.tx() as tx:
            return await work(desk, tx)

    try:
        return edge.run(inside)
    except Refused as refused:
        wrong: dict[str, str] = refused.extra.get("fields", {})
        for path, say in wrong.items():
            terminal.warn(f"{path}: {say}")
        if wrong:
            raise Failed(f"the manifest was refused ({len(wrong)} to correct); nothing was changed") from refused
        raise


@app.command()
def register(
    manifest: File,
    organization: Annotated[
        str | None, typer.Option("--organization", metavar="ID", help="Whose it is; none: a sandbox client.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Set the credentials in this .env file.")
    ] = None,
    json: terminal.Json = False,
) -> None:
    """Register an integration; prints its id and its secrets, once, or writes them into a project's .env."""
    raw = manifest.read_bytes()

    async def work(desk: Desk, tx: Tx) -> Any:
        found = await _organization(tx, organization)
        environment = _environment(desk, found)
        document = await _read(desk, raw, environment)
        whose = found.id if found else None
        owner = await _owner(tx, found)
        return await catalogue.register(
            tx, owner, document, environment=environment, organization_id=whose, box=desk.box, now=desk.clock.now()
        )

    made = _run(work)
    if write is not None:
        dotenv.put(write, _settings(made, organization, dotenv.read(write)))
    if write is None or json:
        _show_once(made, json, f"{made.id} is registered. The secrets are shown this once:")
    else:
        terminal.note(f"{made.id} is registered. Its credentials are in {write}.")


@app.command()
def update(id: Id, manifest: File, environment: Where = None, json: terminal.Json = False) -> None:
    """Put a newer manifest in force; says which connected events must consent anew."""
    raw = manifest.read_bytes()

    async def work(desk: Desk, tx: Tx) -> dict[str, Any]:
        client = await _client(tx, id, environment)
        document = await _read(desk, raw, client.environment)
        changed, touched = await manifests.compare(tx, client.integration_id, document, environment=client.environment)
        version, secret = await catalogue.update(tx, None, client, document, box=desk.box, now=desk.clock.now())
        return {
            "id": client.integration_id,
            "version": version.version,
            "webhook_secret": secret,
            "changes": changed.changes if changed else [],
            "must_consent_anew": touched,
        }

    made = _run(work)
    if json:
        terminal.as_json(made)
        return
    terminal.note(f"Version {made['version']} is in force; {len(made['changes'])} change(s).")
    terminal.table(("path", "before", "after"), [(one.path, one.before, one.after) for one in made["changes"]])
    for one in made["must_consent_anew"]:
        terminal.note(f"{one.event_title} ({one.event_id}) must consent anew; its grant goes on until then.")
    if made["webhook_secret"]:
        terminal.note(f"webhook_secret  {made['webhook_secret']}  (shown this once)")


@app.command("rotate-secret")
def rotate_secret(id: Id, environment: Where = None, json: terminal.Json = False) -> None:
    """Make a new client secret; the old one counts for 24 hours more."""

    async def work(desk: Desk, tx: Tx) -> dict[str, str]:
        client = await _client(tx, id, environment)
        secret = await credentials.rotate(tx, catalogue.SYSTEM, client, now=desk.clock.now())
        return {"id": client.integration_id, "client_id": client.id, "client_secret": secret}

    _show_once(_run(work), json, "The old secret counts for 24 hours more. The new one is shown this once:")


@app.command("rotate-webhook-secret")
def rotate_webhook_secret(id: Id, environment: Where = None, json: terminal.Json = False) -> None:
    """Make a new signing secret; deliveries carry both signatures for 24 hours."""

    async def work(desk: Desk, tx: Tx) -> dict[str, str]:
        client = await _client(tx, id, environment)
        secret = await credentials.rotate_signing(tx, catalogue.SYSTEM, desk.box, client, now=desk.clock.now())
        return {"id": client.integration_id, "client_id": client.id, "webhook_secret": secret}

    _show_once(_run(work), json, "Deliveries carry both signatures for 24 hours. The new secret is shown this once:")


@app.command()
def suspend(
    id: Id,
    reason: Annotated[str, typer.Option("--reason", help="What developers and organizers read.")] = "Under review.",
    json: terminal.Json = False,
) -> None:
    """Stop an integration at once: its tokens die, its deliveries are held."""

    async def work(desk: Desk, tx: Tx) -> int:
        return await endings.suspend(tx, catalogue.SYSTEM, IntegrationId(id), reason=reason, now=desk.clock.now())

    touched = _run(work)
    if json:
        terminal.as_json({"id": id, "state": "suspended", "connections": touched})
        return
    terminal.note(f"{id} is suspended; {touched} connection(s) stand still.")


@app.command()
def resume(id: Id, json: terminal.Json = False) -> None:
    """Lift a suspension: refresh tokens count again, no new consent is needed."""

    async def work(desk: Desk, tx: Tx) -> tuple[int, str]:
        touched = await endings.resume(tx, catalogue.SYSTEM, IntegrationId(id), now=desk.clock.now())
        return touched, (await integrations.get(tx, IntegrationId(id))).state

    touched, state = _run(work)
    if json:
        terminal.as_json({"id": id, "state": state, "connections": touched})
        return
    terminal.note(f"{id} works again; {touched} connection(s) go on.")


@app.command("list")
def list_(json: terminal.Json = False) -> None:
    """List every integration."""
    rows = _run(lambda _, tx: integrations.list_all(tx))
    if json:
        terminal.as_json(rows)
        return
    terminal.table(
        ("id", "name", "kind", "state", "events"), [(row.id, row.name, row.kind, row.state, row.events) for row in rows]
    )


@app.command()
def show(id: Id, json: terminal.Json = False) -> None:
    """Show one integration with its clients and their manifests in force."""

    async def work(_: Desk, tx: Tx) -> tuple[Integration, list[Client]]:
        integration = await integrations.get(tx, IntegrationId(id))
        return integration, await clients.list_clients(tx, integration.id)

    integration, found = _run(work)
    if json:
        terminal.as_json(msgspec.to_builtins(integration) | {"clients": found})
        return
    terminal.note(f"{integration.name}  {integration.id}  {integration.kind}, {integration.state}")
    for client in found:
        asked = ", ".join(client.manifest.declared_scopes)
        terminal.note(f"  {client.environment}: client_id {client.id}, scopes {asked}")
        terminal.note(f"    webhooks to {client.manifest.webhook_url or 'nowhere'}")


def _show_once(made: Any, json: bool, say: str) -> None:
    if json:
        terminal.as_json(made)
        return
    terminal.note(say)
    fields: dict[str, Any] = msgspec.to_builtins(made)
    terminal.table(("", ""), [(name, value) for name, value in fields.items() if value is not None])


def _settings(made: Registered, organization: str | None, known: dict[str, str]) -> dict[str, str]:
    """What a project sets to be this integration, with an event of its organization to begin with."""
    chosen = edge.settings()
    sheet = sheets.read(chosen.data_dir)
    events = [each.id for each in sheet.events if each.organization_id == organization] if sheet else []
    told = {
        "REVENTO_BASE_URL": chosen.base_url,
        "REVENTO_CLIENT_ID": made.client_id,
        "REVENTO_CLIENT_SECRET": made.client_secret,
        "REVENTO_WEBHOOK_SECRET": made.webhook_secret or "",
    }
    if events and not known.get("SANDBOX_EVENT_ID"):
        told["SANDBOX_EVENT_ID"] = events[0]
    return told


async def _read(desk: Desk, raw: bytes, environment: Environment) -> Manifest:
    return await manifests.read_to_keep(raw, environment=environment, allowed=desk.settings.webhook_allow_nets)


async def _organization(tx: Tx, id: str | None) -> Organization | None:
    return await organizations.get(tx, OrganizationId(id)) if id else None


async def _owner(tx: Tx, organization: Organization | None) -> UserId | None:
    """The first owner of the organization, who finds the integration in her console."""
    members = await organizations.list_members(tx, organization.id) if organization else []
    return next((member.user_id for member in members if member.role == "owner"), None)


def _environment(desk: Desk, organization: Organization | None) -> Environment:
    """Sandbox credentials for sandbox organizations and laptops, production ones for real organizations."""
    if organization is not None:
        return "sandbox" if organization.is_sandbox else "production"
    if desk.settings.development:
        return _SANDBOX
    raise Failed("--organization is needed: outside development an integration is registered for an organization")


async def _client(tx: Tx, id: str, environment: str | None) -> Client:
    """The client that is meant. Raises `NoRow`, `Failed` when there are two and none was named."""
    integration = await integrations.get(tx, IntegrationId(id))
    found = [
        one for one in await clients.list_clients(tx, integration.id) if environment in (None, str(one.environment))
    ]
    if not found:
        raise Failed(f"{id} has no {environment} credentials")
    if len(found) > 1:
        raise Failed(f"{id} has sandbox and production credentials; say which with --environment")
    return found[0]
