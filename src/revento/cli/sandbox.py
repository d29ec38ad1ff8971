"""`revento sandbox`: the test convention. Build it anew, or show who and what is in it."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.kernel import secrets
from revento.sandbox import actions, cast, sample, sheets
from revento.sandbox.models import Credentials, Sheet

app = typer.Typer(help="The test convention: people, events, credentials.")


@app.command()
def reset(json: terminal.Json = False) -> None:
    """Make the sandbox as it was: same ids, same connections, fresh contents, dates relative to today."""
    sheet = edge.run(rebuild, makes=True)
    if json:
        terminal.as_json(sheet)
    else:
        terminal.note(f"The sandbox is as new: {len(sheet.events)} events, {len(sheet.people)} people.")


@app.command()
def show(json: terminal.Json = False) -> None:
    """Print who can sign in, the events, and the credentials of the sample integration."""
    sheet = _sheet()
    if json:
        terminal.as_json(sheet)
        return
    terminal.table(
        ("role", "name", "e-mail", "password"), [(p.role, p.name, p.email, p.password) for p in sheet.people]
    )
    terminal.note("")
    terminal.table(("event", "name", "organization"), [(e.id, e.name, e.organization_id) for e in sheet.events])
    terminal.note("")
    shown = [(each.id, each.name, each.client_id, each.client_secret) for each in sheet.integrations]
    terminal.table(("integration", "name", "client id", "client secret"), shown)


@app.command()
def env(
    event: Annotated[
        str | None, typer.Option("--event", metavar="ID", help="SANDBOX_EVENT_ID; else the next one.")
    ] = None,
    json: terminal.Json = False,
) -> None:
    """Print the settings of a quickstart, for its `.env`: the sample integration's credentials and an event."""
    sheet = _sheet()
    if not sheet.integrations:
        raise Failed("this sandbox has no sample integration; `revento integrations register` makes one of your own")
    sample = sheet.integrations[0]
    known = [each.id for each in sheet.events]
    if event is not None and event not in known:
        raise Failed(f"there is no event {event} in the sandbox; there are {', '.join(known)}")
    told = {
        "REVENTO_BASE_URL": sheet.base_url,
        "REVENTO_CLIENT_ID": sample.client_id,
        "REVENTO_CLIENT_SECRET": sample.client_secret,
        "REVENTO_WEBHOOK_SECRET": sample.webhook_secret or "",
        "REVENTO_REDIRECT_URI": sample.redirect_uris[0],
        "SANDBOX_EVENT_ID": event or known[0],
        "PORT": str(urlsplit(sample.redirect_uris[0]).port or 80),
    }
    if json:
        terminal.as_json(told)
        return
    for name, value in told.items():
        terminal.note(f"{name}={value}")


def _sheet() -> Sheet:
    sheet = sheets.read(edge.settings().data_dir)
    if sheet is None:
        raise Failed("there is no sandbox yet; `revento up` makes one, `revento sandbox reset` too")
    return sheet


async def ensure(desk: Desk) -> Sheet:
    """The sandbox, made when it is missing, when its sheet is, or when none of its conventions is under way."""
    known = sheets.read(desk.settings.data_dir)
    if known is not None:
        async with desk.db.tx() as tx:
            fresh = await sheets.is_fresh(tx, now=desk.clock.now())
        if fresh:
            return sheets.write(desk.settings.data_dir, msgspec.structs.replace(known, base_url=desk.settings.base_url))
    return await rebuild(desk)


async def rebuild(desk: Desk) -> Sheet:
    """The sandbox made anew, and the sheet written. The password stays when there is one."""
    known = sheets.read(desk.settings.data_dir)
    password = known.people[0].password if known and known.people else secrets.new_password()
    now = desk.clock.now()
    async with desk.db.tx() as tx:
        made = await actions.build(tx, password, with_operator=desk.settings.development, now=now)
        await actions.rebuild_own(tx, now=now)
        credentials: list[Credentials] = []
        if desk.settings.development:  # it listens on this machine, where in production nothing may be called
            before = known.integrations[0] if known and known.integrations else None
            owner = made.people[cast.INTEGRATOR]
            credentials.append(await sample.put(tx, owner, before, desk.box, seed=actions.SEED, now=now))
        sheet = await sheets.draw_up(tx, desk.settings.base_url, password, credentials)
    return sheets.write(desk.settings.data_dir, sheet)
