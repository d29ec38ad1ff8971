"""`revento export`: a whole event as one file, or its program for other tools."""

from pathlib import Path
from typing import Annotated, Final

import typer

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.cli.importing import acting_for
from revento.cli.terminal import Failed
from revento.events.archiving import actions as archives
from revento.events.events import queries as events
from revento.events.exporting import kinds, queries
from revento.identity import proofs
from revento.kernel import files
from revento.kernel.ids import EventId

app = typer.Typer(no_args_is_help=True, help="Take an event or its program out.")
Id = Annotated[str, typer.Argument(metavar="ID", help="The event (evt_…).")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")]
_PRIVATE: Final = "It holds names, e-mail addresses and answers of everybody who applied: keep it like those."


@app.command()
def event(
    id: Id,
    file: File,
    who: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="Who does it; else the organization's owner.")
    ] = None,
    json: terminal.Json = False,
) -> None:
    """Write the whole event as one file that `revento import archive` reads, here or elsewhere."""

    async def work(desk: Desk) -> bytes:
        async with desk.db.tx() as tx:
            found = await events.get(tx, EventId(id))
            user_id = await acting_for(tx, who, found.organization_id)
            organizer = await proofs.as_organizer(tx, user_id, found.id)
            return await archives.write(tx, organizer, made_by=desk.settings.base_url, now=desk.clock.now())

    content = edge.run(work)
    files.write_private(file, content)
    _done(file, content, json=json)
    if not json:
        terminal.note(_PRIVATE)


@app.command()
def schedule(
    id: Id,
    file: File,
    json: terminal.Json = False,
) -> None:
    """Write the published program; the file's ending says how: .ics, .json, .xml or .csv."""
    kind = file.suffix.lstrip(".").lower()
    if kind not in kinds.MEDIA:
        raise Failed(f"{file} has to end in one of .{', .'.join(kinds.MEDIA)}")

    async def work(desk: Desk) -> bytes:
        async with desk.db.tx() as tx:
            return kinds.write(await queries.whole(tx, EventId(id)), kind, desk.settings.base_url)

    content = edge.run(work)
    file.write_bytes(content)
    _done(file, content, json=json)


def _done(file: Path, content: bytes, *, json: bool) -> None:
    if json:
        terminal.as_json({"file": str(file), "bytes": len(content)})
    else:
        terminal.note(f"{file}: {len(content):,} bytes.")
