"""`revento manifest`: is it right, what does it change, put it in force (contract §8)."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from revento.cli import server, terminal
from revento.cli.server import Client
from revento.cli.terminal import Failed
from revento.contract.errors import Refused
from revento.contract.manifest import Environment
from revento.integrations.manifests import actions as manifests

app = typer.Typer(no_args_is_help=True, help="Check a manifest, see what it changes, put it in force.")
File = Annotated[Path, typer.Argument(metavar="FILE", help="The manifest, JSON.")]
_CONSENT: Final = 2  # exit code: somebody must consent anew
_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))  # what a development server lets through


@app.command()
def validate(
    file: File = Path("manifest.json"),
    environment: Annotated[str, typer.Option("--environment", help="sandbox or production.")] = "sandbox",
    json: terminal.Json = False,
) -> None:
    """Check a manifest by every rule, without asking a server. Exit code 1 when something is wrong."""
    if environment not in ("sandbox", "production"):
        raise Failed("--environment is sandbox or production")
    wrong = _wrong(file, environment)
    if json:
        terminal.as_json({"file": str(file), "environment": environment, "valid": not wrong, "wrong": wrong})
    else:
        for path, say in wrong.items():
            terminal.out.print(f"{path}: {say}", markup=False)
        terminal.note(f"{file}: {len(wrong)} to correct" if wrong else f"{file} is right for {environment}")
    if wrong:
        raise typer.Exit(1)


@app.command()
def diff(
    file: File = Path("manifest.json"),
    at: server.Server = None,
    client_id: server.ClientId = None,
    client_secret: server.ClientSecret = None,
    json: terminal.Json = False,
) -> None:
    """Say what a manifest would change, and who must consent anew. Exit code 2 when somebody must, for CI."""
    told = _sent(file, Client(at, client_id, client_secret), dry_run=True)
    _show(told, json)
    if told["must_consent_anew"]:
        raise typer.Exit(_CONSENT)


@app.command()
def push(
    file: File = Path("manifest.json"),
    at: server.Server = None,
    client_id: server.ClientId = None,
    client_secret: server.ClientSecret = None,
    json: terminal.Json = False,
) -> None:
    """Put a manifest in force. Connected events that must consent anew keep their old grant until they do."""
    told = _sent(file, Client(at, client_id, client_secret), dry_run=False)
    _show(told, json)


def _wrong(file: Path, environment: Environment) -> dict[str, str]:
    nets = _LOOPBACK if environment == "sandbox" else ()
    try:
        manifests.read(_read(file), environment=environment, allowed=nets)
    except Refused as refused:
        return refused.extra["fields"]
    return {}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from error


def _sent(file: Path, client: Client, *, dry_run: bool) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(_read(file))
    except msgspec.DecodeError as error:
        raise Failed(f"{file} is not JSON: {error}") from error
    answer = client.send("POST", "/api/v1/integration/manifest", query={"dry_run": int(dry_run)}, body=document)
    if answer.status == 400 and isinstance(answer.document.get("fields"), dict):
        for path, say in answer.document["fields"].items():
            terminal.warn(f"{path}: {say}")
        raise Failed(f"the manifest was refused ({len(answer.document['fields'])} to correct); nothing was changed")
    if not answer.is_success:
        raise Failed(server.refusal(answer))
    return answer.document


def _show(told: dict[str, Any], json: bool) -> None:
    if json:
        terminal.as_json(told)
        return
    if not told["changes"]:
        terminal.note(f"Nothing changes; version {told['version']} is in force.")
        return
    terminal.table(("path", "before", "after"), [(one["path"], one["before"], one["after"]) for one in told["changes"]])
    for one in told["must_consent_anew"]:
        terminal.note(f"{one['event_title']} ({one['event_id']}) must consent anew: {', '.join(one['lacking'])}")
    if told["in_force"]:
        terminal.note(f"Version {told['version']} is in force.")
    if told["webhook_secret"]:
        terminal.note(f"REVENTO_WEBHOOK_SECRET={told['webhook_secret']}  (shown this once)")
