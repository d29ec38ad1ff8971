"""Home says what needs the person now."""

from datetime import timedelta
from pathlib import Path

from revento.events.applications import actions as applications
from revento.events.events import actions as events
from revento.events.events.actions import EventFacts
from revento.events.program import actions as program
from revento.events.program.models import ActivityFacts
from revento.events.signups import actions as signups
from revento.events.waves import actions as waves
from revento.identity import proofs
from revento.identity.permissions import Permission
from revento.kernel.db import Database
from tests import visits
from tests.browser.story import convention, person
from tests.conftest import MovableClock

from .cast import approved


async def test_who_had_a_place_is_told_that_it_is_cancelled_for_some_days(
    db: Database, clock: MovableClock, database_url: str, tmp_path: Path
) -> None:
    story, now = await convention(db, clock, ()), clock.now()
    mallory, dice = story.people["Mallory Nobody"], story.activities["Dice Design"]
    async with db.tx() as tx:
        await approved(tx, story, [mallory], now=now)
        await signups.sign_up(tx, mallory, story.event_id, dice, now=now)
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], story.event_id)
        await program.cancel_activity(tx, planner, dice, now=now)
    async with visits.opened(database_url, clock, tmp_path) as site:
        her = await site.as_user(mallory)
        page = (await her.get("/")).text
        assert "Cancelled. You had a place there" in page
        assert "Dice Design" in page
        other = await site.as_user(story.people["Bo Reed"])
        assert "Cancelled." not in (await other.get("/")).text
        clock.pass_(days=4)
        her = await site.as_user(mallory)
        assert "Cancelled." not in (await her.get("/")).text


async def test_when_a_wave_opens_is_told_to_all_whom_it_concerns(
    db: Database, clock: MovableClock, database_url: str, tmp_path: Path
) -> None:
    story, now = await convention(db, clock, ()), clock.now()
    mallory, bo = story.people["Mallory Nobody"], story.people["Bo Reed"]
    async with db.tx() as tx:
        cyd = await person(tx, "Cyd", now)
        await approved(tx, story, [cyd], now=now)  # Cyd was at Mossgarden Days
        clock.pass_(days=13)
        now = clock.now()
        member = await proofs.as_organization_member(
            tx, story.people["Ada Moss"], story.organization_id, Permission.EVENT_EDIT
        )
        facts = EventFacts(
            title="Mossgarden Nights",
            starts_at=now + timedelta(days=60),
            ends_at=now + timedelta(days=61),
            time_zone="Europe/Helsinki",
        )
        event_id = await events.create(tx, member, facts, now=now)
        ada = await proofs.as_organizer(tx, story.people["Ada Moss"], event_id)
        await events.publish(tx, ada, now=now)
        opens_at, closes_at = now + timedelta(days=10), now + timedelta(days=30)
        wave = {"title": "All", "role": "participant", "capacity": None}
        await waves.put_wave(tx, ada, id=None, opens_at=opens_at, closes_at=closes_at, now=now, **wave)
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], event_id)
        span = {"starts_at": facts.starts_at, "ends_at": facts.ends_at}
        star = await program.create_activity(tx, planner, ActivityFacts(title="Owls", **span), publish=True, now=now)
        await signups.remember(tx, mallory, event_id, star.id, now=now)

    async with visits.opened(database_url, clock, tmp_path) as site:

        async def told(user) -> list[str]:
            page = (await (await site.as_user(user)).get("/")).text
            return [
                line for line in ("Applications open", "Applications are open until", "You were at") if line in page
            ]

        assert await told(mallory) == ["Applications open"]  # she starred something
        assert await told(cyd) == []  # ten days ahead it is no news yet
        clock.pass_(days=4)
        assert await told(cyd) == ["Applications open", "You were at"]
        assert await told(bo) == []  # he works on it
        clock.pass_(days=7)
        assert await told(cyd) == ["Applications are open until", "You were at"]
        assert await told(mallory) == ["Applications are open until"]
        async with db.tx() as tx:
            request = applications.Request("participant", "Mallory", {})
            await applications.apply(tx, mallory, event_id, request, now=clock.now())
        assert await told(mallory) == []
        clock.pass_(days=10)
        assert await told(cyd) == []  # she has had a week to see it
