"""Promise: what the read API decides in SQL is what the pages and webhooks decide in Python, case by case."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from revento.events.program import queries as program
from revento.events.program import rules as program_rules
from revento.events.reading.program import queries as reading
from revento.events.waves import queries as waves
from revento.events.waves import rules as wave_rules
from revento.kernel.db import Database
from revento.kernel.reader import Reader
from tests.browser.story import convention

FIRST = (datetime(1, 1, 1, tzinfo=UTC), "")


@pytest.mark.parametrize("signups_open", [True, False])
async def test_promise_a_capacity_state_is_the_same_in_sql_and_in_python(
    db: Database, database_url: str, clock, signups_open: bool
) -> None:
    """Every capacity up to 220 around nine tenths and full; without a limit, cancelled, sign-ups closed."""
    story = await convention(db, clock, ())
    async with db.tx() as tx:
        await tx.run("DELETE FROM activities")
        await tx.run(
            """INSERT INTO activities (event_id, id, title, status, is_published, starts_at, ends_at, capacity,
                                       signups_open, signup_count, created_at, updated_at)
               SELECT %(event_id)s, 'act_' || row_number() OVER (), 'x', s.status, true, %(now)s, %(now)s, c.capacity,
                      %(open)s, n.taken, %(now)s, %(now)s
                 FROM (SELECT generate_series(0, 220) AS capacity UNION ALL SELECT NULL) c
                CROSS JOIN LATERAL (SELECT DISTINCT taken
                                      FROM unnest(ARRAY[0, 9 * capacity / 10, 9 * capacity / 10 + 1, capacity]) taken
                                     WHERE taken BETWEEN 0 AND coalesce(c.capacity, 5)) n
                CROSS JOIN (VALUES ('scheduled'), ('cancelled')) s (status)""",
            event_id=story.event_id,
            now=clock.now(),
            open=signups_open,
        )
        decided = {
            each.id: program_rules.capacity_state(each) for each in await program.list_activities(tx, story.event_id)
        }
    reader = Reader(database_url)
    told = [json.loads(row.row) for row in await reading.list_activities(reader, story.event_id)]
    await reader.close()
    assert len(told) > 1000
    assert {each["id"]: each["capacity_state"] for each in told} == decided


async def test_promise_a_waves_status_is_the_same_in_sql_and_in_python(db: Database, database_url: str, clock) -> None:
    """Before, at, within, at the end of and after its time; with no limit, places left and none."""
    story = await convention(db, clock)
    now = clock.now()
    async with db.tx() as tx:
        await tx.run("UPDATE applications SET registration_wave_id = NULL")
        await tx.run("DELETE FROM registration_waves")
        hour = timedelta(hours=1)
        spans = [(now - 2 * hour, now - hour), (now - hour, now), (now - hour, now + hour), (now, now + hour),
                 (now + hour, now + 2 * hour)]  # fmt: skip
        for number, (opens, closes) in enumerate(spans):
            for capacity in (None, 1, 2):
                await tx.run(
                    """INSERT INTO registration_waves (event_id, id, title, opens_at, closes_at, capacity, created_at,
                                                       updated_at)
                       VALUES (%(event_id)s, %(id)s, 'x', %(opens)s, %(closes)s, %(capacity)s, %(now)s, %(now)s)""",
                    event_id=story.event_id, id=f"wav_{number}_{capacity}", opens=opens, closes=closes,
                    capacity=capacity, now=now,
                )  # fmt: skip
        # One who has applied, one who withdrew and gave the place back, all in the wave that is open with one place.
        for name, status in (("Leila Haddad", "pending"), ("Marcus Oyelaran", "withdrawn")):
            await tx.run(
                "UPDATE applications SET registration_wave_id = 'wav_2_1', status = %(status)s WHERE id = %(id)s",
                status=status, id=story.applications[name],
            )  # fmt: skip
        decided = {each.id: wave_rules.status(each, now) for each in await waves.list_waves(tx, story.event_id)}
    reader = Reader(database_url)
    page = await reading.page_waves(reader, story.event_id, FIRST, 50, now=now)
    await reader.close()
    told = {each["id"]: each["status"] for each in json.loads(f"[{page.rows.decode()}]")}
    assert set(told.values()) == {"upcoming", "open", "full", "closed"}
    assert told == decided
