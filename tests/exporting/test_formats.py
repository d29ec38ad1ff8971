"""What goes out comes in again: every format is read by our own import with the same sessions."""

import csv
import io

import pytest

from revento.events.exporting import calendar, frab, queries, table
from revento.events.importing import actions
from revento.kernel.db import Database
from revento.kernel.ids import EventId
from tests.importing.world import host, published

WRITERS = {"json": frab.as_json, "xml": frab.as_xml, "ics": calendar.as_ics}


@pytest.mark.parametrize("kind", WRITERS)
async def test_an_export_comes_in_again_as_it_went_out(db: Database, clock, kind: str) -> None:
    people = await host(db, clock.now())
    told = await people.bring(published("pretalx-good2025.json"))
    async with db.tx() as tx:
        whole = await queries.whole(tx, EventId(told.event_id or ""))
    written = WRITERS[kind](whole, "https://revento.example")
    read, zone = actions.read(written, time_zone=None)
    assert zone == "US/Eastern"
    assert {(each.title, each.starts_at, each.ends_at, each.room, each.track) for each in read.sessions} == {
        (item.title, item.starts_at, item.ends_at, whole.place_of(item), whole.thread_of(item)) for item in whole.items
    }
    again = await people.bring(written, EventId(told.event_id or ""))
    assert (again.created, again.vanished) == (0, [])


async def test_the_table_has_a_line_for_each_and_runs_no_formula(db: Database, clock) -> None:
    people = await host(db, clock.now())
    told = await people.bring(published("pretalx-good2025.json"))
    async with db.tx() as tx:
        await tx.run("UPDATE activities SET title = '=1+1' WHERE title = 'Contributor Jam'")
        whole = await queries.whole(tx, EventId(told.event_id or ""))
    rows = list(csv.DictReader(io.StringIO(table.as_csv(whole).decode("utf-8-sig"))))
    assert len(rows) == 72
    assert "'=1+1" in {row["title"] for row in rows}
