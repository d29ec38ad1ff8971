"""`revento audit`: the audit log and the proof that nobody has changed it."""

import typer

from revento.cli import edge, terminal
from revento.cli.edge import Desk
from revento.identity.audit import chain
from revento.identity.audit.chain import Verdict

app = typer.Typer(no_args_is_help=True, help="The audit log's hash chain.")


@app.callback()
def audit() -> None:
    """The audit log's hash chain."""


@app.command()
def verify(json: terminal.Json = False) -> None:
    """Walk the whole chain and compare every sealed row. Exit code 1 when something was changed."""
    verdict = edge.run(_verify)
    if json:
        terminal.as_json(verdict)
    elif verdict.wrong is None:
        terminal.note(f"Whole: {verdict.rows} rows under {verdict.seals} seals, {verdict.unsealed} not sealed yet.")
        terminal.note(f"Newest seal: {verdict.head or 'none'}")
    if verdict.wrong is not None:
        raise terminal.Failed(f"the audit log was changed: {verdict.wrong}")


async def _verify(desk: Desk) -> Verdict:
    async with desk.db.tx() as tx:
        return await chain.verify(tx)
