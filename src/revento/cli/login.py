"""`revento login` and `revento logout`: let this machine speak for one of your integrations.

The approval is in the browser, as in RFC 8628: no password and no secret is typed here. With `--integration`, `--event`
and `--as` it is something else, kept for tests and trying out: a participant's consent without a browser.
"""

import socket
import time
import webbrowser
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from revento.cli import remembered, server, terminal
from revento.cli.remembered import Login
from revento.cli.terminal import Failed

app = typer.Typer()
_SLOWER_S: Final = 2.0
_SECONDS_MOST: Final = 900.0

Integration = Annotated[str | None, typer.Option("--integration", metavar="ID", help="Development: the integration.")]
Event = Annotated[str | None, typer.Option("--event", metavar="ID", help="Development: the event.")]
As = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Development: which participant consents.")]
Scope = Annotated[str | None, typer.Option("--scope", help="Development: some of the declared scopes.")]


@app.command()
def login(
    at: server.Server = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    integration: Integration = None,
    event: Event = None,
    as_: As = None,
    scope: Scope = None,
    json: terminal.Json = False,
) -> None:
    """Let this machine speak for one of your integrations: compare a code in your browser, and approve."""
    if integration and event and as_:
        consents = import_module("revento.cli.consents")  # it brings the database's driver, which a login needs not
        consents.sign_in(integration, event, as_, scope, json)
        return
    if integration or event or as_ or scope:
        raise Failed("a consent without a browser needs all of --integration, --event and --as; else give none of them")
    base = server.base_url(at)
    told = _approved(base, _opened(base, json=json, no_browser=no_browser))
    made = Login(**{name: told[name] for name in Login.__struct_fields__})
    remembered.keep(base, made)
    if json:
        shown = {"server": base, "client_id": made.client_id, "integration_id": made.integration_id}
        terminal.as_json(shown | {"environment": made.environment, "expires_at": made.expires_at})
    else:
        terminal.note(f"Approved. This machine speaks for {made.integration_name} ({made.environment}) at {base}")
        terminal.note(f"until {made.expires_at}; its credentials are in {remembered.path()}.")


@app.command()
def logout(at: server.Server = None, json: terminal.Json = False) -> None:
    """Forget this machine's credentials for a server."""
    base = server.base_url(at)
    gone = remembered.forget(base)
    if json:
        terminal.as_json({"server": base, "forgotten": gone is not None})
    elif gone is None:
        terminal.note(f"There was no login for {base}.")
    else:
        page = f"{base}/developer/integrations/{gone.integration_id}/credentials"
        terminal.note(f"Forgotten. The secret itself counts until {gone.expires_at}; end it at {page}")


def _opened(base: str, *, json: bool, no_browser: bool) -> dict[str, Any]:
    """A new login at the server; says where to approve it."""
    asked = _asked(base, "", {"machine": socket.gethostname()})
    address = asked["verification_uri_complete"]
    say = f"Open {address} and approve the code {asked['user_code']}"
    if json:
        terminal.warn(say)
    else:
        terminal.note(f"{say}\nWaiting for your approval, {asked['expires_in'] // 60} minutes at most …")
    if not no_browser and terminal.out.is_terminal:
        webbrowser.open(address)
    return asked


def _approved(base: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Asks until somebody has decided. Raises `Failed` for a no and when nobody did in time."""
    wait, ends_at = float(asked["interval"]), time.monotonic() + min(asked["expires_in"], _SECONDS_MOST)
    while time.monotonic() < ends_at:
        told = _asked(base, "/poll", {"device_code": asked["device_code"]})
        if told["status"] == "approved":
            return told
        if told["status"] == "denied":
            raise Failed("the login was refused in the browser; nothing was stored")
        if told["status"] == "expired":
            break
        wait += _SLOWER_S if told["status"] == "slow_down" else 0.0
        time.sleep(wait)
    raise Failed("nobody approved the login in time; run revento login again")


def _asked(base: str, path: str, body: dict[str, str]) -> dict[str, Any]:
    answer = server.post(base, f"/api/v1/integration/logins{path}", body)
    if not answer.is_success:
        raise Failed(server.refusal(answer))
    return answer.document
