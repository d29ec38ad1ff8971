"""Places in activities: rules, turns, letters, and that counts and rows never disagree."""

import asyncio
from datetime import date, datetime, timedelta

import msgspec
import pytest

from revento.contract.errors import Refused
from revento.events.applications import actions as applications
from revento.events.program import actions as program
from revento.events.program import queries as activities
from revento.events.reviews import actions as reviews
from revento.events.signups import actions, rules
from revento.events.signups.models import State
from revento.identity import proofs
from revento.identity.users import actions as users
from revento.kernel.db import Database, Row, Tx
from revento.kernel.ids import ActivityId, UserId
from revento.web.organizer.program import facts_of

from ..browser.story import Convention, convention
from ..conftest import MovableClock
from .cast import approved, crowd


class Told(Row, frozen=True):
    topic: str
    state: str


async def capacity_told(tx: Tx) -> list[str]:
    return await tx.all(
        str,
        """SELECT convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'capacity_state' FROM messages_later
            WHERE topic = 'activity.capacity_state_changed'""",
    )


async def line(tx: Tx, story: Convention, title: str) -> list[tuple[str, str]]:
    rows = await tx.all(
        Told,
        """SELECT p.user_id AS topic, s.state FROM activity_signups s JOIN participants p ON p.id = s.participant_id
            WHERE s.activity_id = %(id)s ORDER BY s.place""",
        id=story.activities[title],
    )
    return [(row.topic, row.state) for row in rows]


async def counts(tx: Tx, story: Convention, id: ActivityId) -> tuple[int, int]:
    found = await activities.find_activity(tx, story.event_id, id)
    assert found is not None
    return found.signup_count, found.waitlist_count


async def four_in_line(db: Database, clock: MovableClock) -> tuple[Convention, list[UserId], ActivityId]:
    """Dice Design has two places; four people want one."""
    story = await convention(db, clock, ())
    async with db.tx() as tx:
        people = [person.id for person in await crowd(tx, 4, now=clock.now())]
        await approved(tx, story, people, now=clock.now())
    id = story.activities["Dice Design"]
    for person in people:
        async with db.tx() as tx:
            await actions.sign_up(tx, person, story.event_id, id, now=clock.now())
    return story, people, id


async def test_who_comes_first_has_a_place_and_the_rest_waits_in_order(db: Database, clock: MovableClock) -> None:
    story, people, id = await four_in_line(db, clock)
    async with db.tx() as tx:
        states = ["going", "going", "waiting", "waiting"]
        assert await line(tx, story, "Dice Design") == list(zip(people, states, strict=True))
        assert await counts(tx, story, id) == (2, 2)
        assert await actions.sign_up(tx, people[3], story.event_id, id, now=clock.now()) is State.WAITING
        assert await counts(tx, story, id) == (2, 2)


async def test_who_leaves_lets_the_longest_waiting_in_who_is_written_to(db: Database, clock: MovableClock) -> None:
    story, people, id = await four_in_line(db, clock)
    async with db.tx() as tx:
        await actions.leave(tx, people[0], story.event_id, id, now=clock.now())
        await actions.leave(tx, people[0], story.event_id, id, now=clock.now())
        assert [state for _, state in await line(tx, story, "Dice Design")] == ["going", "going", "waiting"]
        assert await counts(tx, story, id) == (2, 1)
        jobs = await tx.all(
            str, "SELECT args ->> 'participant_id' FROM procrastinate_jobs WHERE task_name = 'signups.tell_moved_up'"
        )
        moved = await tx.one(str, "SELECT id FROM participants WHERE user_id = %(id)s", id=people[2])
        assert jobs == [moved]
        await actions.leave(tx, people[3], story.event_id, id, now=clock.now())
        assert await counts(tx, story, id) == (2, 0)


async def test_integrations_hear_when_it_fills_and_when_it_frees(db: Database, clock: MovableClock) -> None:
    story, people, id = await four_in_line(db, clock)
    async with db.tx() as tx:
        assert await capacity_told(tx) == ["full"]
        for person in people[:2]:
            await actions.leave(tx, person, story.event_id, id, now=clock.now())
        assert await capacity_told(tx) == ["full"]  # both moved up: it stayed full
    clock.pass_(seconds=60)
    async with db.tx() as tx:
        await actions.leave(tx, people[2], story.event_id, id, now=clock.now())
        assert await counts(tx, story, id) == (1, 0)
        assert await capacity_told(tx) == ["open"]  # the last state wins


async def test_more_places_let_those_in_who_wait(db: Database, clock: MovableClock) -> None:
    story, _, id = await four_in_line(db, clock)
    async with db.tx() as tx:
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], story.event_id)
        activity = await activities.lock_activity(tx, story.event_id, id)
        facts = msgspec.structs.replace(facts_of(activity), capacity=3)
        await program.edit_activity(tx, planner, id, facts, now=clock.now())
        assert await counts(tx, story, id) == (3, 1)


async def test_who_withdraws_gives_every_place_back(db: Database, clock: MovableClock) -> None:
    story, people, id = await four_in_line(db, clock)
    async with db.tx() as tx:
        own = await tx.one(str, "SELECT id FROM applications WHERE user_id = %(id)s", id=people[0])
        await applications.withdraw(tx, people[0], story.event_id, own, now=clock.now())  # type: ignore[arg-type]
        assert await counts(tx, story, id) == (2, 1)
        assert [who for who, _ in await line(tx, story, "Dice Design")] == people[1:]


@pytest.mark.parametrize("how", ["undo", "reopen"])
async def test_an_approval_taken_back_gives_every_place_back(db: Database, clock: MovableClock, how: str) -> None:
    story, people, id = await four_in_line(db, clock)
    async with db.tx() as tx:
        reviewer = await proofs.as_reviewer(tx, story.people["Bo Reed"], story.event_id)
        own = await tx.one(str, "SELECT id FROM applications WHERE user_id = %(id)s", id=people[0])
        if how == "undo":
            review = await tx.one(str, "SELECT id FROM application_reviews WHERE application_id = %(id)s", id=own)
            await reviews.undo(tx, reviewer, own, review, now=clock.now())  # type: ignore[arg-type]
        else:
            await reviews.reopen(tx, reviewer, own, now=clock.now())  # type: ignore[arg-type]
        assert await counts(tx, story, id) == (2, 1)
        assert [who for who, _ in await line(tx, story, "Dice Design")] == people[1:]
    assert await refused(db, story, people[0], id, clock.now()) == "not_approved"


async def test_a_sign_up_that_waits_for_a_withdrawal_finds_it_done(db: Database, clock: MovableClock) -> None:
    story, people, _ = await four_in_line(db, clock)
    other = story.activities["Lantern Making"]
    async with db.tx() as tx:
        own = await tx.one(str, "SELECT id FROM applications WHERE user_id = %(id)s", id=people[0])
        await applications.withdraw(tx, people[0], story.event_id, own, now=clock.now())  # type: ignore[arg-type]
        racing = asyncio.create_task(refused(db, story, people[0], other, clock.now()))
        done, _ = await asyncio.wait({racing}, timeout=0.3)
        assert not done  # it waits at the application, before it holds anything
    assert await racing == "not_approved"
    async with db.tx() as tx:
        assert await counts(tx, story, other) == (0, 0)


async def refused(db: Database, story: Convention, person: UserId, id: ActivityId, now: datetime) -> str:
    async with db.tx() as tx:
        with pytest.raises(Refused) as told:
            await actions.sign_up(tx, person, story.event_id, id, now=now)
    return told.value.reason.code


async def test_everybody_who_may_not_is_told_why(db: Database, clock: MovableClock) -> None:
    story = await convention(db, clock, ("Leila Haddad",))
    id = story.activities["Dice Design"]
    leila, mallory = story.people["Leila Haddad"], story.people["Mallory Nobody"]
    assert await refused(db, story, leila, id, clock.now()) == "not_approved"
    assert await refused(db, story, mallory, id, clock.now()) == "not_approved"
    async with db.tx() as tx:
        reviewer = await proofs.as_reviewer(tx, story.people["Bo Reed"], story.event_id)
        await reviews.approve(tx, reviewer, story.applications["Leila Haddad"], now=clock.now())
    assert await refused(db, story, leila, story.activities["Synths for Beginners"], clock.now()) == "not_found"
    assert await refused(db, story, leila, id, clock.now() + timedelta(days=11)) == "signups_closed"
    async with db.tx() as tx:
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], story.event_id)
        await program.cancel_activity(tx, planner, id, now=clock.now())
    assert await refused(db, story, leila, id, clock.now()) == "signups_closed"


async def test_the_age_limit_counts_on_the_day_of_the_activity(db: Database, clock: MovableClock) -> None:
    story, people, _ = await four_in_line(db, clock)
    id = story.activities["Portrait Inking"]
    async with db.tx() as tx:
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], story.event_id)
        activity = await activities.lock_activity(tx, story.event_id, id)
        facts = msgspec.structs.replace(facts_of(activity), min_age="age_16_plus")
        await program.edit_activity(tx, planner, id, facts, now=clock.now())
    assert await refused(db, story, people[0], id, clock.now()) == "age_unknown"
    on = activity.starts_at.date()
    born = date(on.year - 16, on.month, on.day) if (on.month, on.day) != (2, 29) else date(on.year - 16, 3, 1)
    async with db.tx() as tx:
        await users.set_birth_date(tx, people[0], born + timedelta(days=1), now=clock.now())
    assert await refused(db, story, people[0], id, clock.now()) == "too_young"
    async with db.tx() as tx:
        await users.set_birth_date(tx, people[0], born, now=clock.now())
        assert await actions.sign_up(tx, people[0], story.event_id, id, now=clock.now()) is State.GOING


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2010, 12, 5), date(2026, 12, 4), 15),
        (date(2010, 12, 5), date(2026, 12, 5), 16),
    ],
)
def test_age_is_counted_in_birthdays(born: date, on: date, years: int) -> None:
    assert rules.age_on(born, on) == years


async def test_a_favourite_is_mine_and_a_draft_is_nobodys(db: Database, clock: MovableClock) -> None:
    story = await convention(db, clock, ())
    mallory = story.people["Mallory Nobody"]
    async with db.tx() as tx:
        for title in ("Dice Design", "Dice Design", "Synths for Beginners"):
            await actions.remember(tx, mallory, story.event_id, story.activities[title], now=clock.now())
        assert await tx.all(str, "SELECT activity_id FROM favourites") == [story.activities["Dice Design"]]
        await actions.forget(tx, story.people["Bo Reed"], story.event_id, story.activities["Dice Design"])
        assert await tx.all(str, "SELECT user_id FROM favourites") == [mallory]
        await actions.forget(tx, mallory, story.event_id, story.activities["Dice Design"])
        assert await tx.all(str, "SELECT user_id FROM favourites") == []
