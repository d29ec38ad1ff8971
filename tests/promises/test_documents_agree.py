"""Promise: a participant as it is stored is the participant as it is, after every door and whatever is shared."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from revento.events.applications import queries as applications
from revento.events.forms import actions
from revento.events.forms import queries as forms
from revento.events.participants import queries, shapes
from revento.events.reading.people import queries as reading
from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.kernel.ids import ApplicationId, EventId
from revento.kernel.reader import Reader
from revento.workers import jobs
from tests.api import world as worlds
from tests.api.world import World
from tests.browser.story import convention

START = (datetime.min.replace(tzinfo=UTC), "")
# Every column of an application and of a participant that integrations see, changed in every order that doors do it.
CHANGES = (
    "UPDATE participants SET display_name = 'Zoë \"Zed\" O''Neill', updated_at = %(now)s",
    "UPDATE applications SET role = 'host'",
    "UPDATE applications SET status = 'approved', registered_at = %(now)s, last_reviewed_at = %(now)s,"
    " last_reviewer_id = %(user)s, last_review_action = 'approved'",
    "UPDATE applications SET answers = answers || jsonb_build_object('favorite_track', 'a \\ b', 'new', 1)",
    "UPDATE applications SET answers = answers - 'favorite_track'",
    "UPDATE applications SET status = 'withdrawn', withdrawn_at = %(now)s",
    "UPDATE applications SET submitted_at = submitted_at - interval '1 day'",
    "WITH touched AS (UPDATE participants SET updated_at = %(now)s RETURNING application_id)"
    " UPDATE applications a SET role = 'staff' FROM touched t WHERE a.id = t.application_id",
    "UPDATE form_fields SET is_shared = NOT is_shared",
    "UPDATE form_fields SET is_shared = true, position = -position",
    "DELETE FROM form_fields WHERE is_shared",
)


async def told(world: World, reader: Reader) -> list[dict[str, Any]]:
    """The page, the filtered page and each by its id, which agree."""
    page = await reading.page(reader, world.event_id, START, 50)
    filtered = await reading.page(reader, world.event_id, START, 50, updated_since=START[0])
    single = [await reading.find(reader, world.event_id, one["id"]) for one in world.people]
    assert page.rows == filtered.rows == b",".join(one or b"" for one in single)
    return json.loads(b"[%s]" % page.rows)


async def stale(db: Database, event_id: str) -> int:
    """How many are stored with other fields than those shared now."""
    statement = "SELECT count(*) FROM participants WHERE event_id = %(id)s AND document_keys <> shared_keys(%(id)s)"
    async with db.tx() as tx:
        return await tx.one(int, statement, id=event_id)


async def test_promise_a_stored_participant_is_the_participant(db: Database, database_url: str, clock) -> None:
    world = await worlds.make(db, clock.now())
    reader = Reader(database_url)
    for change in CHANGES:
        await worlds.change(world, change, now=clock.now(), user=world.organizer_id)
        async with db.tx() as tx:
            rows = [await queries.get(tx, world.event_id, one["id"]) for one in world.people]
        assert await told(world, reader) == [msgspec.to_builtins(shapes.participant(row)) for row in rows], change
    await reader.close()


async def test_promise_a_field_that_is_not_shared_any_more_is_gone_from_the_next_page(
    db: Database, database_url: str, clock
) -> None:
    """Before anything is written anew, and after; an application that was being written meanwhile hides as well."""
    world = await worlds.make(db, clock.now())
    reader = Reader(database_url)
    assert all(one["custom_form_fields"] for one in await told(world, reader))
    async with db.tx() as writing:
        world.people.append(await worlds.add_person(writing, world))
        await worlds.change(world, "UPDATE form_fields SET is_shared = false")
    assert [one["custom_form_fields"] for one in await told(world, reader)] == [{}] * len(world.people)
    assert await stale(db, world.event_id) == len(world.people)
    async with db.tx() as tx:
        assert await queries.rewrite_documents(tx, EventId(world.event_id), 3) == 3
        assert await queries.rewrite_documents(tx, EventId(world.event_id), 3) == len(world.people) - 3
    assert await stale(db, world.event_id) == 0
    assert [one["custom_form_fields"] for one in await told(world, reader)] == [{}] * len(world.people)
    await reader.close()


async def test_a_form_that_changed_has_the_documents_written_anew(
    db: Database, database_url: str, clock, tmp_path: Path
) -> None:
    story = await convention(db, clock)
    async with db.tx() as tx:
        ada = await proofs.as_organizer(tx, story.people["Ada Moss"], story.event_id)
        for field in await forms.list_fields(tx, story.event_id):
            await actions.put_field(tx, ada, msgspec.structs.replace(field, is_shared=False), now=clock.now())
        assert await queries.are_documents_stale(tx, story.event_id)
    stop = asyncio.Event()
    settings = Settings.read({"DATABASE_URL": database_url, "REVENTO_DATA_DIR": str(tmp_path)}, env="development")
    working = asyncio.create_task(jobs.run(settings, stop, clock=clock))
    async with asyncio.timeout(30):
        while await stale(db, story.event_id):  # noqa: ASYNC110 (a row in a database wakes nobody)
            await asyncio.sleep(0.05)
    stop.set()
    await working


WRITTEN = "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'participants'"


async def test_a_decision_writes_its_participant_once_and_moves_it_in_time(db: Database, clock) -> None:
    story = await convention(db, clock)
    id, ada = ApplicationId(story.applications["Leila Haddad"]), story.people["Ada Moss"]
    for decide in (reviews.approve, reviews.reopen, reviews.reject):
        clock.pass_(minutes=1)
        async with db.tx() as tx:
            reviewer, before = await proofs.as_reviewer(tx, ada, story.event_id), await tx.one(int, WRITTEN)
            await decide(tx, reviewer, id, now=clock.now())
            assert await tx.one(int, WRITTEN) - before == 1
            application = await applications.lock(tx, EventId(story.event_id), id)
            person = await queries.get(tx, EventId(story.event_id), application.participant_id)
        assert person.updated_at == clock.now()
