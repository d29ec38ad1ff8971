"""`revento migrate`: bring the schema to the newest revision."""

import typer

from revento.cli import edge, terminal
from revento.kernel import migrations

app = typer.Typer()


@app.command()
def migrate(json: terminal.Json = False) -> None:
    """Bring the database to the newest revision. Safe to run while Revento runs, and twice."""
    with edge.database_url(edge.settings()) as url:
        was_current = migrations.is_current(url)
        migrations.upgrade(url)
    if json:
        terminal.as_json({"changed": not was_current})
    else:
        terminal.note("Nothing to do." if was_current else "The schema is at its newest revision.")
