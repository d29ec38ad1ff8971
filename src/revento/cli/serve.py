"""The three processes of an installation, one command each: web and API, webhooks, background jobs."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Annotated, Final

import typer
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from revento.cli import terminal
from revento.kernel import db, log
from revento.kernel.config import Misconfigured, Settings
from revento.workers import lifeline
from revento.workers.tree import PARENT

app = typer.Typer()
WorkerLoop = Callable[[Settings, asyncio.Event], Awaitable[None]]
# A worker that hangs is ended before the 10 s in which a process has to be gone are over.
_STOP_S: Final = 9
_Workers = Annotated[int, typer.Option("--workers", min=1, help="Web processes; more than one needs Valkey.")]


@app.command()
def serve(workers: _Workers = 1) -> None:
    """Run the web application and the API. Stateless: run as many as you like."""
    settings = _ready_to_work()
    refuse_many_without_valkey(workers, settings)
    server = Server(
        "revento.cli.granian_worker:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=workers,
        factory=True,
        workers_kill_timeout=_STOP_S,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        websockets=False,
    )
    server.serve()


@app.command()
def dispatch() -> None:
    """Send webhooks. Stateless: dispatchers share the work by leases."""
    _loop("revento.workers.dispatch")


@app.command()
def work() -> None:
    """Run background jobs: mail, exports, expiry, retention."""
    _loop("revento.workers.jobs")


def refuse_many_without_valkey(workers: int, settings: Settings) -> None:
    """Rate limits are exact, so several web processes must share them. Raises `Misconfigured`."""
    if workers > 1 and settings.valkey_url is None:
        raise Misconfigured("REVENTO_VALKEY_URL", f"is needed by {workers} web workers, who must share rate limits")


def _ready_to_work() -> Settings:
    if (parent := os.environ.get(PARENT)) is not None:
        lifeline.follow(int(parent))
    settings = Settings.read(os.environ)
    if settings.database_url is None:
        raise Misconfigured("DATABASE_URL", "is missing; `revento up` brings a database of its own")
    db.reach(settings.database_url)
    return settings


def _loop(module: str) -> None:
    settings = _ready_to_work()
    log.configure(level=os.environ.get("REVENTO_LOG_LEVEL", "INFO"))
    run: WorkerLoop = import_module(module).run
    asyncio.run(_until_told_to_stop(run, settings))


async def _until_told_to_stop(run: WorkerLoop, settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, stop.set)
    await run(settings, stop)
    if not stop.is_set():
        raise terminal.Failed("the worker ended by itself")
