"""An integrator finds what concerns her integrations by any id, a name or a webhook type, and nothing of others."""

from uuid import uuid4

from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.kernel.db import Database
from revento.kernel.ids import ApplicationId
from revento.webhooks.fanout import actions as fanout
from tests.conftest import MovableClock
from tests.developer.conftest import registered
from tests.integrations import given
from tests.integrations.connected import connected
from tests.visits import Site, Visitor


async def found(visitor: Visitor, words: str) -> list[str]:
    """Where the hits lead."""
    page = await visitor.get("/developer/search", params={"q": words})
    assert page.status_code == 200, page.text[:2000]
    parts = page.text.split('class="strong cover break" href="')[1:]
    return [part.split('"')[0].replace("&amp;", "&") for part in parts]


async def test_everything_of_a_console_is_found_and_opens_and_nothing_of_another_ones(
    db: Database, site: Site, ruben: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
    ada = await site.as_user(story.ada)
    id, request = str(uuid4()), str(uuid4())
    async with db.tx() as tx:
        await given.application(tx, story.ada, story.cyd, story.event_id, now=clock.now())
        application = ApplicationId(await tx.one(str, "SELECT id FROM applications"))
        await reviews.approve(tx, await proofs.as_reviewer(tx, story.ada, story.event_id), application, now=clock.now())
        await fanout.route(tx)
        sent = await tx.all(str, "SELECT id::text FROM deliveries WHERE topic <> 'data.deletion_required' ORDER BY no")
        told = await tx.one(str, "SELECT message_id FROM deliveries WHERE id = %(id)s::uuid", id=sent[0])
        about = await tx.one(str, "SELECT resource_key FROM deliveries WHERE id = %(id)s::uuid", id=sent[0])
    path = f"/organizer/events/{story.event_id}/integrations/{story.installation.id}/disconnect"
    await ada.post(path, headers={"X-Revento-Request-Id": request})
    async with db.tx() as tx:
        await fanout.route(tx)
        await tx.run(
            """INSERT INTO api_requests (at, request_id, integration_id, client_id, method, endpoint, path, status,
                                         duration_ms)
               VALUES (now(), %(id)s, %(integration)s, %(client)s, 'GET', '/x', '/api/v1/events/evt_1', 403, 1)""",
            id=id,
            integration=story.client.integration_id,
            client=story.client.id,
        )
        (eve,) = await tx.all(str, "SELECT user_id FROM integration_members")
        event = await tx.one(str, "SELECT title FROM events")
        duty = await tx.one(str, "SELECT id FROM deletion_requests")
        ended = await tx.all(str, "SELECT id::text FROM deliveries WHERE topic = 'data.deletion_required'")
    await registered(site, ruben, name="Mine alone")
    visitor, base = await site.as_user(eve), f"/developer/integrations/{story.client.integration_id}"
    env, one = "?env=sandbox", f"/deliveries/{sent[0]}"
    expected = {
        "badge": [base],
        story.client.integration_id: [base],
        story.client.id: [base],
        story.installation.id: [f"{base}/installations{env}&q={story.installation.id}"],
        event.split()[0].lower(): [f"{base}/installations{env}&q={story.installation.id}"],
        story.event_id: [f"{base}/installations{env}&q={story.installation.id}"],
        duty: [f"{base}/deletions", *(f"{base}/deliveries/{each}{env}" for each in ended)],
        id: [f"{base}/requests{env}&q={id}"],
        sent[0]: [f"{base}{one}{env}"],
        told: [f"{base}{one}{env}"],
        request: [*(f"{base}/deliveries/{each}{env}" for each in ended), f"{base}/tokens{env}&q={request}"],
        "capacity_state": [f"{base}/deliveries{env}&topic=activity.capacity_state_changed"],
    }
    for words, links in expected.items():
        assert (words, sorted(set(await found(visitor, words)))) == (words, sorted(links))
        for link in links:
            assert (link, (await visitor.get(link)).status_code) == (link, 200)
        theirs = [link for link in await found(ruben, words) if story.client.integration_id in link]
        assert (words, theirs) == (words, [])
    assert f"{base}{one}{env}" in await found(visitor, about)
    assert await found(ruben, "mine") != []
    assert "Nothing of yours has this id" in (await ruben.get(f"/developer/search?q={id}")).text
