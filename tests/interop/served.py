"""Revento as it runs: a process of its own that listens on loopback, with its log in a file."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import msgspec

from revento.identity.sessions import actions as sessions
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.ids import UserId
from revento.kernel.secrets import Box, Keys
from tests.oauth import given
from tests.ports import free_port

KEY = "a key for tests that nobody else uses and that is long enough"
START_S = 150  # a busy machine takes its time to import everything


class Served(msgspec.Struct):
    """Where it is, what is in it, what it logs."""

    origin: str
    db: Database
    con: given.Convention
    log: Path
    pid: int

    async def browser(self, name: str) -> httpx.AsyncClient:
        """Somebody's, signed in."""
        return httpx.AsyncClient(base_url=self.origin, cookies={"revento_session": await self.session(name)})

    async def session(self, name: str) -> str:
        """The value of somebody's cookie."""
        async with self.db.tx() as tx:
            opened = await sessions.open_for(
                tx, UserId(self.con.people[name]), address="127.0.0.1", user_agent="tests", now=Clock().now()
            )
        return opened.token


@asynccontextmanager
async def serving(db: Database, folder: Path, **environ: str) -> AsyncGenerator[Served]:
    """`revento serve` on this database, with the convention of the OAuth tests in it."""
    con = await given.convention(db, Clock(), Box(Keys(KEY)))
    async with serving_too(db, folder, con, **environ) as revento:
        yield revento


@asynccontextmanager
async def serving_too(db: Database, folder: Path, con: given.Convention, **environ: str) -> AsyncGenerator[Served]:
    """One more process beside another that serves this database."""
    port, log = free_port(), folder / "serve.log"
    own = {"DATABASE_URL": db.url, "PORT": str(port), "REVENTO_DATA_DIR": str(folder), "REVENTO_SECRET_KEY": KEY}
    own |= {"REVENTO_ENV": "development", "REVENTO_BASE_URL": f"http://127.0.0.1:{port}", **environ}
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "revento.cli", "serve"), env=os.environ | own, stdout=written, stderr=written
        )
        try:
            await _ready(f"http://127.0.0.1:{port}", process)
            yield Served(f"http://127.0.0.1:{port}", db, con, log, process.pid)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _ready(origin: str, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(timeout=30) as client, asyncio.timeout(START_S):
        while process.returncode is None:
            try:
                if (await client.get(f"{origin}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError("the server ended by itself; see serve.log")
