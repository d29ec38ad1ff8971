"""The sandbox: what contract §9 promises, made the same way every time."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from revento.contract.errors import Refused
from revento.events.clearing import actions as clearing
from revento.events.events import queries as events
from revento.events.forms import queries as forms
from revento.events.participants import queries as participants
from revento.events.program import queries as program
from revento.events.program import rules
from revento.events.program.models import Activity
from revento.events.program.places import queries as places
from revento.events.waves import queries as waves
from revento.events.waves import rules as wave_rules
from revento.events.webview_pages import queries as pages
from revento.identity import proofs
from revento.identity.users import actions as users
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from revento.kernel.ids import EventId
from revento.sandbox import actions, sheets
from revento.sandbox.actions import Built
from revento.sandbox.models import Sheet
from revento.web.organizer.desk import BEGINNING
from tests import furnished
from tests.conftest import cloned

PASSWORD = furnished.PASSWORD


async def built(db: Database, clock: Clock) -> Built:
    async with db.tx() as tx:
        return await actions.build(tx, PASSWORD, now=clock.now())


@pytest.fixture
async def sandbox(sandbox_url: str) -> AsyncIterator[Database]:
    """A sandbox for this test alone."""
    database = await Database.open(sandbox_url)
    yield database
    await database.close()


@pytest.fixture(scope="module")
def seen_url(postgres_url: str, sandbox_template: str) -> Iterator[str]:
    """A sandbox for all tests here that only look."""
    with cloned(postgres_url, sandbox_template) as url:
        yield url


@pytest.fixture
async def there(seen_url: str) -> AsyncIterator[tuple[Tx, Built]]:
    """The sandbox to look at."""
    database = await Database.open(seen_url)
    async with database.tx() as tx:
        yield tx, furnished.there()
    await database.close()


async def contents(tx: Tx, event_id: EventId) -> list[Any]:
    """Everything that a reset makes, without the times at which it was made."""
    found: list[Any] = [
        await places.list_threads(tx, event_id),
        await places.list_locations(tx, event_id),
        await forms.list_fields(tx, event_id),
        await waves.list_waves(tx, event_id),
        await program.list_activities(tx, event_id, drafts=True),
        await participants.page(tx, event_id, BEGINNING, limit=500),
        [(each.id, each.title, each.body, each.visibility) for each in await pages.list_pages(tx, event_id)],
    ]
    return found


async def test_one_convention_is_under_way_one_to_come_and_one_over(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    found = [await events.get(tx, id) for id in made.events.values()]
    now = clock.now()
    when = Counter("over" if e.ends_at <= now else "to come" if e.starts_at > now else "under way" for e in found)
    assert when == {"under way": 1, "to come": 2, "over": 1}
    assert sorted(Counter(event.organization_id for event in found).values()) == [2, 2]
    assert all(event.is_sandbox and event.publish_status == "published" for event in found)


async def test_a_convention_is_under_way_on_every_day_until_the_next_weekly_reset(
    there: tuple[Tx, Built], clock: Clock
) -> None:
    tx, made = there
    running = await events.get(tx, made.events["saltmarsh-festival"])
    assert running.starts_at < clock.now() < running.ends_at
    assert running.ends_at > clock.now() + timedelta(days=7)


async def test_every_thread_has_eight_to_twelve_activities_a_day(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    for id in made.events.values():
        found = await program.list_activities(tx, id, drafts=True)
        event = await events.get(tx, id)
        days = Counter((each.thread_id, (each.starts_at - event.starts_at + timedelta(hours=2)).days) for each in found)
        assert set(days.values()) <= set(range(8, 13))
        assert len({day for _, day in days}) >= 2


async def test_nobody_and_no_room_is_needed_twice_at_the_same_time(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    for id in made.events.values():
        assert rules.clashes(await program.list_bookings(tx, id)) == {}


async def test_titles_are_varied_and_texts_are_not_repeated(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    found = [each for id in made.events.values() for each in await program.list_activities(tx, id, drafts=True)]
    assert len(found) > 500
    assert len({each.title for each in found}) > 400
    assert all(len(each.description) > 80 and each.title.strip() == each.title for each in found)


async def test_thirty_people_or_more_applied_to_each_event_in_every_status(
    there: tuple[Tx, Built], clock: Clock
) -> None:
    tx, made = there
    for id in made.events.values():
        people = await participants.page(tx, id, BEGINNING, limit=500)
        statuses = Counter(each.application_status for each in people)
        assert sum(statuses.values()) >= 30
        assert set(statuses) == {"approved", "pending", "rejected", "revision_requested", "withdrawn"}
        assert {each.role for each in people} == {"participant", "host", "volunteer", "staff", "guest"}


async def test_some_answers_are_shared_and_some_are_not(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    for id in made.events.values():
        fields = await forms.list_fields(tx, id)
        shared = {field.key for field in fields if field.is_shared}
        assert {"favorite_track", "dietary_notes"} <= shared
        assert "emergency_contact" in {field.key for field in fields} - shared


async def test_places_form_a_tree_of_four_kinds(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    found = await places.list_locations(tx, made.events["lanternfold-tides"])
    kinds = {each.id: each.kind for each in found}
    assert set(kinds.values()) == {"venue", "building", "floor", "room"}
    above = {(each.kind, kinds.get(each.parent_id or "")) for each in found}
    assert above == {("venue", None), ("building", "venue"), ("floor", "building"), ("room", "floor")}


async def test_events_have_pages_for_strangers_and_for_those_with_a_place(
    there: tuple[Tx, Built], clock: Clock
) -> None:
    tx, made = there
    found = await pages.list_pages(tx, made.events["lanternfold-tides"])
    assert [(each.title, each.visibility) for each in found] == [
        ("Getting to the Grain Harbour", "everyone"),
        ("House rules", "everyone"),
        ("What to pack", "registered"),
    ]
    assert all([await pages.list_pages(tx, id) for id in made.events.values()])


async def test_waves_are_over_open_and_to_come(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, made = there
    found = await waves.list_waves(tx, made.events["lanternfold-tides"])
    assert {wave_rules.status(each, clock.now()) for each in found} == {"closed", "open", "upcoming"}


async def test_people_of_every_role_sign_in_with_the_password_of_the_sheet(
    there: tuple[Tx, Built], clock: Clock
) -> None:
    tx, _made = there
    sheet = await sheets.draw_up(tx, "http://localhost:8000", PASSWORD, [])
    assert {each.role for each in sheet.people} == {
        "operator",
        "organizer",
        "reviewer",
        "participant",
        "integrator",
    }
    for role in ("operator", "organizer", "reviewer", "participant", "integrator"):
        someone = next(each for each in sheet.people if each.role == role)
        opened = await users.sign_in(
            tx, email=someone.email, password=someone.password, address="::1", user_agent="", now=clock.now()
        )
        assert opened.__class__.__name__ == "Opened"


async def test_a_production_sandbox_has_no_operator(db: Database, clock: Clock) -> None:
    async with db.tx() as tx:
        await actions.build(tx, PASSWORD, with_operator=False, now=clock.now())
        sheet = await sheets.draw_up(tx, "https://revento.example", PASSWORD, [])
    assert "operator" not in {each.role for each in sheet.people}


async def test_a_reset_makes_the_same_again_under_the_same_ids(sandbox: Database, clock: Clock) -> None:
    made = await built(sandbox, clock)
    async with sandbox.tx() as tx:
        before = {id: await contents(tx, id) for id in made.events.values()}
        everything = await tx.all(
            Activity,
            program.LIST_ACTIVITIES,
            event_id=made.events["lanternfold-tides"],
            drafts=True,
            starts_from=None,
            starts_to=None,
        )
    async with sandbox.tx() as tx:
        ada = await proofs.as_planner(tx, made.people["organizer@sandbox.example"], made.events["lanternfold-tides"])
        await actions.clearing.empty(tx, await proofs.as_organizer(tx, ada.user_id, ada.event_id), now=clock.now())
    assert await built(sandbox, clock) == made
    async with sandbox.tx() as tx:
        assert {id: await contents(tx, id) for id in made.events.values()} == before
    assert len(everything) > 100


async def test_a_reset_a_week_later_moves_the_dates(sandbox: Database, clock) -> None:
    made = furnished.there()
    async with sandbox.tx() as tx:
        assert await sheets.is_fresh(tx, now=clock.now())
        assert not await sheets.is_fresh(tx, now=clock.now() + timedelta(days=20))
    clock.pass_(days=20)
    await built(sandbox, clock)
    async with sandbox.tx() as tx:
        assert await sheets.is_fresh(tx, now=clock.now())
        running = await events.get(tx, made.events["saltmarsh-festival"])
        assert running.starts_at < clock.now()


async def test_building_tells_once_per_event_and_writes_no_letters(there: tuple[Tx, Built], clock: Clock) -> None:
    tx, _made = there
    assert await tx.all(str, "SELECT topic FROM messages ORDER BY topic") == ["event.updated"] * 4
    assert await tx.one(int, "SELECT count(*) FROM message_queue") == 4
    assert await tx.one(int, "SELECT count(*) FROM procrastinate_jobs") == 0
    assert await tx.one(int, "SELECT count(*) FROM mails") == 0


async def test_a_reset_leaves_nothing_behind(sandbox: Database, clock: Clock) -> None:
    async with sandbox.tx() as tx:
        before = await rows(tx)
    await built(sandbox, clock)
    async with sandbox.tx() as tx:
        after = await rows(tx)
    grows = {"audit_log", "messages", "messages_default", "message_queue"}
    assert {name: n for name, n in after.items() if name not in grows and n != before[name]} == {}


async def rows(tx: Tx) -> dict[str, int]:
    """How many rows each table holds."""
    tables = await tx.all(
        str, "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {name: await tx.one(int, f"SELECT count(*) FROM {name}") for name in tables}


async def test_an_integrator_gets_an_organization_of_her_own_with_a_seeded_event(
    sandbox: Database, clock: Clock
) -> None:
    async with sandbox.tx() as tx:
        user_id = await users.sign_up(
            tx,
            email="new@dev.example",
            name="Ida",
            password=PASSWORD,
            locale="en",
            base_url="http://x",
            now=clock.now(),
        )
        mine = await actions.open_for(tx, user_id, now=clock.now())
        assert await actions.open_for(tx, user_id, now=clock.now()) == mine
        (event,) = await events.list_by_member(tx, user_id)
        assert event.organization_id == mine
        people = await participants.page(tx, event.id, BEGINNING, limit=500)
    assert len(people) >= 30
    async with sandbox.tx() as tx:
        assert await actions.rebuild_own(tx, now=clock.now()) == 1
        again = await participants.page(tx, event.id, BEGINNING, limit=500)
        assert [each.id for each in again] == [each.id for each in people]


async def test_only_sandbox_events_can_be_emptied(sandbox: Database, clock: Clock) -> None:
    made = furnished.there()
    event_id = made.events["lanternfold-tides"]
    async with sandbox.tx() as tx:
        await tx.run("UPDATE organizations SET is_sandbox = false")
        organizer = await proofs.as_organizer(tx, made.people["organizer@sandbox.example"], event_id)
        with pytest.raises(Refused):
            await clearing.empty(tx, organizer, now=clock.now())


def test_the_sheet_has_the_fields_that_operators_rely_on() -> None:
    assert set(Sheet.__struct_fields__) == {"base_url", "people", "organizations", "events", "integrations"}
