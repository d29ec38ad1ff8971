"""What the long-running commands share: their settings, whom they follow, how they are told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module

import msgspec
import uvloop

from revento.cli.terminal import Failed
from revento.kernel import db, log
from revento.kernel.config import Misconfigured, Settings
from revento.workers import lifeline
from revento.workers.tree import EARLY, PARENT


def ready_to_work(*, needs: str | None = None) -> Settings:
    """The settings, once it is certain that the database answers. Raises `Misconfigured`, `Unreachable`.

    Started early by `revento up`, it imports what it `needs` while the database starts.
    """
    if (parent := os.environ.get(PARENT)) is not None:
        lifeline.follow(int(parent))
    if os.environ.pop(EARLY, None) is not None:
        if needs is not None:
            import_module(needs)
        _take_orders()
    settings = Settings.read(os.environ)
    if settings.database_url is None:
        raise Misconfigured("DATABASE_URL", "is missing; `revento up` brings a database of its own")
    db.reach(settings.database_url)
    log.configure(level=os.environ.get("REVENTO_LOG_LEVEL", "INFO"))
    return settings


def _take_orders() -> None:
    """Waits for the surroundings that `Child.go` tells."""
    told = sys.stdin.read()
    if not told:
        sys.exit(1)  # whoever was to tell is gone
    os.environ.update(msgspec.json.decode(told, type=dict[str, str]))


def until_told_to_stop(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Runs `work` until SIGTERM or Ctrl-C sets its event. Raises `Failed` when it ends by itself."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(work))


async def _run(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, stop.set)
    await work(stop)
    if not stop.is_set():
        raise Failed("the worker ended by itself")
