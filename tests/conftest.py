"""What every test may ask for: a real database of its own, and a clock whose hands it moves.

One PostgreSQL server per run (the workers of pytest-xdist share it), one migrated template, a clone per test.
"""

import asyncio
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from revento.kernel import migrations
from revento.kernel.clock import Clock
from revento.kernel.db import Database
from revento.kernel.embedded import Embedded

TEMPLATE = "revento_template"
IN_MEMORY = Path("/dev/shm")  # cloning a database is making 700 small files: 50 ms of CPU here, 150 to 800 on a disk
ROOM = 4 << 30  # bytes that a run may need at once
# Nothing here outlives the run, so nothing is forced to disk.
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "300",
}
_numbers = itertools.count(1)
# The files that take a worker longest, longest first.
LONG = (
    "tests/browser/test_every_page.py",
    "tests/flows/test_first_day.py",
    "tests/flows/test_crash.py",
    "tests/guide/test_followed.py",
    "tests/guide/test_samples.py",
    "tests/flows/test_own_server.py",
    "tests/flows/test_three_people.py",
    "tests/sandbox/test_reset_under_load.py",
    "tests/interop/test_api.py",
    "tests/interop/test_clients.py",
    "tests/browser/test_season.py",
    "tests/browser/test_imports.py",
)
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
# No sandbox: test machines run as root. Nothing that calls home.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--disable-default-apps", "--mute-audio"),
    *("--disable-back-forward-cache", "--disable-hang-monitor", "--disable-popup-blocking", "--disable-extensions"),
    *("--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--hide-scrollbars"),
    *("--disable-background-timer-throttling", "--force-color-profile=srgb", "--password-store=basic"),
    "--disable-field-trial-config",
    # Two pages that each window would load for its address bar: a second of CPU for every context.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
)


def fast_folder() -> str | None:
    """Where files that need not outlive the run are made fastest; `None`: wherever temporary files go."""
    if os.access(IN_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(IN_MEMORY).free >= ROOM:
        return str(IN_MEMORY)
    return None


if (memory := fast_folder()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)  # `tmp_path` too: many tests start servers there


class Server:
    """The run's PostgreSQL and its migrated template."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="revento-test-", dir=fast_folder()))
        self.postgres = Embedded.start(self.folder / "pg", settings=NOT_DURABLE)
        try:
            execute(self.url, f"CREATE DATABASE {TEMPLATE}")
            migrations.upgrade(named(self.url, TEMPLATE))
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        return self.postgres.url

    def stop(self) -> None:
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: the last one to be handed out is what one worker does while the others have nothing left."""
    items.sort(key=lambda item: LONG.index(name) if (name := _file_of(item)) in LONG else len(LONG))


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def pytest_configure_node(node) -> None:
    """pytest-xdist is about to start a worker: tell it where the server is."""
    node.workerinput["postgres_url"] = _server_of(node.config).url


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run is over."""
    server: Server | None = getattr(config, "revento_server", None)
    if server is not None:
        server.stop()


def _server_of(config: pytest.Config) -> Server:
    if not hasattr(config, "revento_server"):
        config.revento_server = Server()
    return config.revento_server


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The server's own database; tests get clones, see `database_url`."""
    handed_over: dict[str, str] = getattr(request.config, "workerinput", {})
    return handed_over.get("postgres_url") or _server_of(request.config).url


@pytest.fixture
def empty_database_url(postgres_url: str) -> Generator[str]:
    """A database with nothing in it, for this test alone."""
    with _database(postgres_url, "") as url:
        yield url


@pytest.fixture
def database_url(postgres_url: str) -> Generator[str]:
    """A migrated database for this test alone: a clone of the template, some 20 ms."""
    with cloned(postgres_url) as url:
        yield url


@pytest.fixture
async def db(database_url: str) -> AsyncGenerator[Database]:
    """The same, opened."""
    database = await Database.open(database_url, size=10)
    yield database
    await database.close()


class MovableClock(Clock):
    """Stands still until told."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def pass_(self, **duration: float) -> datetime:
        """Lets time pass: `clock.pass_(minutes=5)`. Returns the new now."""
        self._at += timedelta(**duration)
        return self._at


@pytest.fixture
def clock() -> MovableClock:
    """Begins at this second, so that what PostgreSQL stamps itself lies near; from there on it is yours."""
    return MovableClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture(scope="session")
def sandbox_template(postgres_url: str) -> Generator[str]:
    """The name of a database with the sandbox in it. Built once: it takes seconds of a processor, a clone 50 ms."""
    from tests import furnished

    with cloned(postgres_url) as url:
        asyncio.run(furnished.build(url))
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def sandbox_url(postgres_url: str, sandbox_template: str) -> Generator[str]:
    """A database with the sandbox in it, for this test alone. Where all of a file want it, `database_url` is this."""
    with cloned(postgres_url, sandbox_template) as url:
        yield url


@contextmanager
def cloned(server_url: str, template: str = TEMPLATE) -> Generator[str]:
    """A migrated database for as long as this is open."""
    with _database(server_url, f"TEMPLATE {template} STRATEGY FILE_COPY") as url:
        yield url


@contextmanager
def _database(server_url: str, how: str) -> Generator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    execute(server_url, f"CREATE DATABASE {name} {how}")
    yield named(server_url, name)
    execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def execute(url: str, statement: str) -> None:
    """Runs one statement outside a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """One Chromium for all tests of a worker, each of which gets contexts of its own; where to reach it."""
    profile = tmp_path_factory.mktemp("chromium")
    wished = ("--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank")
    assert CHROMIUM is not None, "run scripts/bootstrap browser"
    process = subprocess.Popen([CHROMIUM, *QUIET, *wished], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{_port_of(profile / 'DevToolsActivePort', process)}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _port_of(told: Path, process: subprocess.Popen[bytes]) -> str:
    """The port that Chromium has written down, once it listens there."""
    ends_at = time.monotonic() + 60
    while not (told.exists() and told.read_text().count("\n")):
        assert process.poll() is None, "Chromium ended"
        assert time.monotonic() < ends_at, "Chromium did not start"
        time.sleep(0.05)
    return told.read_text().splitlines()[0]
