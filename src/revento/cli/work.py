"""`revento work`: background jobs."""

import typer

from revento.cli import running
from revento.workers import jobs

app = typer.Typer()


@app.command()
def work() -> None:
    """Run background jobs: mail, exports, expiry, retention. Stateless: run as many as you like."""
    settings = running.ready_to_work()
    running.until_told_to_stop(lambda stop: jobs.run(settings, stop))
