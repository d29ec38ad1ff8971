"""Dispatchers as processes of their own, for tests that stop, freeze and kill them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.webhooks import world


class Process:
    """One `revento dispatch`."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self.running = running

    def send(self, what: signal.Signals) -> None:
        self.running.send_signal(what)

    async def ends(self, *, within: float = 60.0) -> int:
        """Waits for its end; the exit code."""
        async with asyncio.timeout(within):
            return await self.running.wait()

    async def kill(self) -> None:
        """`kill -9`, and it is gone."""
        if self.running.returncode is None:
            self.running.kill()
        await self.running.wait()


def environ(database_url: str, folder: Path, *, ladder: str) -> dict[str, str]:
    return dict(os.environ) | {
        "DATABASE_URL": database_url,
        "REVENTO_DATA_DIR": str(folder),
        "REVENTO_SECRET_KEY": world.SECRET_KEY,
        "REVENTO_WEBHOOK_ALLOW_NETS": "127.0.0.0/8,::1/128",
        "REVENTO_WEBHOOK_RETRY_SCHEDULE": ladder,
        "REVENTO_LOG_LEVEL": "WARNING",
    }


async def start(database_url: str, folder: Path, *, ladder: str = "0,1,1,1") -> Process:
    """Starts one; its words go to a file in `folder`."""
    with (folder / "dispatch.log").open("ab") as log:
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "revento.cli",
            "dispatch",
            env=environ(database_url, folder, ladder=ladder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return Process(running)


@asynccontextmanager
async def dispatching(database_url: str, folder: Path, *, ladder: str = "0,1,1,1") -> AsyncGenerator[Process]:
    """One for a while; killed at the end if it still runs."""
    process = await start(database_url, folder, ladder=ladder)
    try:
        yield process
    finally:
        await process.kill()
