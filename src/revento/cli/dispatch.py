"""`revento dispatch`: the webhook dispatcher."""

import typer

from revento.cli import running, terminal
from revento.workers import dispatch as worker

app = typer.Typer()


@app.command()
def dispatch() -> None:
    """Send webhooks. Stateless: run as many as you like, they share the work."""
    settings = running.ready_to_work()
    try:
        running.until_told_to_stop(lambda stop: worker.run(settings, stop))
    except worker.ClockOff as error:
        raise terminal.Failed(str(error)) from error
