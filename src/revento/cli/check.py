"""`revento check`: is this integration ready for production? The conformance kit (contract §10)."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from revento.cli import terminal
from revento.cli.conformance import report, running, samples
from revento.cli.conformance.kit import Target
from revento.cli.conformance.models import Check, Finding
from revento.cli.terminal import Failed
from revento.webhooks import signing

app = typer.Typer()
_SERVER: Final = "http://localhost:8000"
_PORT: Final = 8765

Path_ = Annotated[str, typer.Option(metavar="PATH", help="Where it is, below URL; or a whole address.")]
Words = Annotated[list[str] | None, typer.Option(metavar="ID", help="Checks whose id begins so; may be repeated.")]


@app.command()
def check(
    url: Annotated[
        str, typer.Argument(help="Where the integration runs: http://localhost:3000")
    ] = "http://localhost:3000",
    webhook: Path_ = "/webhooks/revento",
    connect: Path_ = "/connect",
    redirect_uri: Annotated[
        str | None, typer.Option(help="As registered; REVENTO_REDIRECT_URI or URL/callback.")
    ] = None,
    webhook_secret: Annotated[str | None, typer.Option(help="The real one; REVENTO_WEBHOOK_SECRET.")] = None,
    client_id: Annotated[str | None, typer.Option(help="REVENTO_CLIENT_ID.")] = None,
    client_secret: Annotated[str | None, typer.Option(help="REVENTO_CLIENT_SECRET.")] = None,
    event: Annotated[str | None, typer.Option(metavar="ID", help="SANDBOX_EVENT_ID.")] = None,
    probe: Annotated[str | None, typer.Option(metavar="PATH", help="A page that shows what was received.")] = None,
    read: Annotated[
        str | None, typer.Option(metavar="'POST /path'", help="A route that makes it read the API.")
    ] = None,
    login: Annotated[
        str | None, typer.Option(metavar="PATH", help="Its login_url, if it has Login with Revento.")
    ] = None,
    webview: Annotated[str | None, typer.Option(metavar="PATH", help="Its page for the event's navigation.")] = None,
    start: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Start it, against the kit's own Revento.")
    ] = None,
    provider_port: Annotated[int, typer.Option(help="Where the kit's own Revento listens; 0: any.")] = _PORT,
    deletion_wait: Annotated[float, typer.Option(help="Seconds until a deletion must be confirmed.")] = 10.0,
    only: Words = None,
    skip: Words = None,
    strict: Annotated[bool, typer.Option("--strict", help="Advice and what can't be seen count as failures.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Only say which checks there are.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML, for CI.")] = None,
    report_file: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a signed report.")] = None,
    json: terminal.Json = False,
) -> None:
    """Run the production checklist against a running integration. Exit code 1 when something fails."""
    checks = running.chosen(only or [], skip or [])
    if list_:
        _list(checks, json)
        return
    base = url.rstrip("/")
    target = Target(
        base_url=base,
        webhook_path=webhook,
        connect_path=connect,
        redirect_uri=redirect_uri or os.environ.get("REVENTO_REDIRECT_URI") or f"{base}/callback",
        client_id=_told(client_id, "REVENTO_CLIENT_ID", "conformance-kit"),
        client_secret=_told(client_secret, "REVENTO_CLIENT_SECRET", "conformance-kit-secret"),
        webhook_secret=_secret(webhook_secret, start),
        event_id=_told(event, "SANDBOX_EVENT_ID", samples.EVENT),
        probe=probe,
        read=read,
        login=login,
        webview=webview,
        deletion_wait_s=deletion_wait,
    )
    _see_address(base)
    findings = asyncio.run(running.run(target, checks, port=provider_port, start=start, tell=_tell(json)))
    _write(findings, target, junit, report_file, json)
    if running.failures(findings, strict=strict):
        raise typer.Exit(1)


def _told(given: str | None, variable: str, default: str) -> str:
    return given or os.environ.get(variable) or default


def _secret(given: str | None, start: str | None) -> str:
    """The webhook secret that the integration holds. Started by us, it holds whatever we tell it."""
    secret = given or os.environ.get("REVENTO_WEBHOOK_SECRET")
    if secret:
        return secret
    if start is None:
        raise Failed("set REVENTO_WEBHOOK_SECRET to the secret that your integration holds (or use --start)")
    return signing.new_secret()


def _see_address(base: str) -> None:
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failed(f"{base!r} is not an address; give one such as http://localhost:3000")


def _tell(json: bool) -> Callable[[Finding], None]:
    """Shows that it goes on, on stderr, so that stdout holds the result only."""
    if json or not sys.stderr.isatty():
        return lambda _: None
    return lambda found: print(f"\r\033[K  {found.id}", end="", file=sys.stderr, flush=True)


def _write(findings: list[Finding], target: Target, junit: Path | None, report_file: Path | None, json: bool) -> None:
    document = report.document(findings, target=target.base_url, client_id=target.client_id, now=datetime.now(UTC))
    if junit is not None:
        report.write(junit, report.junit(findings, target.base_url))
    if report_file is not None:
        report.write(report_file, report.signed(document, target.webhook_secret))
    if json:
        terminal.as_json(document)
        return
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    report.show(findings, os.environ.get("REVENTO_BASE_URL", _SERVER).rstrip("/"))
    if report_file is not None:
        terminal.note(f"The signed report is in {report_file}: attach it to your submission.")


def _list(checks: list[Check], json: bool) -> None:
    rows = [{"id": one.id, "title": one.title, "why": one.why, "read": one.read} for one in checks]
    if json:
        terminal.as_json(rows)
    else:
        terminal.table(("check", "what it looks at"), [(row["id"], row["title"]) for row in rows])
