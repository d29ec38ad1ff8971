"""What stands in the way of a start is said in one clear line, with exit code 1, and leaves nothing running."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.flows.house import REVENTO, House, alive, tree_of
from tests.ports import free_port

pytestmark = pytest.mark.slow


def said(tmp_path: Path, **environ: str) -> str:
    """What `revento up` says on its way out."""
    house = House(tmp_path / "data", **environ)
    up = subprocess.Popen([*REVENTO, "up"], env=house.environ, stdout=-1, stderr=-1, text=True)
    tree = tree_of(up.pid)
    _, err = up.communicate(timeout=120)
    assert (up.returncode, err.count("\n")) == (1, 1), err
    assert err.startswith("revento: ")
    assert alive(tree) == []
    return err.removeprefix("revento: ")


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert said(tmp_path, PORT=str(port)).startswith(f"PORT: {port} is in use on 127.0.0.1; ")


@pytest.mark.parametrize(
    ("name", "value", "say"),
    [
        ("PORT", "many", "PORT: is 'many', expected a port number"),
        ("DATABASE_URL", "mysql://localhost/revento", "DATABASE_URL: expected an address that begins with postgresql"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:{port}/none", "DATABASE_URL: cannot reach the database: "),
    ],
)
def test_a_setting_that_is_wrong(tmp_path: Path, name: str, value: str, say: str) -> None:
    assert said(tmp_path, **{name: value.format(port=free_port())}).startswith(say)


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "data"
    assert said(tmp_path, REVENTO_DATA_DIR=str(path)) == f"REVENTO_DATA_DIR: cannot write to {path}: Not a directory\n"


def test_a_cluster_of_another_postgresql(tmp_path: Path) -> None:
    (tmp_path / "data" / "pg").mkdir(parents=True)
    (tmp_path / "data" / "pg" / "PG_VERSION").write_text("12\n")
    assert said(tmp_path).startswith("PostgreSQL won't start: ")


def test_a_cluster_that_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "data" / "pg").mkdir(parents=True, mode=0o700)
    (tmp_path / "data" / "pg" / "PG_VERSION").write_text("18\n")
    assert said(tmp_path).startswith("PostgreSQL won't start: ")
