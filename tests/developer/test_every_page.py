"""A newcomer's first minutes: a sandbox of one's own, an integration, and every page of its console."""

import hashlib
import hmac

import msgspec
import pytest

from revento.identity import proofs
from revento.integrations.credentials import queries as clients
from revento.integrations.installations import actions as installations
from revento.kernel.ids import EventId
from revento.webhooks.fanout import actions as fanout
from tests.visits import Site, Visitor

from .conftest import registered

PAGES = (
    *("", "/deliveries", "/dead-letters", "/replays", "/requests", "/tokens", "/installations", "/deletions"),
    *("/manifest", "/manifest/edit", "/manifest/edit?as=json", "/credentials", "/team", "/sandbox", "/checklist"),
    *("/submission", "/deliveries?live=1", "/deliveries?q=act_1&state=dead&since=2026-01-01", "/requests?status=4"),
)


@pytest.fixture
def database_url(sandbox_url: str) -> str:
    """The sandbox is there."""
    return sandbox_url


async def with_sandbox(site: Site, ruben: Visitor) -> EventId:
    """His own sandbox, opened with one click; its event."""
    answer = await ruben.post("/developer/sandbox")
    assert answer.headers["location"] == "/developer/integrations/new"
    own = await site.rows(
        str,
        "SELECT e.id FROM events e JOIN organizations o ON o.id = e.organization_id WHERE o.created_by = %(id)s",
        id=ruben.user_id,
    )
    return EventId(own[0])


async def test_from_the_sandbox_to_a_delivery_with_its_page(site: Site, ruben: Visitor) -> None:
    event_id = await with_sandbox(site, ruben)
    made = await registered(site, ruben)
    base = f"/developer/integrations/{made.id}"
    for page in PAGES:
        answer = await ruben.get(base + page)
        assert (page, answer.status_code) == (page, 200), answer.text[:3000]
    async with site.db.tx() as tx:
        client = await clients.find_client(tx, made.client_id)
        manager = await proofs.as_integration_manager(tx, ruben.user_id, event_id)
        await installations.connect(tx, manager, client, ["event.read", "participants.read"], now=site.clock.now())
    assert "Connected. Trigger something" in (await ruben.get(f"{base}/sandbox")).text
    for topic in ("application.approved", "data.deletion_required", "webhook.test", "integration.suspended"):
        done = await ruben.post(f"{base}/sandbox/trigger", {"topic": topic, "event_id": event_id})
        assert (topic, done.status_code) == (topic, 303)
    async with site.db.tx() as tx:
        await fanout.route(tx)
    log = await ruben.get(f"{base}/deliveries")
    assert "application.approved" in log.text
    assert "data.deletion_required" in log.text
    id = (await site.rows(str, "SELECT id::text FROM deliveries WHERE topic = 'application.approved'"))[0]
    detail = await ruben.get(f"{base}/deliveries/{id}")
    assert detail.status_code == 200, detail.text[:3000]
    assert (detail.text.count('aria-current="true"'), f"/deliveries/{id}?topic=webhook.test" in detail.text) == (
        1,
        False,
    )
    other = (await ruben.get(f"{base}/deliveries/{id}?topic=webhook.test")).text
    assert (
        f"/deliveries/{id}/debug?topic=webhook.test" in other,
        f'class="title mono" href="{base}/deliveries/{id}' in other,
    ) == (True, False)
    assert 'id="delivery-title"' in log.text
    assert 'id="delivery-title"' not in (await ruben.get(f"{base}/deliveries", headers={"HX-Request": "true"})).text
    assert f"{base}/deliveries/{id}" in (await ruben.get(f"{base}/deliveries?q={id}")).text
    debugged = await ruben.post(
        f"{base}/deliveries/{id}/debug", {"body": "{}", "timestamp": "1700000000", "signature": "sha256=00"}
    )
    assert "Expected signature" in debugged.text
    assert (await ruben.get("/developer")).status_code == 200


async def test_time_travel_and_personas_are_for_the_owner_of_the_sandbox(site: Site, ruben: Visitor) -> None:
    event_id = await with_sandbox(site, ruben)
    made, mallory = await registered(site, ruben), await site.person("Mallory Nobody")
    base, theirs = f"/developer/integrations/{made.id}", await registered(site, mallory)
    foreign = f"/developer/integrations/{theirs.id}"
    persona = (await site.rows(str, "SELECT user_id FROM applications WHERE event_id = %(id)s LIMIT 1", id=event_id))[0]
    for path, data in (
        ("trigger", {"topic": "event.updated"}),
        ("travel", {"trip": "archive"}),
        (f"play/{persona}", {}),
    ):
        answer = await mallory.post(f"{foreign}/sandbox/{path}", {"event_id": event_id, **data})
        assert (path, answer.status_code) == (path, 404)
    assert (await ruben.post(f"{base}/sandbox/travel", {"trip": "open_wave", "event_id": event_id})).status_code == 303
    played = await ruben.post(f"{base}/sandbox/play/{persona}", {"event_id": event_id})
    assert played.headers["location"] == f"/events/{event_id}"
    assert "You act for" in (await ruben.get(f"/events/{event_id}")).text
    assert (await ruben.get(base)).status_code == 404
    assert (await ruben.post("/account/act-as/stop")).headers["location"] == "/developer"
    assert (await ruben.post(f"{base}/sandbox/reset")).status_code == 303
    assert (await ruben.post(f"{base}/sandbox/travel", {"trip": "archive", "event_id": event_id})).status_code == 303


def signed(client_id: str, secret: str, status: str = "pass") -> bytes:
    """A report file as the conformance kit writes it."""
    check = {"id": "webhook.in_time", "title": "answers in time", "status": status, "sent": "a delivery", "got": "200"}
    report = {"format": "revento-conformance-report/1", "client_id": client_id, "target": "http://localhost:3000"}
    text = msgspec.json.encode(report | {"checks": [check]}).decode()
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return msgspec.json.encode(
        {"format": report["format"], "client_id": client_id, "report": text, "signature": f"sha256={mac}"}
    )


async def test_the_checklist_is_filled_by_signed_reports_only(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    path, auth = "/api/v1/integration/conformance", (made.client_id, made.client_secret)
    nobody = await site.anybody()
    forged = signed(made.client_id, "whsec_another")
    assert (await nobody.client.post(path, content=forged, auth=auth)).status_code == 400
    assert (await nobody.client.post(path, content=forged)).status_code == 401
    right = signed(made.client_id, made.webhook_secret)
    answer = await nobody.client.post(path, content=right, auth=auth)
    assert answer.json() == {"passed": 1, "failed": 0}
    page = await ruben.get(f"/developer/integrations/{made.id}/checklist")
    assert "1 of 12 proved." in page.text
    worse = signed(made.client_id, made.webhook_secret, "fail")
    await ruben.post(f"/developer/integrations/{made.id}/checklist", files={"report": ("report.json", worse)})
    assert "0 of 12 proved." in (await ruben.get(f"/developer/integrations/{made.id}/checklist")).text
