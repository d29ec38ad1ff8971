"""The test house itself: databases are fresh, fast and apart; the embedded server behaves."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from revento.kernel import migrations
from revento.kernel.db import Database
from revento.kernel.embedded import Embedded, InUse, WontStart, running_url

FAST = {"fsync": "off", "shared_buffers": "16MB"}


async def test_a_test_database_stands_at_the_newest_revision(database_url: str) -> None:
    assert migrations.is_current(database_url)


@pytest.mark.parametrize("round_", [1, 2])
async def test_what_one_test_commits_the_next_does_not_see(db: Database, round_: int) -> None:
    async with db.tx() as tx:
        assert await tx.one(bool, "SELECT to_regclass('left_behind') IS NULL")
        await tx.run("CREATE TABLE left_behind ()")


async def test_an_empty_database_becomes_a_migrated_one_and_stays_it(empty_database_url: str) -> None:
    assert not migrations.is_current(empty_database_url)
    migrations.upgrade(empty_database_url)
    migrations.upgrade(empty_database_url)
    assert migrations.is_current(empty_database_url)


def test_the_clock_moves_only_when_told(clock) -> None:
    before = clock.now()
    assert clock.now() == before
    assert (clock.pass_(minutes=5) - before).total_seconds() == 300
    assert clock.now().utcoffset().total_seconds() == 0


def test_the_embedded_server_keeps_what_was_committed(tmp_path: Path) -> None:
    server = Embedded.start(tmp_path / "pg", settings=FAST)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    server.stop()
    assert not server.is_running()
    assert running_url(tmp_path / "pg") is None
    again = Embedded.start(tmp_path / "pg", settings=FAST)
    try:
        assert running_url(tmp_path / "pg") == again.url
        with psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    finally:
        again.stop()


def test_the_embedded_server_forces_commits_to_disk_unless_told_otherwise(tmp_path: Path) -> None:
    server = Embedded.start(tmp_path / "pg")
    try:
        with psycopg.connect(server.url) as connection:
            settings = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "listen_addresses")]
        assert settings == [("on",), ("",)]
    finally:
        server.stop()


def test_two_cannot_run_a_server_in_one_directory(tmp_path: Path) -> None:
    server = Embedded.start(tmp_path / "pg", settings=FAST)
    try:
        with pytest.raises(InUse):
            Embedded.start(tmp_path / "pg", settings=FAST)
    finally:
        server.stop()


def test_a_directory_too_deep_for_a_socket_still_works(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    server = Embedded.start(deep / "pg", settings=FAST)
    try:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert running_url(deep / "pg") == server.url
    finally:
        server.stop()
    assert not server.socket_dir.exists()


def test_a_server_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(WontStart) as told:
        Embedded.start(tmp_path / "pg", settings={"shared_buffers": "nonsense"})
    assert str(told.value) == 'invalid value for parameter "shared_buffers": "nonsense"'


def test_another_majors_directory_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("15\n")
    with pytest.raises(WontStart) as told:
        Embedded.start(tmp_path / "pg")
    assert str(told.value) == f"{tmp_path / 'pg'} was made by PostgreSQL 15, not 18"


def test_a_server_ends_when_its_starter_is_killed_and_loses_nothing(tmp_path: Path) -> None:
    program = f"""
import os, pathlib, psycopg
from revento.kernel.embedded import Embedded
server = Embedded.start(pathlib.Path({str(tmp_path / "pg")!r}))
with psycopg.connect(server.url, autocommit=True) as connection:
    connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
os.kill(os.getpid(), {signal.SIGKILL})
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    give_up_at = time.monotonic() + 60
    while (tmp_path / "pg" / "postmaster.pid").exists() and time.monotonic() < give_up_at:
        time.sleep(0.05)
    assert not (tmp_path / "pg" / "postmaster.pid").exists()
    server = Embedded.start(tmp_path / "pg", settings=FAST)
    try:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    finally:
        server.stop()
