"""The first day on a PostgreSQL of one's own: over TCP, with a password. What is wrong with its address is said."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from playwright.async_api import Page

from revento.kernel.embedded import Embedded
from tests.conftest import NOT_DURABLE
from tests.flows import first_day
from tests.flows.house import running
from tests.flows.test_in_the_way import said
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
PASSWORD = "a lantern: at/low@tide"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that knows nothing of Revento but a database and its owner."""
    port = free_port()
    over_tcp = {"listen_addresses": "127.0.0.1", "port": str(port)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPORT", str(port))  # the port also names the socket
        server = Embedded.start(tmp_path_factory.mktemp("own") / "pg", settings=NOT_DURABLE | over_tcp)
    try:
        hba = server.directory / "pg_hba.conf"
        hba.write_text("host all keeper 127.0.0.1/32 scram-sha-256\n" + hba.read_text())
        with psycopg.connect(server.url, port=port, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE keeper LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE conventions OWNER keeper")
            connection.execute("SELECT pg_reload_conf()")
        yield f"postgresql://keeper:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/conventions"
    finally:
        server.stop()


async def test_the_same_day_on_a_server_of_ones_own(
    address: str, tmp_path: Path, page_at: Callable[..., Awaitable[Page]]
) -> None:
    with running(tmp_path / "data", DATABASE_URL=address) as house:
        assert "yours, from DATABASE_URL" in house.banner
        message = await first_day.live_it(house, "python", tmp_path, await page_at(1280))
        assert message["type"] == "application.approved"
        assert house.stop() == []
    assert not (tmp_path / "data" / "pg").exists()


def test_a_wrong_password_and_a_missing_database_are_said(address: str, tmp_path: Path) -> None:
    reached = "DATABASE_URL: cannot reach the database: "
    wrong = said(tmp_path, DATABASE_URL=address.replace("keeper:", "keeper:x"))
    assert wrong.startswith(reached)
    assert 'password authentication failed for user "keeper"' in wrong
    missing = said(tmp_path, DATABASE_URL=address.replace("/conventions", "/nowhere"))
    assert missing.startswith(reached)
    assert 'database "nowhere" does not exist' in missing
    assert quote(PASSWORD, safe="") not in wrong + missing
