"""`revento trigger`: make something happen in the sandbox, so that its webhook is sent."""

from typing import Annotated

import typer

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.cli.terminal import Failed
from revento.kernel.ids import EventId
from revento.sandbox import happenings

app = typer.Typer()
_MOST = 10_000


@app.command()
def trigger(
    type: Annotated[str, typer.Argument(metavar="TYPE", help="A webhook type, such as application.approved.")],
    event: Annotated[str, typer.Option("--event", metavar="ID", help="An event of the sandbox (evt_…).")],
    count: Annotated[int, typer.Option("--count", min=1, max=_MOST, help="How often, each a message of its own.")] = 1,
    json: terminal.Json = False,
) -> None:
    """Perform the real action behind a webhook type, once or COUNT times."""
    if type not in happenings.DEEDS:
        raise Failed(f"there is no webhook type {type!r}; there are {', '.join(sorted(happenings.DEEDS))}")
    deed = happenings.DEEDS[type]

    async def work(desk: Desk) -> list[str]:
        done: list[str] = []
        for _ in range(count):
            async with desk.db.tx() as tx:
                done.append(await deed(await happenings.at(tx, EventId(event), now=desk.clock.now())))
        return done

    done = edge.run(work)
    if json:
        terminal.as_json({"type": type, "event_id": event, "count": len(done), "resource_ids": done})
    else:
        terminal.note(f"{type} happened {len(done)} time(s): {', '.join(done[:5])}{' …' if len(done) > 5 else ''}")
