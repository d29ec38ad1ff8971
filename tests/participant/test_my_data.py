"""What a person sees of the software that reads along; cutting it, objecting to it, taking her data away, leaving."""

import json
from datetime import date

import msgspec
import pytest

from revento.endings import leave
from revento.events.applications import actions as applications
from revento.events.program import actions as program
from revento.events.program import queries as activities
from revento.events.program.models import Host
from revento.events.reviews import actions as reviews
from revento.events.signups import actions as signups
from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.organizations.actions import VerificationPapers
from revento.identity.permissions import Permission
from revento.identity.proofs import Operator
from revento.identity.users import actions as users
from revento.integrations.grants import actions as grants
from revento.integrations.grants.models import Grant
from revento.integrations.installations import actions as installations
from revento.integrations.installations.models import Installation
from revento.integrations.mine import queries as mine
from revento.integrations.objections import actions as objections
from revento.kernel.db import Database, Row, Tx
from revento.kernel.ids import ParticipantId
from revento.web.organizer.program import facts_of

from ..browser.conftest import PageAt, go_on, sign_in
from ..browser.looks import faults
from ..browser.story import Convention, convention
from ..conftest import MovableClock
from ..integrations import given

WHO, MAIL = "Leila Haddad", "leila@example.test"
WORDS = "Please do not give my answers to a printer."
REMARK = "Leila Haddad was great last year."
HERS = (WHO, "Haddad", MAIL, "A lantern made of bees", WORDS, REMARK, "1999-04-05", "Half a thought")


class Connected(msgspec.Struct):
    """A convention with an integration connected, to which Leila has signed in."""

    story: Convention
    installation: Installation
    grant: Grant


async def connected(db: Database, clock: MovableClock) -> Connected:
    story, now = await convention(db, clock), clock.now()
    ada, leila = story.people["Ada Moss"], story.people[WHO]
    async with db.tx() as tx:
        member = await proofs.as_organization_member(tx, ada, story.organization_id, Permission.ORGANIZATION_EDIT)
        await organizations.request_verification(tx, member, VerificationPapers("Moss ry", "1", "FI"), now=now)
        await organizations.verify(tx, Operator(ada), story.organization_id, now=now)
        _, client = await given.registered(
            tx, ada, now=now, organization_id=story.organization_id, environment="production", kind="in_house"
        )
        manager = await proofs.as_integration_manager(tx, ada, story.event_id)
        scopes = ["event.read", "participants.read", "program.read"]
        installation = await installations.connect(tx, manager, client, scopes, now=now)
        own = ["profile.read", "event.attendance"]
        grant = await grants.grant(tx, leila, story.event_id, client, installation, own, now=now)
    return Connected(story, installation, grant)


async def lived(db: Database, clock: MovableClock, world: Connected) -> None:
    """Leila leaves a trace wherever a person can."""
    story, now = world.story, clock.now()
    leila, bo = story.people[WHO], story.people["Bo Reed"]
    async with db.tx() as tx:
        reviewer = await proofs.as_reviewer(tx, bo, story.event_id)
        application = story.applications[WHO]
        await reviews.ask_revision(tx, reviewer, application, note=f"{WHO}, tell us more.", fields=["about"], now=now)
        await applications.keep_draft(
            tx,
            leila,
            story.event_id,
            role="participant",
            answers={"about": "Half a thought"},
            display_name=WHO,
            now=now,
        )
        own = applications.Request("participant", WHO, {"about": "A lantern made of bees."})
        await applications.resubmit(tx, leila, story.event_id, application, own, now=now)
        await reviews.add_note(tx, reviewer, application, REMARK, now=now)
        await reviews.approve(tx, reviewer, application, note=f"Welcome, {WHO}.", now=now)
        half = {"about": "Half a thought"}
        await applications.keep_draft(
            tx, leila, story.event_id, role="participant", answers=half, display_name=WHO, now=now
        )
        await users.set_birth_date(tx, leila, date(1999, 4, 5), now=now)
        await signups.sign_up(tx, leila, story.event_id, story.activities["Dice Design"], now=now)
        await signups.remember(tx, leila, story.event_id, story.activities["Map Drawing"], now=now)
        await objections.object_to(tx, leila, world.installation, WORDS, base_url="http://127.0.0.1", now=now)
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], story.event_id)
        for title, host in (("Map Drawing", await participant(tx, leila)), ("Quiet Reading", None)):
            activity = await activities.lock_activity(tx, story.event_id, story.activities[title])
            facts = msgspec.structs.replace(facts_of(activity), hosts=(Host(WHO, host),))
            await program.edit_activity(tx, planner, activity.id, facts, now=now)
        await tx.run(
            """INSERT INTO mails (id, recipient, subject, body, created_at)
               VALUES ('m1', 'ada@example.test', %(s)s, %(b)s, now())""",
            s=f"{WHO} wrote",
            b=f"Hello Ada,\n\n{WHO} ({MAIL}) wrote. Leilas are many.",
        )


async def participant(tx: Tx, user_id: str) -> ParticipantId:
    return ParticipantId(await tx.one(str, "SELECT id FROM participants WHERE user_id = %(id)s", id=user_id))


async def dump(db: Database) -> dict[str, str]:
    """Every row of every table as text; bytes are decoded where they are text."""
    found: dict[str, str] = {}
    async with db.tx() as tx:
        tables = await tx.all(
            str,
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        )
        for table in tables:
            rows = await tx.all(str, f"SELECT t::text FROM {table} t")  # type: ignore[arg-type]
            text = "\n".join(rows)
            found[table] = text + "\n" + "".join(_plain(part) for part in text.split("\\x")[1:])
    return found


def _plain(part: str) -> str:
    hexes = part.split('"')[0].split(",")[0].rstrip(")")
    try:
        return bytes.fromhex(hexes).decode(errors="replace")
    except ValueError:
        return ""


def traces(dumped: dict[str, str]) -> set[tuple[str, str]]:
    return {(table, word) for table, text in dumped.items() for word in HERS if word in text}


async def test_promise_a_deleted_account_leaves_no_trace_in_the_database(db: Database, clock: MovableClock) -> None:
    world = await connected(db, clock)
    await lived(db, clock, world)
    before = {table for table, _ in traces(await dump(db))}
    assert before >= {
        *("users", "applications", "participants", "application_reviews", "application_notes", "application_drafts"),
        *("mails", "objections", "messages_default", "activity_hosts"),
    }
    async with db.tx() as tx:
        duties = await leave.delete_account(tx, world.story.people[WHO], now=clock.now())
    assert traces(await dump(db)) == set()
    assert [(duty.subject, duty.reason, duty.installation_id) for duty in duties] == [
        ("participant", "account_deleted", world.installation.id)
    ]
    async with db.tx() as tx:
        left = await tx.one(str, "SELECT body FROM mails WHERE id = 'm1'")
        assert left == "Hello Ada,\n\nDeleted person (Deleted person) wrote. Leilas are many."
        assert await tx.all(str, "SELECT end_reason FROM user_grants") == ["account_deleted"]
        assert await tx.all(str, "SELECT status FROM applications WHERE answers = '{}'") == ["withdrawn"]
        counts = "SELECT signup_count FROM activities WHERE id = %(id)s"
        assert await tx.one(int, counts, id=world.story.activities["Dice Design"]) == 0
        bodies = await tx.all(str, "SELECT convert_from(body, 'UTF8') FROM messages WHERE topic LIKE 'application.%'")
    assert all(json.loads(body)["data"]["id"] for body in bodies)


class Kept(Row, frozen=True):
    users: int
    applications: int
    reviews: int


async def test_what_others_did_stays_whole_when_somebody_leaves(db: Database, clock: MovableClock) -> None:
    world = await connected(db, clock)
    await lived(db, clock, world)
    count = """SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM applications) AS applications,
                      (SELECT count(*) FROM application_reviews) AS reviews"""
    async with db.tx() as tx:
        before = await tx.one(Kept, count)
        await leave.delete_account(tx, world.story.people[WHO], now=clock.now())
        assert await tx.one(Kept, count) == before
        others = await tx.all(str, "SELECT display_name FROM participants ORDER BY display_name")
    assert others == sorted([name for name in world.story.applications if name != WHO] + ["Deleted person"])


async def test_the_last_owner_of_living_events_has_to_hand_over_first(db: Database, clock: MovableClock) -> None:
    story = await convention(db, clock, ())
    async with db.tx() as tx:
        with pytest.raises(leave.Refused) as told:
            await leave.delete_account(tx, story.people["Ada Moss"], now=clock.now())
    assert told.value.reason.code == "owns_organization"


async def test_cutting_ends_my_consent_and_opens_a_duty_and_nobody_elses(db: Database, clock: MovableClock) -> None:
    world = await connected(db, clock)
    async with db.tx() as tx:
        mallory = world.story.people["Mallory Nobody"]
        with pytest.raises(leave.Refused) as told:
            await leave.cut(tx, mallory, world.grant.id, now=clock.now())
    assert told.value.reason.code == "not_found"
    async with db.tx() as tx:
        leila = world.story.people[WHO]
        duty = await leave.cut(tx, leila, world.grant.id, now=clock.now())
        assert (duty.subject, duty.reason, duty.user_id) == ("participant", "participant_disconnected", leila)
        (reader,) = await mine.list_readers(tx, leila)
        assert (reader.grant_id, reader.ended_at, reader.sees_me) == (None, None, True)
        assert [each.id for each in await mine.list_duties(tx, leila)] == [duty.id]
        assert await mine.list_readers(tx, mallory) == []


@pytest.mark.browser
async def test_a_person_reads_objects_cuts_downloads_and_leaves(
    db: Database, site: str, clock: MovableClock, page_at: PageAt
) -> None:
    world = await connected(db, clock)
    async with db.tx() as tx:
        for people, user_id in ((8, None), (1, world.story.people[WHO])):
            await tx.run(
                """INSERT INTO api_requests (at, request_id, integration_id, installation_id, event_id, user_id, method,
                                             endpoint, path, status, people, duration_ms)
                   VALUES (%(at)s, gen_random_uuid(), %(i)s, %(ins)s, %(e)s, %(u)s, 'GET',
                           '/events/{event_id}/participants', '/', 200, %(people)s, 3)""",
                at=clock.now(),
                i=world.installation.integration_id,
                ins=world.installation.id,
                e=world.story.event_id,
                u=user_id,
                people=people,
            )
    page = await page_at()
    await sign_in(page, site, MAIL)

    async def look(name: str) -> None:
        assert (name, await faults(page)) == (name, [])

    await page.goto(f"{site}/account/data")
    await look("my-data")
    assert "looked 2 times" in await page.inner_text("main")
    await go_on(page, "text=See more")
    await look("integration")
    assert "Your answer to “Favourite track”" in await page.inner_text("main")
    await page.click("text=Send objection")  # the browser itself asks for words
    await page.fill("#reason", WORDS)
    await go_on(page, "text=Send objection")
    await page.wait_for_selector("text=have your objection")
    await page.goto(f"{site}/my-data")
    await go_on(page, "text=Disconnect")
    await look("cut")
    await go_on(page, "button.danger")
    await page.wait_for_selector("text=Disconnected.")
    await look("my-data-after")
    assert "Everything about you, because you disconnected it" in await page.inner_text("main")
    async with page.expect_download() as started:
        await page.click("text=Download everything")
    document = json.loads((await (await started.value).path()).read_bytes())
    assert document["account"]["email"] == MAIL
    assert document["events"][0]["application"]["answers"]["favorite_track"] == "Makers"
    assert document["integrations"]["objections"][0]["reason"] == WORDS
    await go_on(page, "text=Delete my account")
    await look("delete")
    await page.fill("#word", "no")
    await go_on(page, "button.danger")
    await page.wait_for_selector("#word-error")
    page.complaints.clear()  # type: ignore[attr-defined]  a 422 is a complaint of the console
    await page.fill("#word", "delete")
    await go_on(page, "button.danger")
    await page.wait_for_selector("text=Your account is deleted")
    await page.goto(f"{site}/my-data")
    assert "/account/sign-in" in page.url
    assert traces(await dump(db)) == set()
