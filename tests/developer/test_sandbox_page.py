"""The sandbox's page: every type at the press of a button, why nothing is heard, no way around the operator."""

import re

from revento.contract import topics
from revento.identity import proofs
from revento.integrations.credentials import queries as clients
from revento.integrations.installations import actions as installations
from revento.kernel.ids import EventId
from revento.sandbox import actions as sandbox
from revento.web.developer.manifest_form import STARTS
from revento.webhooks.fanout import actions as fanout
from tests.visits import CSRF, Site, Visitor

from .conftest import registered
from .test_every_page import database_url, with_sandbox  # noqa: F401 (the fixture: the sandbox is there)

EVERYTHING = [each.name for each in topics.ALL]


async def connect(site: Site, ruben: Visitor, event_id: EventId, made) -> None:
    async with site.db.tx() as tx:
        client = await clients.find_client(tx, made.client_id)
        assert client is not None
        assert ruben.user_id is not None
        manager = await proofs.as_integration_manager(tx, ruben.user_id, event_id)
        scopes = ["event.read", "participants.read", "program.read"]
        await installations.connect(tx, manager, client, scopes, now=site.clock.now())


async def said(visitor: Visitor, path: str, data: dict[str, str]) -> str:
    """What the next page says first."""
    answer = await visitor.post(path, data)
    assert answer.status_code == 303, answer.text[:1000]
    page = (await visitor.get(answer.headers["location"])).text
    found = re.search(r'<div class="flash[^>]*>.*?<div>(.*?)</div>', page, re.S)
    assert found is not None
    return found[1].strip()


async def test_every_type_is_triggered_from_the_page_and_reaches_the_log(site: Site, ruben: Visitor, clock) -> None:
    event_id = await with_sandbox(site, ruben)
    made = await registered(site, ruben, declared_webhook_event_types=EVERYTHING)
    await connect(site, ruben, event_id, made)
    base = f"/developer/integrations/{made.id}"
    page = (await ruben.get(f"{base}/sandbox")).text
    assert [name for name in EVERYTHING if f'name="topic" value="{name}"' not in page] == []
    for topic in EVERYTHING:
        clock.pass_(seconds=1)
        told = await said(ruben, f"{base}/sandbox/trigger", {"topic": topic, "event_id": event_id})
        assert (topic, "Its delivery shows in the log" in told) == (topic, True)
    async with site.db.tx() as tx:
        await fanout.route(tx)
        now = set(await tx.all(str, "SELECT topic FROM deliveries"))
        later = set(await tx.all(str, "SELECT topic FROM messages_later"))
    assert now | later == set(EVERYTHING)


async def test_what_is_not_heard_is_said(site: Site, ruben: Visitor) -> None:
    event_id = await with_sandbox(site, ruben)
    made = await registered(site, ruben)
    path = f"/developer/integrations/{made.id}/sandbox/trigger"
    approved = {"topic": "application.approved", "event_id": event_id}
    assert "connect it to the event first" in await said(ruben, path, approved)
    assert "Connect the integration to this event first" in await said(
        ruben, path, approved | {"topic": "webhook.test"}
    )
    await connect(site, ruben, event_id, made)
    assert "Its delivery shows in the log" in await said(ruben, path, approved)
    assert "does not declare the type" in await said(ruben, path, approved | {"topic": "activity.updated"})


async def test_a_trial_neither_lifts_the_operators_suspension_nor_suspends_what_is_live(
    site: Site, ruben: Visitor, olga: Visitor
) -> None:
    event_id = await with_sandbox(site, ruben)
    made = await registered(site, ruben, declared_webhook_event_types=EVERYTHING)
    await connect(site, ruben, event_id, made)
    path = f"/developer/integrations/{made.id}/sandbox/trigger"
    for topic, state in (("integration.suspended", "suspended"), ("integration.resumed", "sandbox")):
        await said(ruben, path, {"topic": topic, "event_id": event_id})
        assert await site.rows(str, "SELECT state FROM integrations WHERE id = %(id)s", id=made.id) == [state]
    await olga.post(f"/operator/integrations/{made.id}/suspend", {"reason": "It sells badges."})
    for topic in ("integration.suspended", "integration.resumed"):
        told = await said(ruben, path, {"topic": topic, "event_id": event_id})
        assert "only the operator lifts that" in told
        found = await site.rows(str, "SELECT suspension_reason FROM integrations WHERE id = %(id)s", id=made.id)
        assert found == ["It sells badges."]
    await olga.post(f"/operator/integrations/{made.id}/resume")
    async with site.db.tx() as tx:
        await tx.run(
            """INSERT INTO clients (id, integration_id, environment, manifest_id, created_at)
               SELECT 'cli_live', integration_id, 'production', manifest_id, created_at
                 FROM clients WHERE id = %(id)s""",
            id=made.client_id,
        )
    told = await said(ruben, path, {"topic": "integration.suspended", "event_id": event_id})
    assert "would stop real events" in told
    assert await site.rows(str, "SELECT state FROM integrations WHERE id = %(id)s", id=made.id) == ["sandbox"]


async def test_signing_up_as_an_integrator_opens_a_sandbox_and_leads_to_a_form_that_works(site: Site, clock) -> None:
    async with site.db.tx() as tx:
        await sandbox.build(tx, "a lantern at low tide", now=clock.now())
    newcomer = await site.anybody()
    person = {"name": "Nia Newcomer", "email": "nia@example.test", "password": "correct horse battery staple"}
    answer = await newcomer.post("/account/sign-up", person | {"next": "/developer"})
    assert answer.headers["location"] == "/developer/integrations/new"
    page = (await newcomer.get("/developer/integrations/new")).text
    assert "Sandbox of Nia Newcomer" in page
    newcomer._csrf = CSRF.findall(page)[0]
    starts = STARTS | {"publisher.display_name": "Nia Newcomer", "name": "First steps", "where": "sandbox"}
    answer = await newcomer.post("/developer/integrations", starts)
    assert answer.status_code == 200, re.findall(r'class="error"[^>]*>.*?</p>', answer.text, re.S)
    for name in ("REVENTO_CLIENT_ID=cli_", "REVENTO_BASE_URL=http", "SANDBOX_EVENT_ID=evt_", "REVENTO_REDIRECT_URI="):
        assert name in answer.text
