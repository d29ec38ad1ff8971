"""`revento sandbox`: the test convention. Build it anew, or show who and what is in it."""

from typing import Any

import msgspec
import typer

from revento.cli import edge, files, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.kernel import secrets
from revento.sandbox import actions, cast, sample, sheets
from revento.sandbox.models import Credentials, Sheet

app = typer.Typer(help="The test convention: people, events, credentials.")


@app.command()
def reset(json: terminal.Json = False) -> None:
    """Make the sandbox as it was: same ids, same connections, fresh contents, dates relative to today."""
    sheet = edge.run(rebuild)
    if json:
        terminal.as_json(sheet)
    else:
        terminal.note(f"The sandbox is as new: {len(sheet.events)} events, {len(sheet.people)} people.")


@app.command()
def show(json: terminal.Json = False) -> None:
    """Print who can sign in, the events, and the credentials of the sample integration."""
    sheet = sheets.read(edge.settings().data_dir)
    if sheet is None:
        raise Failed("there is no sandbox yet; `revento up` makes one, `revento sandbox reset` too")
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


async def ensure(desk: Desk) -> Sheet:
    """The sandbox, made when it is missing, when its sheet is, or when none of its conventions is under way."""
    known = sheets.read(desk.settings.data_dir)
    if known is not None:
        async with desk.db.tx() as tx:
            fresh = await sheets.is_fresh(tx, now=desk.clock.now())
        if fresh:
            return _keep(desk, msgspec.structs.replace(known, base_url=desk.settings.base_url))
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
    return _keep(desk, sheet)


def _keep(desk: Desk, sheet: Sheet) -> Sheet:
    document: Any = msgspec.json.format(msgspec.json.encode(sheet), indent=2)
    files.write_private(desk.settings.data_dir / sheets.FILE, document + b"\n")
    return sheet
