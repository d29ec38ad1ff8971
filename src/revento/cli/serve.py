"""`revento serve`: the web application and the API."""

from typing import Final

import typer
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from revento.cli import running, web_workers

app = typer.Typer()
_WORKER: Final = "revento.cli.granian_worker"
_STOP_S: Final = 9  # a request that hangs is ended before the 10 s in which a process has to be gone are over


@app.command()
def serve(workers: web_workers.Workers = 1) -> None:
    """Run the web application and the API. Stateless: run as many as you like."""
    settings = running.ready_to_work(needs=_WORKER)
    web_workers.refuse_many_without_valkey(workers, settings)
    server = Server(
        f"{_WORKER}:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,  # what a proxy speaks to us; looking for HTTP/2 first costs every request 15 µs
        workers=workers,
        factory=True,
        workers_kill_timeout=_STOP_S,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        websockets=False,
    )
    server.serve()
