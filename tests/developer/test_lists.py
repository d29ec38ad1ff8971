"""What the lists of the console say when a search names nothing, and when an integration is stopped."""

from tests.visits import Site, Visitor

from .conftest import registered

CALLED = """
    INSERT INTO api_requests (at, request_id, integration_id, client_id, token_kind, method, endpoint, path, status,
                              duration_ms)
    VALUES (%(now)s, gen_random_uuid(), %(integration)s, %(client)s, 'installation', 'GET', '/api/v1/me/profile',
            '/api/v1/me/profile', 403, 1)
"""


async def test_a_search_of_the_request_log_that_names_nothing_finds_nothing(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    async with site.db.tx() as tx:
        await tx.run(CALLED, now=site.clock.now(), integration=made.id, client=made.client_id)
    log = f"/developer/integrations/{made.id}/requests"
    assert "GET /api/v1/me/profile" in (await ruben.get(log)).text
    page = (await ruben.get(f"{log}?q=profile")).text
    assert "GET /api/v1/me/profile" not in page
    assert "Search by the whole id of a request" in page


async def test_a_stopped_integration_is_not_said_to_receive_its_webhooks(
    site: Site, ruben: Visitor, olga: Visitor
) -> None:
    made = await registered(site, ruben)
    assert "None is connected to an event yet." in (await ruben.get("/developer")).text
    await olga.post(f"/operator/integrations/{made.id}/suspend", {"reason": "It hammers."})
    home = (await ruben.get("/developer")).text
    assert ("1 is stopped" in home, "All of them receive" in home) == (True, False)


async def test_the_checklist_speaks_the_visitors_language(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    async with site.db.tx() as tx:
        await tx.run("UPDATE users SET locale = 'de'")
    for page in ("checklist", "submission"):
        text = (await ruben.get(f"/developer/integrations/{made.id}/{page}")).text
        assert ("Weist alte Zeitstempel zurück" in text, "Refuses stale timestamps" in text) == (True, False)
