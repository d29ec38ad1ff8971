"""Promise: whatever changes between two pages, no row comes twice and none that stayed is missed (contract §4)."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revento.contract import endpoints
from revento.kernel import ids
from revento.kernel.db import Database, Tx
from tests.api import world as worlds
from tests.api.conftest import Api, serve
from tests.api.world import World
from tests.conftest import MovableClock

Add = Callable[[Tx, World, datetime], Awaitable[str]]


def adds(prefix: str, statement: str) -> Add:
    """A row with nothing special about it, created at a given time."""

    async def add(tx: Tx, world: World, at: datetime) -> str:
        id = ids.new(prefix)
        await tx.run(statement, event=world.event_id, id=id, at=at)  # pyright: ignore[reportArgumentType]
        return id

    return add


async def add_participant(tx: Tx, world: World, at: datetime) -> str:
    return (await worlds.add_person(tx, world, at=at))["id"]


LISTS: dict[str, tuple[str, Add]] = {
    "list_participants": ("participants", add_participant),
    "list_activities": (
        "activities",
        adds(
            "act",
            """INSERT INTO activities (event_id, id, title, is_published, starts_at, ends_at, created_at, updated_at)
               VALUES (%(event)s, %(id)s, 'Round', true, %(at)s, %(at)s, %(at)s, %(at)s)""",
        ),
    ),
    "list_threads": (
        "threads",
        adds(
            "thr",
            """INSERT INTO threads (event_id, id, title, color, created_at, updated_at)
               VALUES (%(event)s, %(id)s, 'Track', '#aabbcc', %(at)s, %(at)s)""",
        ),
    ),
    "list_locations": (
        "locations",
        adds(
            "loc",
            """INSERT INTO locations (event_id, id, kind, name, created_at, updated_at)
               VALUES (%(event)s, %(id)s, 'venue', 'Castle', %(at)s, %(at)s)""",
        ),
    ),
    "list_registration_waves": (
        "registration_waves",
        adds(
            "wav",
            """INSERT INTO registration_waves (event_id, id, title, opens_at, closes_at, created_at, updated_at)
               VALUES (%(event)s, %(id)s, 'Early', %(at)s, %(at)s + interval '1 day', %(at)s, %(at)s)""",
        ),
    ),
}
# What happens between two pages: an addition at one of a few moments, so that many rows share one, or a deed on a row.
DEEDS = st.tuples(st.sampled_from(["add", "change", "drop"]), st.integers(0, 30))


def test_promise_every_list_of_the_contract_is_tried() -> None:
    assert set(LISTS) == {one.name for one in endpoints.ALL if one.is_list}


class List:
    """One list of an event of its own, changed and read."""

    def __init__(self, world: World, table: str, add: Add) -> None:
        self.world, self.table, self._add = world, table, add
        self.there: list[str] = []
        self.stayed: set[str] = set()

    async def do(self, deed: str, number: int) -> None:
        """Adds, changes or removes a row."""
        world = self.world
        if deed == "add":
            async with world.db.tx() as tx:
                self.there.append(await self._add(tx, world, world.now + timedelta(seconds=number % 6)))
        elif self.there:
            id = self.there[number % len(self.there)]
            if deed == "change":
                statement = f"UPDATE {self.table} SET updated_at = %(now)s WHERE event_id = %(event)s AND id = %(id)s"
                await worlds.change(world, statement, now=world.now + timedelta(days=1), event=world.event_id, id=id)
                return
            self.there.remove(id)
            self.stayed.discard(id)
            statement = f"DELETE FROM {self.table} WHERE event_id = %(event)s AND id = %(id)s"
            await worlds.change(world, statement, event=world.event_id, id=id)


async def beginning(world: World, name: str, rows: list[int]) -> tuple[List, str]:
    """The list with its first rows in an event of its own, and a token for it."""
    async with world.db.tx() as tx:
        event_id = await worlds.add_event(tx, world)
        own = replace(world, event_id=event_id)
        own.installation_id = await worlds.install(tx, own, event_id)
    one = List(own, *LISTS[name])
    for number in rows:
        await one.do("add", number)
    one.stayed = set(one.there)
    how: dict[str, Any] = {"event_id": event_id, "installation_id": own.installation_id}
    return one, await worlds.installation_token(own, expires_at=world.now + timedelta(days=9), **how)


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: MovableClock) -> AsyncGenerator[Api]:
    async for client in serve(database_url, tmp_path, clock):
        yield client


@pytest.mark.parametrize("name", LISTS)
@settings(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.integers(0, 5), min_size=1, max_size=14),
    limit=st.integers(1, 4),
    between=st.lists(st.lists(DEEDS, max_size=4), max_size=10),
)
async def test_promise_no_row_comes_twice_and_none_that_stayed_is_missed(
    api: Api,
    db: Database,
    clock: MovableClock,
    name: str,
    rows: list[int],
    limit: int,
    between: list[list[tuple[str, int]]],
) -> None:
    one, token = await beginning(await worlds.make(db, clock.now(), people=0), name, rows)
    path = endpoints.BY_NAME[name].path.replace("{event_id}", one.world.event_id) + f"?limit={limit}"
    seen: list[str] = []
    deeds, cursor = iter(between), ""
    while True:
        clock.pass_(seconds=3)
        answer = await api.read(path + cursor, token)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
        for deed, number in next(deeds, []):
            await one.do(deed, number)
    assert len(seen) == len(set(seen))
    assert one.stayed <= set(seen)
