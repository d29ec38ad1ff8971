"""Letters before anything is paused, the pause after five days, the hourly probe, resuming."""

from datetime import UTC, datetime, timedelta

from revento.webhooks.care import actions
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.endpoints import health
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until
from tests.webhooks.test_console import the_endpoints

BASE = "https://revento.example"


async def care(db, now: datetime) -> list[str]:
    """One round; the subjects of the letters that it wrote."""
    async with db.tx() as tx:
        await actions.round(tx, base_url=BASE, now=now)
        subjects = await tx.all(str, "SELECT subject FROM mails ORDER BY id")
        await tx.run("DELETE FROM mails")
        return subjects


async def failing(db, con, receiver) -> datetime:
    """A receiver that has begun to fail; since when. Somebody looks after the integration."""
    receiver.then = 500
    async with db.tx() as tx:
        await tx.run(
            """INSERT INTO integration_members (integration_id, user_id, role, created_at)
               VALUES (%(integration)s, %(user)s, 'owner', now())""",
            integration=con.connections[0].integration_id,
            user=con.user_id,
        )
    async with dispatching(db, ladder=(0, 86_400, 86_400)):
        await world.happen(db, con)
        await until(db, "SELECT EXISTS (SELECT FROM endpoints WHERE failing_since IS NOT NULL)")
    async with db.tx() as tx:
        return await tx.one(datetime, "SELECT failing_since FROM endpoints")


async def keeps_failing(db, at: datetime) -> None:
    async with db.tx() as tx:
        await tx.run("UPDATE endpoints SET last_failure_at = %(at)s", at=at)


async def test_letters_come_after_a_day_then_daily_and_after_five_days_it_is_paused(db, con, receiver) -> None:
    since = await failing(db, con, receiver)
    assert await care(db, since + timedelta(hours=23)) == []
    for day in (1, 2, 3, 4):
        at = since + timedelta(days=day, minutes=day)
        await keeps_failing(db, at)
        (subject,) = await care(db, at)
        assert subject == f"Webhooks to Badge Printer have been failing for {'a day' if day == 1 else f'{day} days'}"
        assert await care(db, at + timedelta(minutes=5)) == []
    at = since + timedelta(days=5)
    assert await care(db, at) == ["Webhooks to Badge Printer are paused"]
    assert await care(db, at + timedelta(days=2)) == []
    async with db.tx() as tx:
        state = "SELECT state || ' ' || reason FROM endpoints WHERE next_probe_at = %(at)s"
        assert await tx.one(str, state, at=at + timedelta(hours=1)) == "paused failing"


async def test_the_letter_says_who_since_when_and_where_to_look(db, con, receiver) -> None:
    since = await failing(db, con, receiver)
    await keeps_failing(db, since + timedelta(days=1))
    async with db.tx() as tx:
        assert await actions.round(tx, base_url=BASE, now=since + timedelta(days=1)) == 1
        body = await tx.one(str, "SELECT body FROM mails")
        recipient = await tx.one(str, "SELECT recipient FROM mails")
    assert recipient == f"{con.user_id}@example.org"
    assert f"Summer Con: since {since:%Y-%m-%d %H:%M} UTC, last: HTTP 500" in body
    assert receiver.url in body
    assert f"{BASE}/developer/integrations/{con.connections[0].integration_id}" in body


async def test_nobody_is_bothered_about_a_receiver_that_works_again(db, con, receiver) -> None:
    since = await failing(db, con, receiver)
    receiver.then = 200
    async with db.tx() as tx:
        await tx.run("UPDATE deliveries SET due = now()")
    async with dispatching(db):
        await until(db, NOTHING_LEFT)
    assert await care(db, since + timedelta(days=1)) == []


async def test_410_pauses_at_once_is_told_once_and_never_probed(db, con, receiver) -> None:
    await failing(db, con, receiver)
    receiver.then = 410
    async with db.tx() as tx:
        await tx.run("UPDATE deliveries SET due = now()")
    async with dispatching(db, ladder=(0, 1, 1, 1)):
        await receiver.count(2)
        await until(db, "SELECT EXISTS (SELECT FROM endpoints WHERE state = 'paused' AND reason = 'gone')")
        await world.happen(db, con, 2)
        await until(db, "SELECT count(*) = 3 FROM deliveries WHERE state = 4")
        assert len(receiver.got) == 2
        now = datetime.now(UTC)
        assert await care(db, now) == ["Webhooks to Badge Printer are paused"]
        assert await care(db, now + timedelta(days=2)) == []
        async with db.tx() as tx:
            assert await tx.one(bool, "SELECT next_probe_at IS NULL FROM endpoints")
            receiver.then = 200
            assert await endpoints.resume(tx, (await the_endpoints(tx, con))[0])
        await until(db, NOTHING_LEFT)
    assert sorted(one.sequence for one in receiver.got[2:]) == [1, 2, 3]


async def test_410_is_told_at_once_although_its_people_were_warned_the_same_day(db, con, receiver) -> None:
    since = await failing(db, con, receiver)
    warned = since + timedelta(days=1)
    await keeps_failing(db, warned)
    assert len(await care(db, warned)) == 1
    async with db.tx() as tx:
        for no in await the_endpoints(tx, con):
            await endpoints.pause(tx, no, now=warned + timedelta(hours=2), reason=health.GONE)
    at = warned + timedelta(hours=2, minutes=5)
    assert await care(db, at) == ["Webhooks to Badge Printer are paused"]
    assert await care(db, at + timedelta(minutes=5)) == []
    assert await care(db, at + timedelta(days=2)) == []


async def test_a_paused_receiver_is_probed_and_the_first_success_resumes_everything_in_order(db, con, receiver) -> None:
    since = await failing(db, con, receiver)
    await care(db, since + timedelta(days=5))
    async with dispatching(db, ladder=(0, 86_400)):
        await world.happen(db, con, 3)
        await until(db, "SELECT count(*) = 3 FROM deliveries WHERE state = 4")
        async with db.tx() as tx:
            await tx.run("UPDATE endpoints SET next_probe_at = now()")
        await receiver.count(2)
        await until(db, "SELECT state = 'paused' AND next_probe_at > now() FROM endpoints")
        assert len(receiver.got) == 2
        receiver.then = 200
        async with db.tx() as tx:
            await tx.run("UPDATE endpoints SET next_probe_at = now()")
        await receiver.until(lambda one: len(one.got) >= 4)
        await until(db, "SELECT state = 'active' FROM endpoints")
