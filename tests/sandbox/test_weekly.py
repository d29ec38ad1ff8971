"""The sandbox is made anew every Monday, by the worker's own clock."""

import asyncio
from pathlib import Path

import psycopg

from revento.cli import edge, sandbox
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.kernel.jobs import queue
from revento.sandbox import sheets
from revento.workers import jobs
from tests.conftest import MovableClock

SIGN_IN = "SELECT id, email, password_hash FROM users WHERE is_sandbox ORDER BY id"
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
OF_EVENTS = """
    SELECT c.table_name
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.column_name = 'event_id' AND t.table_type = 'BASE TABLE'
"""
HISTORY = ("audit_", "messages", "message_queue", "procrastinate_")  # grows with every reset, and is meant to


async def reset(url: str, data_dir: Path, clock: MovableClock) -> None:
    """Puts the weekly task into the queue, as the timetable does, and works until it is done."""
    stop = asyncio.Event()
    settings = Settings.read({"DATABASE_URL": url, "REVENTO_DATA_DIR": str(data_dir)}, env="development")
    working = asyncio.create_task(jobs.run(settings, stop, clock=clock))
    db = await Database.open(url, size=1)
    async with db.tx() as tx:
        await queue.defer(tx, "sandbox.reset", timestamp=int(clock.now().timestamp()))
    async with asyncio.timeout(60):
        while await left(db):  # noqa: ASYNC110 (a row in a database wakes nobody)
            await asyncio.sleep(0.05)
    stop.set()
    await working
    await db.close()


async def left(db: Database) -> bool:
    async with db.tx() as tx:
        return await tx.one(
            bool,
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = 'sandbox.reset'"
            " AND status IN ('todo', 'doing'))",
        )


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def counts(url: str) -> dict[str, int]:
    """How many rows each table has that is no history."""
    tables = [str(name) for (name,) in ask(url, TABLES) if not str(name).startswith(HISTORY)]
    return {name: int(str(ask(url, f'SELECT count(*) FROM "{name}"')[0][0])) for name in tables}


def build(url: str, data_dir: Path) -> None:
    """A sandbox as `revento up` makes it."""
    settings = Settings.read({"DATABASE_URL": url, "REVENTO_DATA_DIR": str(data_dir)}, env="development")
    edge.run_at(url, settings, sandbox.rebuild)


def test_the_timetable_knows_it() -> None:
    assert "30 4 * * 1" in {task.cron for task in queue.app.periodic_registry.periodic_tasks.values()}


async def test_a_week_later_everything_is_new_around_the_new_today(
    database_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    await asyncio.to_thread(build, database_url, tmp_path)
    before, people = sheets.read(tmp_path), ask(database_url, SIGN_IN)
    clock.pass_(days=9)
    await reset(database_url, tmp_path, clock)
    after = sheets.read(tmp_path)
    assert after is not None
    assert before is not None
    assert (after.integrations, after.organizations) == (before.integrations, before.organizations)
    assert [each.id for each in after.events] == [each.id for each in before.events]
    assert {each.password for each in after.people} == {each.password for each in before.people}
    assert [(id, email) for id, email, _ in ask(database_url, SIGN_IN)] == [(id, email) for id, email, _ in people]
    under_way = "SELECT title FROM events WHERE starts_at <= %(now)s AND ends_at > %(now)s"
    with psycopg.connect(database_url) as connection:
        assert len(connection.execute(under_way, {"now": clock.now()}).fetchall()) == 1


async def test_passwords_stay_where_the_sheet_is_not_kept_and_no_row_is_left_over(
    database_url: str, tmp_path: Path, clock: MovableClock
) -> None:
    await asyncio.to_thread(build, database_url, tmp_path / "here")
    before, people = counts(database_url), ask(database_url, SIGN_IN)
    clock.pass_(days=1)
    await reset(database_url, tmp_path / "elsewhere", clock)
    assert not (tmp_path / "elsewhere" / "sandbox.json").exists()
    assert ask(database_url, SIGN_IN) == people
    assert counts(database_url) == before
    for (table,) in ask(database_url, OF_EVENTS):
        lost = f'SELECT event_id FROM "{table}" WHERE event_id IS NOT NULL EXCEPT SELECT id FROM events'
        assert ask(database_url, lost) == [], table
