"""The edge of a command: its settings, its database, its transaction (architecture §4.3)."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from revento.cli import folder
from revento.kernel import db, embedded, migrations
from revento.kernel.clock import Clock
from revento.kernel.config import Misconfigured, Settings
from revento.kernel.db import Database
from revento.kernel.embedded import Embedded
from revento.kernel.secrets import KEY_FILE, Box, Keys, load_or_create_key

T = TypeVar("T")
RUNNING: Final = "running.json"  # what `revento up` tells the commands that run beside it
POSTGRES: Final = "pg"


class Desk(msgspec.Struct, frozen=True, dict=True):
    """What a command works with; `web.shared.edge.Services` is its twin."""

    settings: Settings
    db: Database
    clock: Clock
    makes: bool

    @cached_property
    def keys(self) -> Keys:
        """The installation's keys. Raises `Misconfigured` when there are none and the command is not one to make them.

        What a key of our own sealed, the server could not read.
        """
        held = self.settings.data_dir / KEY_FILE
        if self.settings.secret_key is None and not self.makes and not held.exists():
            raise Misconfigured("REVENTO_SECRET_KEY", f"is missing, and there is no {held}: use the server's")
        return Keys(self.settings.secret_key or load_or_create_key(self.settings.data_dir))

    @property
    def box(self) -> Box:
        """What seals and opens with them."""
        return Box(self.keys)


def settings() -> Settings:
    """The settings of this command. Beside a `revento up` on the same data directory, its own are the default.

    Without `DATABASE_URL` the database is the embedded one, so this is a laptop: `REVENTO_ENV` is `development`.
    Raises `Misconfigured`.
    """
    above = folder.above(Path.cwd())
    environ = ({} if above is None else {folder.VARIABLE: str(above)}) | dict(os.environ)
    first = Settings.read(environ)
    beside = _beside(first.data_dir)
    env = "development" if first.database_url is None else "production"
    return Settings.read(beside | environ, env=env)


def run(work: Callable[[Desk], Awaitable[T]], *, makes: bool = False) -> T:
    """Runs `work` with an open database: the configured one, the one of a running `revento up`, or one for the moment.

    `makes` is for the few commands that may begin a Revento where there is none. `work` opens the transaction
    (`async with desk.db.tx()`). Raises what it raises, and `Unreachable`, `WontStart`, `Misconfigured`.
    """
    chosen = settings()
    with database_url(chosen, makes=makes) as url:
        return asyncio.run(_run(chosen, url, work, makes=makes))


@contextmanager
def database_url(chosen: Settings, *, makes: bool = False) -> Generator[str]:
    """Where the database is. The embedded server is started for as long as this is open when nobody runs it.

    Raises `Misconfigured` where none was ever made: a command that asks leaves nothing behind in a folder.
    """
    if chosen.database_url is not None:
        db.reach(chosen.database_url)
        yield chosen.database_url
        return
    directory = chosen.data_dir / POSTGRES
    url = embedded.running_url(directory)
    if url is not None:
        yield url
        return
    if not makes and not is_made(chosen):
        say = f"there is no Revento in {chosen.data_dir}; `revento up` makes one, or name another, or a DATABASE_URL"
        raise Misconfigured(folder.VARIABLE, say)
    server = Embedded.start(directory)
    try:
        migrations.upgrade(server.url)
        yield server.url
    finally:
        server.stop()


def run_at(url: str, chosen: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Runs `work` with the database at `url`, for those who have brought it up themselves."""
    return asyncio.run(_run(chosen, url, work, makes=True))


def is_made(chosen: Settings) -> bool:
    """Whether the data directory holds a database of its own."""
    return (chosen.data_dir / POSTGRES / "PG_VERSION").exists()


async def _run(chosen: Settings, url: str, work: Callable[[Desk], Awaitable[T]], *, makes: bool) -> T:
    database = await Database.open(url, size=4)
    try:
        return await work(Desk(chosen, database, Clock(), makes))
    finally:
        await database.close()


def _beside(data_dir: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((data_dir / RUNNING).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
