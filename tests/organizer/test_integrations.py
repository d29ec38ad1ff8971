"""The organizer's integrations: the list, the catalogue, one connection, disconnecting, the ledger, objections."""

from datetime import timedelta

import pytest

from revento.identity.organizations import queries as organizations
from revento.integrations.board import queries as board
from revento.integrations.board import rules
from revento.integrations.deletions import queries as deletions
from revento.integrations.installations import queries as installations
from revento.integrations.objections import actions as objections
from tests.integrations import given


async def read(db, story, clock, *, scope="participants.read", endpoint="/events/{event_id}/participants", people=3):
    """One line of the ledger, as the API's buffer writes it."""
    async with db.tx() as tx:
        await tx.run(
            """INSERT INTO api_requests (at, request_id, integration_id, client_id, installation_id, event_id,
                                         family_id, token_kind, method, endpoint, path, scope, status, rows, people,
                                         duration_ms)
               VALUES (%(at)s, gen_random_uuid(), %(integration)s, %(client)s, %(installation)s, %(event)s,
                       (SELECT min(id) FROM token_families WHERE installation_id = %(installation)s),
                       'installation', 'GET', %(endpoint)s, '/x', %(scope)s, 200, %(people)s, %(people)s, 1)""",
            at=clock.now() - timedelta(minutes=5),
            integration=story.client.integration_id,
            client=story.client.id,
            installation=story.installation.id,
            event=story.event_id,
            endpoint=endpoint,
            scope=scope,
            people=people,
        )


async def test_the_list_says_what_each_may_read_and_how_it_fares(app, db, clock, story) -> None:
    await read(db, story, clock)
    ada = await app.as_user(story.ada)
    page = (await ada.get(f"/organizer/events/{story.event_id}/integrations")).text
    for words in ("BadgePress", "Papertrail Labs", "event.read", "participants.read", "Not used yet", "Disconnect"):
        assert words in page
    assert "Participants with role, status and shared answers" in page


async def test_a_scope_nobody_used_in_60_days_is_offered_for_removal_and_removed_with_one_click(
    app, db, clock, story
) -> None:
    ada = await app.as_user(story.ada)
    list_ = f"/organizer/events/{story.event_id}/integrations"
    assert "Remove that access" not in (await ada.get(list_)).text
    clock.pass_(days=61)
    ada = await app.as_user(story.ada)
    await read(db, story, clock)
    page = (await ada.get(list_)).text
    assert "has not used <code" in page
    assert 'name="scope" value="event.read"' in page
    assert 'name="scope" value="participants.read"' not in page
    answer = await ada.post(f"{list_}/{story.installation.id}/narrow", {"scope": "event.read"})
    assert answer.status_code == 303
    async with db.tx() as tx:
        assert (await installations.get(tx, story.installation.id)).granted_scopes == ["participants.read"]


async def test_a_scope_that_a_webhook_type_needs_counts_as_used(db, clock, story) -> None:
    clock.pass_(days=61)
    async with db.tx() as tx:
        found = await board.find_connection(tx, story.event_id, story.installation.id)
        assert {one.scope: one.is_unused for one in rules.grants(found, [], now=clock.now())} == {
            "event.read": True,
            "participants.read": False,
        }


async def test_the_catalogue_finds_by_name_and_publisher_and_leads_to_the_integration(app, story) -> None:
    ada = await app.as_user(story.ada)
    base = f"/organizer/events/{story.event_id}/integrations/catalogue"
    assert "BadgePress" in (await ada.get(f"{base}?q=papertrail")).text
    assert "Nothing found" in (await ada.get(f"{base}?q=nothing-like-this")).text
    offer = (await ada.get(f"{base}/{story.client.integration_id}")).text
    for words in ("To print names.", "https://papertrail.example/privacy", "Not verified", "See the connection"):
        assert words in offer


async def test_connect_sends_the_browser_to_the_integration_with_the_event(app, db, clock, story) -> None:
    async with db.tx() as tx:
        made, _ = await given.registered(tx, None, now=clock.now(), name="Echo", connect_url="https://e.example/c?x=1")
    ada = await app.as_user(story.ada)
    page = (await ada.get(f"/organizer/events/{story.event_id}/integrations/catalogue/{made.id}")).text
    assert f'href="https://e.example/c?x=1&amp;event_id={story.event_id}"' in page


async def test_disconnecting_says_what_ends_and_then_the_receipt_is_awaited(app, db, clock, story) -> None:
    ada = await app.as_user(story.ada)
    own = f"/organizer/events/{story.event_id}/integrations/{story.installation.id}"
    page = (await ada.get(f"{own}/disconnect")).text
    for words in ("It loses access at once", "1 participant who signed in", "confirm it to you"):
        assert words in page
    assert (await ada.post(f"{own}/disconnect", {"why": "broken"})).status_code == 303
    list_ = (await ada.get(f"/organizer/events/{story.event_id}/integrations")).text
    assert "Nothing is connected" in list_
    assert "Due" in list_
    async with db.tx() as tx:
        (duty,) = await deletions.list_by_event(tx, story.event_id)
        assert (await installations.get(tx, story.installation.id)).end_reason == "organizer_disconnected"
    assert (await ada.post(f"{own}/disconnect")).status_code == 409
    assert duty.confirmed_at is None


async def test_pausing_and_resuming_and_extending_are_one_click_each(app, db, clock, story) -> None:
    ada = await app.as_user(story.ada)
    own = f"/organizer/events/{story.event_id}/integrations/{story.installation.id}"
    await ada.post(f"{own}/pause")
    assert "You paused its updates" in (await ada.get(own)).text
    await ada.post(f"{own}/resume")
    assert "You paused its updates" not in (await ada.get(own)).text
    clock.pass_(days=120)
    ada = await app.as_user(story.ada)
    assert "Its access ends" in (await ada.get(own)).text
    await ada.post(f"{own}/extend")
    async with db.tx() as tx:
        assert (await installations.get(tx, story.installation.id)).ends_at == clock.now() + timedelta(days=90)


async def test_a_newer_manifest_that_asks_for_more_is_shown_before_anybody_consents(app, db, clock, story) -> None:
    async with db.tx() as tx:
        await tx.run(
            """UPDATE manifests SET document = jsonb_set(document, '{scopes,required}',
                      '["event.read", "participants.read", "program.read"]')"""
        )
    ada = await app.as_user(story.ada)
    page = (await ada.get(f"/organizer/events/{story.event_id}/integrations/{story.installation.id}")).text
    assert "It asks for more now" in page
    assert "To print the program on the back." in page


async def test_the_ledger_filters_and_exports(app, db, clock, story) -> None:
    await read(db, story, clock)
    await read(db, story, clock, scope="event.read", endpoint="/events/{event_id}", people=0)
    ada = await app.as_user(story.ada)
    base = f"/organizer/events/{story.event_id}/integrations/ledger"
    assert (await ada.get(base)).text.count("<tr data-row>") == 2
    assert (await ada.get(f"{base}?people=1")).text.count("<tr data-row>") == 1
    assert "No reads here" in (await ada.get(f"{base}?integration=int_other")).text
    table = await ada.get(f"{base}.csv?people=1")
    assert table.headers["content-type"].startswith("text/csv")
    head, line = [line.split(",") for line in table.text.splitlines()]
    assert (head[1], line[1]) == ("integration", "BadgePress")
    assert (head[-2:], line[-2]) == (["token_kind", "token"], "installation")
    assert line[-1] in (await ada.get(base.replace("ledger", "tokens"))).text, "which consent a read goes back to"


async def test_an_objection_is_answered_once_and_the_participant_gets_a_letter(app, db, clock, story) -> None:
    async with db.tx() as tx:
        id = await objections.object_to(
            tx, story.cyd, story.installation, "I do not like this.", base_url="http://x", now=clock.now()
        )
    ada = await app.as_user(story.ada)
    list_ = f"/organizer/events/{story.event_id}/integrations"
    assert "objects to an integration" in (await ada.get(list_)).text
    page = (await ada.get(f"{list_}/objections")).text
    assert "I do not like this." in page
    assert (await ada.post(f"{list_}/objections/{id}", {"answer": " "})).status_code == 422
    assert (await ada.post(f"{list_}/objections/{id}", {"answer": "We need it for badges."})).status_code == 303
    assert "We need it for badges." in (await ada.get(f"{list_}/objections")).text
    assert (await ada.post(f"{list_}/objections/{id}", {"answer": "Twice."})).status_code == 404
    letters = await app.rows(str, "SELECT recipient FROM mails WHERE subject LIKE 'An answer%%'")
    assert len(letters) == 1


async def test_archiving_says_what_it_ends_and_ends_it(app, db, story) -> None:
    ada = await app.as_user(story.ada)
    base = f"/organizer/events/{story.event_id}"
    assert "<strong>BadgePress</strong>" in (await ada.get(f"{base}/archive")).text
    assert (await ada.post(f"{base}/archive")).status_code == 303
    assert "Archived" in (await ada.get(base)).text
    async with db.tx() as tx:
        assert (await installations.get(tx, story.installation.id)).end_reason == "event_archived"


@pytest.mark.parametrize("deed", ["disconnect", "narrow", "pause", "resume", "extend"])
async def test_who_may_only_look_changes_nothing(app, db, clock, story, deed) -> None:
    viewer = await app.person("Vera Viewer")
    async with db.tx() as tx:
        await organizations.put_member(tx, story.organization_id, viewer.user_id, "viewer", now=clock.now())
    own = f"/organizer/events/{story.event_id}/integrations/{story.installation.id}"
    assert (await viewer.get(own)).status_code == 200
    assert (await viewer.post(f"{own}/{deed}")).status_code == 403


async def test_the_list_takes_as_many_statements_with_three_connections_as_with_one(app, db, clock, story) -> None:
    ada = await app.as_user(story.ada)
    path = f"/organizer/events/{story.event_id}/integrations"
    await app.statements(ada, path)
    one = await app.statements(ada, path)
    async with db.tx() as tx:
        for name in ("Echo", "Waypoint"):
            _, client = await given.registered(tx, None, now=clock.now(), name=name)
            await given.connect(tx, await story.manager(tx), client, now=clock.now())
    assert await app.statements(ada, path) == one
