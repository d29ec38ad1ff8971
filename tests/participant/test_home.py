"""Home says what needs the person now."""

from pathlib import Path

from revento.events.program import actions as program
from revento.events.signups import actions as signups
from revento.identity import proofs
from revento.kernel.db import Database
from tests import visits
from tests.browser.story import convention
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
