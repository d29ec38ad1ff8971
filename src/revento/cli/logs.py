"""`revento logs`: what the integration asked of the API, and how that was answered."""

import json as jsons
import time
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from revento.cli import server, terminal
from revento.cli.server import Client

app = typer.Typer()
_EVERY_S: Final = 2.0
_PAGE: Final = 100  # what may come between two looks


@app.command()
def logs(
    tail: Annotated[bool, typer.Option("--tail", "-f", help="Go on showing requests as they come.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="How many to begin with.")] = 25,
    errors: Annotated[bool, typer.Option("--errors", help="Only those that were refused.")] = False,
    at: server.Server = None,
    client_id: server.ClientId = None,
    client_secret: server.ClientSecret = None,
    json: terminal.Json = False,
) -> None:
    """Show the latest requests, the newest last; each with its request id."""
    client = Client(at, client_id, client_secret)
    query: dict[str, object] = {"limit": _PAGE, "errors": int(errors)}
    rows = client.ask("GET", "/requests", query=query)["data"]
    _show(rows[:limit], json)
    seen = {row["request_id"] for row in rows}
    while tail:
        time.sleep(_EVERY_S)
        rows = [row for row in client.ask("GET", "/requests", query=query)["data"] if row["request_id"] not in seen]
        seen |= {row["request_id"] for row in rows}
        _show(rows, json)


def _show(rows: list[dict[str, Any]], json: bool) -> None:
    for row in reversed(rows):
        if json:
            print(jsons.dumps(row), flush=True)
            continue
        colour = "green" if row["status"] < 400 else "red"
        error = f" {row['error']}" if row["error"] else ""
        asked = escape(f"{row['method']} {row['path']}{'?' if row['query'] else ''}{row['query'] or ''}")
        took = f"{row['duration_ms']:.0f} ms, {row['rows']} row(s)"
        terminal.out.print(f"{row['at']} [{colour}]{row['status']}[/] {asked} {took}{error}")
        terminal.out.print(f"  request {row['request_id']}", style="dim", markup=False)
