"""`revento api` and `revento tokens`: ask the read API, look at a token."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from revento.cli import server, terminal
from revento.cli.server import Client
from revento.cli.terminal import Failed
from revento.contract import limits
from revento.kernel import secrets

app = typer.Typer()
tokens = typer.Typer(no_args_is_help=True, help="Look at access and refresh tokens.")
app.add_typer(tokens, name="tokens")

Token = Annotated[str | None, typer.Option("--token", help="An access token; REVENTO_ACCESS_TOKEN; - reads it.")]
_KINDS: Final = {
    limits.INSTALLATION_PREFIX: "installation access token",
    limits.USER_PREFIX: "user access token",
    limits.REFRESH_PREFIX: "refresh token",
    limits.CODE_PREFIX: "authorization code",
    limits.CLIENT_SECRET_PREFIX: "client secret",
}


@app.command()
def api(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET.")],
    path: Annotated[
        str,
        typer.Argument(metavar="PATH", help="/events/evt_…/participants; /integration/installations; without /api/v1."),
    ],
    query: Annotated[list[str] | None, typer.Option("--query", "-q", metavar="NAME=VALUE")] = None,
    token: Token = None,
    include: Annotated[bool, typer.Option("--include", "-i", help="Show status and headers too.")] = False,
    every_page: Annotated[bool, typer.Option("--all", help="Follow the cursor to the last page.")] = False,
    at: server.Server = None,
    json: terminal.Json = False,
) -> None:
    """Ask the API once, and print what it says. Exit code 1 when it says no."""
    pairs = dict(_pair(one) for one in query or [])
    ask = _asking(path, method, token, at)
    answer = ask(pairs)
    if include and not json:
        _show_head(answer)
    if not answer.is_success:
        if json or include:
            print(answer.text)
        raise Failed(server.refusal(answer))
    document = answer.document
    if every_page:
        document = _every_page(ask, pairs, document)
    terminal.as_json(document)


@tokens.command()
def inspect(
    token: Annotated[str, typer.Argument(help="The token; - reads it from standard input.")],
    offline: Annotated[bool, typer.Option("--offline", help="Only look at its shape; ask nobody.")] = False,
    at: server.Server = None,
    client_id: server.ClientId = None,
    client_secret: server.ClientSecret = None,
    json: terminal.Json = False,
) -> None:
    """Say what a token is: its kind and checksum, and what the server knows about it."""
    value = _read(token)
    facts = _shape(value)
    if not offline:
        client = Client(at, client_id, client_secret)
        answer = client.form("/oauth/introspect", {"token": value})
        if not answer.is_success:
            raise Failed(server.refusal(answer))
        facts |= answer.document
    if json:
        terminal.as_json(facts)
    else:
        terminal.table(("", ""), [(name, _told(name, fact)) for name, fact in facts.items()])
    if not facts["well_formed"]:
        raise typer.Exit(1)


def _told(name: str, fact: Any) -> Any:
    """A fact as people read it: the server tells times in epoch seconds."""
    return datetime.fromtimestamp(fact, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if name in ("exp", "iat") else fact


def _shape(value: str) -> dict[str, Any]:
    """What can be told without asking: the prefix and the checksum (contract §2.2)."""
    for prefix, kind in _KINDS.items():
        if value.startswith(prefix):
            return {"kind": kind, "well_formed": secrets.is_well_formed(value, prefix)}
    return {"kind": "not one of Revento's", "well_formed": False}


def _read(value: str) -> str:
    return sys.stdin.readline().strip() if value == "-" else value


def _bearer(given: str | None) -> str:
    value = (
        _read(given) if given else os.environ.get("REVENTO_ACCESS_TOKEN") or server.dotenv().get("REVENTO_ACCESS_TOKEN")
    )
    if not value:
        raise Failed("an access token is needed: --token, or REVENTO_ACCESS_TOKEN (`revento connect` prints one)")
    return value


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Failed(f"--query: write NAME=VALUE, not {text!r}")
    return name, value


def _show_head(answer: server.Answer) -> None:
    terminal.out.print(f"HTTP {answer.status}  ({answer.took_s * 1000:.0f} ms)", markup=False)
    for name, value in answer.headers.items():
        terminal.out.print(f"{name}: {value}", markup=False)
    terminal.out.print()


def _asking(path: str, method: str, token: str | None, at: str | None) -> Callable[[dict[str, str]], server.Answer]:
    """How to ask for this path: the integration's own endpoints with its credentials, all others with a token."""
    below = path.removeprefix("/api/v1").lstrip("/")
    if token is None and (below == "integration" or below.startswith("integration/")):
        client = Client(at, None, None)
        return lambda query: client.send(method.upper(), f"/api/v1/{below}", query=query)
    bearer, base = _bearer(token), server.base_url(at)
    return lambda query: server.api(base, bearer, method, path, query)


def _every_page(ask: Callable[[dict[str, str]], server.Answer], query: dict[str, str], first: Any) -> list[Any]:
    """Everything of a list, page by page."""
    rows, page = list(first["data"]), first
    while page["has_more"]:
        answer = ask(query | {"cursor": page["next_cursor"]})
        if not answer.is_success:
            raise Failed(server.refusal(answer))
        page = answer.document
        rows += page["data"]
    return rows
