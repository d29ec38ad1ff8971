"""A reset in the middle of somebody's page walk: clean answers before, during and after it; nothing is left behind."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from revento.contract.scopes import TokenKind
from revento.identity import proofs
from revento.integrations.credentials import queries as clients
from revento.integrations.installations import actions as installations
from revento.kernel.db import Database
from revento.kernel.ids import EventId, UserId
from revento.oauth.families import actions as families
from revento.sandbox import actions as sandbox
from tests.conftest import MovableClock
from tests.developer.conftest import registered
from tests.integrations.connected import KEYS, binding
from tests.visits import Site, opened

TABLES = """
    SELECT relname FROM pg_class
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
       AND relname !~ '^(procrastinate_|alembic_)'
     ORDER BY relname
"""
# What grows with every deed, by design: the log of deeds, and what waits to be routed.
GROW = {"audit_log", "messages", "message_queue", "api_requests", "api_hours"}


@pytest.fixture
def database_url(sandbox_url: str) -> str:
    """The sandbox is there."""
    return sandbox_url


@pytest.fixture
async def site(database_url: str, clock: MovableClock, tmp_path: Path) -> AsyncGenerator[Site]:
    async with opened(database_url, clock, tmp_path) as made:
        yield made


async def own_event(site: Site, owner: UserId) -> EventId:
    async with site.db.tx() as tx:
        organization = await sandbox.open_for(tx, owner, now=site.clock.now())
        return EventId(await tx.one(str, "SELECT id FROM events WHERE organization_id = %(id)s", id=organization))


async def token(site: Site, owner: UserId, event_id: EventId) -> str:
    """An installation token with a budget that a test does not spend."""
    ruben = await site.as_user(owner)
    made = await registered(site, ruben)
    async with site.db.tx() as tx:
        client = await clients.find_client(tx, made.client_id)
        assert client is not None
        manager = await proofs.as_integration_manager(tx, owner, event_id)
        scopes = ["event.read", "participants.read"]
        installation = await installations.connect(tx, manager, client, scopes, now=site.clock.now())
        await tx.run(
            """INSERT INTO rate_limits (id, integration_id, kind, per_hour, per_minute, in_flight, set_by, set_at)
               VALUES ('lim_1', %(id)s, 'installation', 100000, 100000, 50, %(by)s, %(now)s)""",
            id=made.id,
            by=owner,
            now=site.clock.now(),
        )
        _, pair = await families.issue(
            tx, binding(installation, TokenKind.INSTALLATION), scopes, keys=KEYS, now=site.clock.now()
        )
    return pair.access_token


async def walk(site: Site, event_id: EventId, bearer: str) -> list[str]:
    """Every page of participants; the ids, in order. Every answer is a clean one."""
    client, cursor, seen = (await site.anybody()).client, "", []
    while True:
        query = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
        headers = {"Authorization": f"Bearer {bearer}"}
        answer = await client.get(f"/api/v1/events/{event_id}/participants", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert set(page) == {"data", "next_cursor", "has_more"}
        seen += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            return seen
        cursor = page["next_cursor"]


def counted(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES) if name not in GROW]
        count = sql.SQL("SELECT count(*) FROM {}")
        return {name: connection.execute(count.format(sql.Identifier(name))).fetchone()[0] for name in names}


async def test_a_page_walk_through_resets_gets_clean_answers_and_nothing_is_left_behind(
    db: Database, site: Site, clock: MovableClock
) -> None:
    owner = (await site.person("Ruben de Graaf")).user_id
    assert owner is not None
    event_id = await own_event(site, owner)
    bearer = await token(site, owner, event_id)
    before = await walk(site, event_id, bearer)
    walks: list[list[str]] = []
    done = asyncio.Event()

    async def walking() -> None:
        while not done.is_set():
            walks.append(await walk(site, event_id, bearer))
            await asyncio.sleep(0.05)  # the resets get their turn sooner, and are met by as many pages

    async def resetting() -> dict[str, int]:
        async with db.tx() as tx:
            await sandbox.reset_for(tx, owner, now=clock.now())
        return await asyncio.to_thread(counted, db.url)

    workers = [asyncio.create_task(walking()) for _ in range(3)]
    try:
        first, second = await resetting(), await resetting()
    finally:
        done.set()
        await asyncio.gather(*workers)
    assert len(walks) >= 3
    for each in walks:
        assert len(each) == len(set(each))
    assert sorted(await walk(site, event_id, bearer)) == sorted(before)
    assert second == first
