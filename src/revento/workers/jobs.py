"""The job worker: takes background jobs from PostgreSQL and runs them until told to stop (`revento work`)."""

import asyncio
from contextlib import suppress
from typing import Any, Final

import procrastinate

from revento.kernel import log
from revento.kernel.clock import Clock
from revento.kernel.config import Misconfigured, Settings
from revento.kernel.db import Database
from revento.kernel.jobs import queue
from revento.kernel.secrets import Box, Keys, load_or_create_key
from revento.workers import (
    access,
    care,
    examine,
    expire,
    forget_tokens,
    forget_uploads,
    look_at_pages,
    mail,
    reset_sandbox,
    retention,
    rewrite_documents,
    seal_audit,
    tell_applicants,
    tell_moved_up,
)
from revento.workers.tools import Tools

TASKS: Final = (  # importing a module registers its tasks
    access,
    care,
    examine,
    expire,
    forget_tokens,
    forget_uploads,
    look_at_pages,
    mail,
    reset_sandbox,
    retention,
    rewrite_documents,
    seal_audit,
    tell_applicants,
    tell_moved_up,
)
_AT_ONCE: Final = 4
_GRACE_S: Final = 9
_logger: Final = log.logger("jobs")


async def run(settings: Settings, stop: asyncio.Event, *, clock: Clock | None = None) -> None:
    """Works until `stop` is set, then finishes what is in flight within 9 s."""
    if settings.database_url is None:
        raise Misconfigured("DATABASE_URL", "is missing; `revento up` brings a database of its own")
    db = await Database.open(settings.database_url, size=_AT_ONCE + 1)
    keys = Keys(settings.secret_key or load_or_create_key(settings.data_dir))
    tools = Tools(settings, db, clock or Clock(), keys, Box(keys))
    connector = procrastinate.PsycopgConnector(conninfo=settings.database_url, max_size=_AT_ONCE + 2)
    try:
        with queue.app.replace_connector(connector) as app:
            async with app.open_async():
                await _work(app, tools, stop)
    finally:
        await db.close()


async def _work(app: procrastinate.App, tools: Tools, stop: asyncio.Event) -> None:
    options: Any = {
        "concurrency": _AT_ONCE,
        "install_signal_handlers": False,
        "listen_notify": True,
        "fetch_job_polling_interval": 1.0,
        "delete_jobs": "successful",
        "shutdown_graceful_timeout": _GRACE_S,
        "additional_context": {"tools": tools},
    }
    worker = asyncio.create_task(app.run_worker_async(**options))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
