"""Each cause of contract §2.5: what it ends at once, what it opens, whom it tells."""

import asyncio
import json

import pytest

from revento.access import queries as reads
from revento.contract.errors import Refused
from revento.endings import archive_event, disconnect, expire, leave, lose_status, narrow, suspend, unpublish
from revento.events.webview_pages import actions as pages
from revento.events.webview_pages.models import PageFacts
from revento.identity import proofs
from revento.identity.proofs import Operator
from revento.integrations.catalogue import queries as catalogue
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import ProvenClient
from revento.integrations.deletions import queries as deletions
from revento.integrations.grants import queries as grants
from revento.integrations.installations import actions as installing
from revento.integrations.installations import queries as installations
from revento.oauth.families import actions as families
from revento.oauth.families.models import TokenPair
from tests.integrations import given
from tests.integrations.connected import KEYS, READS, connected, fate, letters, messages


async def by_disconnecting(tx, story, now):
    await disconnect.disconnect(tx, await story.manager(tx), story.installation.id, why="It did not work", now=now)


async def by_archiving(tx, story, now):
    assert await archive_event.archive_event(tx, await story.organizer(tx), now=now) == 1


async def by_losing_status(tx, story, now):
    operator = Operator(story.ada)
    assert (
        await lose_status.lose_status(tx, operator, story.organization_id, note="The club is dissolved.", now=now) == 1
    )


async def by_unpublishing(tx, story, now):
    assert await unpublish.unpublish(tx, story.ada, story.client.integration_id, note="Abandoned.", now=now) == 1


async def by_suspending(tx, story, now):
    assert await suspend.suspend(tx, story.ada, story.client.integration_id, reason="It hammers the API.", now=now) == 1


CAUSES = {
    "organizer_disconnected": by_disconnecting,
    "event_archived": by_archiving,
    "organization_status_lost": by_losing_status,
    "integration_unpublished": by_unpublishing,
}


@pytest.mark.parametrize("reason", CAUSES)
async def test_an_end_kills_tokens_and_consents_and_opens_one_duty_that_is_told(db, clock, reason) -> None:
    now = clock.now()
    async with db.tx() as tx:
        story = await connected(tx, now=now)
        assert [await fate(tx, pair) for pair in (story.install, story.user)] == [None, None]
        await CAUSES[reason](tx, story, now)
    async with db.tx() as tx:
        assert [await fate(tx, pair) for pair in (story.install, story.user)] == [reason, reason]
        ended = await installations.get(tx, story.installation.id)
        assert (ended.state, ended.end_reason, ended.ended_at) == ("ended", reason, now)
        assert await grants.find_active(tx, story.event_id, story.cyd, story.client.integration_id) is None
        (duty,) = await deletions.list_by_event(tx, story.event_id)
        (told,) = map(json.loads, await messages(tx, "data.deletion_required"))
        assert told["event_id"] == story.event_id
        assert told["data"] == {
            "deletion_id": duty.id,
            "subject": "event",
            "participant_id": None,
            "user_id": None,
            "reason": reason,
            "deadline_at": duty.deadline_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        assert any("eve-" in to and "was disconnected" in to for to in await letters(tx))


@pytest.mark.parametrize("reason", CAUSES)
async def test_a_refresh_after_an_end_is_refused_for_good(db, clock, reason) -> None:
    now = clock.now()
    async with db.tx() as tx:
        story = await connected(tx, now=now)
        await CAUSES[reason](tx, story, now)
        proven = ProvenClient(story.client.id, story.client.integration_id, "sandbox", "sandbox")
        refused = await families.refresh(tx, proven, story.install.refresh_token, None, keys=KEYS, now=now)
        assert not isinstance(refused, TokenPair)
        assert refused.code == "invalid_grant"


@pytest.mark.parametrize("cause", [by_disconnecting, by_archiving, by_losing_status, by_unpublishing])
async def test_what_has_ended_cannot_end_again(db, clock, cause) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await cause(tx, story, clock.now())
        with pytest.raises(Refused):
            await cause(tx, story, clock.now())
        assert len(await deletions.list_by_event(tx, story.event_id)) == 1


async def test_a_connection_can_be_made_again_after_it_ended(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await by_disconnecting(tx, story, clock.now())
        client = await clients.find_client(tx, story.client.id)
        again = await installing.connect(tx, await story.manager(tx), client, READS, now=clock.now())
        assert again.id != story.installation.id


async def test_a_suspension_kills_access_tokens_and_asks_for_no_new_consent_when_lifted(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        id = story.client.integration_id
        assert await suspend.suspend(tx, story.ada, id, reason="It hammers the API.", now=clock.now()) == 1
        assert await fate(tx, story.install) == "integration_suspended"
        assert (await catalogue.get(tx, id)).state == "suspended"
        assert (await installations.get(tx, story.installation.id)).is_active
        assert await deletions.list_by_event(tx, story.event_id) == []
        proven = ProvenClient(story.client.id, id, "sandbox", "suspended")
        waiting = await families.refresh(tx, proven, story.install.refresh_token, None, keys=KEYS, now=clock.now())
        assert not isinstance(waiting, TokenPair)
        clock.pass_(days=2)
        assert await suspend.resume(tx, story.ada, id, now=clock.now()) == 1
        assert await fate(tx, story.install) == "integration_suspended"
        again = await families.refresh(tx, proven, story.install.refresh_token, None, keys=KEYS, now=clock.now())
        assert isinstance(again, TokenPair)
        assert (await catalogue.get(tx, id)).state == "sandbox"
        (told,) = map(json.loads, await messages(tx, "integration.suspended"))
        assert (told["event_id"], told["data"]["reason"]) == (None, "It hammers the API.")
        (told,) = map(json.loads, await messages(tx, "integration.resumed"))
        assert told["data"]["resumed_at"] == clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        to = await letters(tx)
        assert sum("eve-" in letter for letter in to) == 2
        assert sum("ada-" in letter for letter in to) == 2


async def test_narrowing_takes_a_scope_from_living_tokens_at_once(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await narrow.narrow(tx, await story.manager(tx), story.installation.id, "participants.read", now=clock.now())
        (left,) = await tx.all(
            list,
            """SELECT a.scopes FROM access_tokens a JOIN token_families f ON f.id = a.family_id
                WHERE f.kind = 'installation'""",
        )
        assert left == ["event.read"]
        proven = ProvenClient(story.client.id, story.client.integration_id, "sandbox", "sandbox")
        pair = await families.refresh(tx, proven, story.install.refresh_token, None, keys=KEYS, now=clock.now())
        assert isinstance(pair, TokenPair)
        assert pair.scopes == ["event.read"]


async def test_narrowing_ends_a_family_that_carried_nothing_else(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await tx.run("UPDATE token_families SET scopes = '{participants.read}' WHERE kind = 'installation'")
        await narrow.narrow(tx, await story.manager(tx), story.installation.id, "participants.read", now=clock.now())
        assert await fate(tx, story.install) == "organizer_disconnected"


async def test_an_installation_warns_twice_and_then_ends_by_itself(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())

        async def look() -> tuple[int, int, int]:
            return await expire.look(tx, base_url="http://x", now=clock.now())

        await tx.run("UPDATE installations SET last_used_at = ends_at")
        assert await look() == (0, 0, 0)
        clock.pass_(days=33 + 90 - 14)
        assert await look() == (0, 1, 0)
        assert await look() == (0, 0, 0)
        clock.pass_(days=11)
        assert await look() == (0, 1, 0)
        assert await look() == (0, 0, 0)
        clock.pass_(days=3)
        assert await look() == (1, 0, 0)
        assert await fate(tx, story.install) == "installation_expired"
        assert sum("access ends on" in letter for letter in await letters(tx)) == 2


async def test_one_click_keeps_it_and_the_warnings_begin_anew(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await tx.run("UPDATE installations SET last_used_at = ends_at")
        clock.pass_(days=33 + 90 - 2)
        assert (await expire.look(tx, base_url="http://x", now=clock.now()))[1] == 1
        await installing.extend(tx, await story.manager(tx), story.installation.id, now=clock.now())
        clock.pass_(days=5)
        assert await expire.look(tx, base_url="http://x", now=clock.now()) == (0, 0, 0)
        clock.pass_(days=80)
        assert (await expire.look(tx, base_url="http://x", now=clock.now()))[1] == 1


async def test_an_event_that_was_moved_takes_its_connections_along(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await tx.run("UPDATE events SET ends_at = ends_at + interval '100 days'")
        await tx.run("UPDATE installations SET last_used_at = ends_at")
        clock.pass_(days=33 + 90 + 1)
        assert await expire.look(tx, base_url="http://x", now=clock.now()) == (0, 0, 0)
        assert (await installations.get(tx, story.installation.id)).is_active


async def test_what_nobody_used_for_60_days_is_offered_for_removal_once(db, clock) -> None:
    async with db.tx() as tx:
        await connected(tx, now=clock.now())
        clock.pass_(days=60)
        assert await expire.look(tx, base_url="http://x", now=clock.now()) == (0, 0, 1)
        clock.pass_(days=1)
        assert await expire.look(tx, base_url="http://x", now=clock.now()) == (0, 0, 0)
        assert any("is not used" in letter for letter in await letters(tx))


async def with_page(tx, story, now, title="Badge shop"):
    facts = PageFacts(
        kind="webview",
        title=title,
        url="https://badges.papertrail.example/shop",
        integration_id=story.client.integration_id,
        visibility="everyone",
        is_published=True,
    )
    editor = await proofs.as_page_editor(tx, story.ada, story.event_id)
    return await pages.create(tx, editor, facts, own_origin="https://revento.example", now=now)


async def organizers_letters(tx) -> list[str]:
    return await tx.all(str, "SELECT subject || E'\n\n' || body FROM mails WHERE recipient LIKE 'ada-%%' ORDER BY id")


PAGES_OF = "“Badge shop” in Northlight Con"


@pytest.mark.parametrize(
    ("cause", "subject", "above"),
    [
        (by_disconnecting, "Northlight Con: pages of BadgePress show nothing any more", "Visitors of these pages read"),
        (by_losing_status, "Northlight Con: pages of BadgePress show nothing any more", "Visitors of these pages read"),
        (by_unpublishing, "BadgePress has left the catalogue", "These pages of your events show nothing any more:"),
        (by_suspending, "BadgePress is suspended", "These pages of your events show nothing until then:"),
    ],
)
async def test_organizers_hear_in_the_subject_what_happened_and_which_pages_show_nothing(
    db, clock, cause, subject, above
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await with_page(tx, story, clock.now())
        await cause(tx, story, clock.now())
        told = [letter for letter in await organizers_letters(tx) if letter.startswith(subject)]
        assert [(above in letter, PAGES_OF in letter) for letter in told] == [(True, True)]


async def test_an_end_that_hides_no_page_tells_of_none(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await by_disconnecting(tx, story, clock.now())
        assert await organizers_letters(tx) == []


async def test_a_lifted_suspension_says_what_is_shown_again(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await with_page(tx, story, clock.now())
        await by_suspending(tx, story, clock.now())
        await suspend.resume(tx, story.ada, story.client.integration_id, now=clock.now())
        told = await organizers_letters(tx)
        assert [letter.splitlines()[0] for letter in told] == ["BadgePress is suspended", "BadgePress works again"]
        assert "The operator writes: It hammers the API." in told[0]
        assert "These pages of your events are shown again:\n" + PAGES_OF in told[1]


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_an_account_is_deleted_while_its_reads_are_noted(db, clock) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await given.application(tx, story.ada, story.cyd, story.event_id, now=clock.now())

    async def leaving() -> None:
        async with db.tx() as tx:
            await leave.delete_account(tx, story.cyd, now=clock.now())

    async def waiting() -> int:
        async with db.tx() as tx:  # what is known of the others is looked up once a transaction
            return await tx.one(int, WAITING)

    async with db.tx() as noting, asyncio.timeout(30):
        await reads.touch_installations(noting, [story.installation.id], clock.now())
        left = asyncio.create_task(leaving())
        while not await waiting():  # noqa: ASYNC110 (a lock waits in a database)
            await asyncio.sleep(0.02)
        await reads.touch_grants(noting, [story.grant.id], clock.now())
    await left
    async with db.tx() as tx:
        assert {duty.reason for duty in await deletions.list_by_event(tx, story.event_id)} == {"account_deleted"}
