"""The operator's decisions: every page opens, a suspension stops and is lifted, a limit and a deprecation are set."""

import re

from revento.kernel.db import Database
from tests.conftest import MovableClock
from tests.developer.conftest import registered
from tests.integrations.connected import connected
from tests.visits import Site, Visitor

PAGES = ("/submissions", "/integrations", "/health", "/abuse", "/limits", "/deprecations")


async def test_an_integration_is_suspended_resumed_and_unpublished_with_a_reason(site: Site, olga: Visitor) -> None:
    ruben = await site.person("Ruben de Graaf")
    made = await registered(site, ruben)
    for page in PAGES:
        answer = await olga.get(f"/operator{page}")
        assert (page, answer.status_code) == (page, 200), answer.text[:2000]
    base = f"/operator/integrations/{made.id}"
    assert (await olga.get(base)).status_code == 200
    assert (await olga.post(f"{base}/suspend", {"reason": ""})).status_code == 422
    for step, state in (("suspend", "suspended"), ("resume", "sandbox"), ("unpublish", "unpublished")):
        assert (step, (await olga.post(f"{base}/{step}", {"reason": "Complaints."})).status_code) == (step, 303)
        assert await site.rows(str, "SELECT state FROM integrations") == [state]


async def test_limits_and_deprecations_are_set_and_taken_back(site: Site, olga: Visitor) -> None:
    made = await registered(site, await site.person("Ruben de Graaf"))
    limit = {"integration_id": made.id, "kind": "installation", "per_hour": 900, "per_minute": 60, "in_flight": 5}
    assert (await olga.post("/operator/limits", limit)).status_code == 422
    assert (await olga.post("/operator/limits", limit | {"reason": "A large event."})).status_code == 303
    assert "A large event." in (await olga.get("/operator/limits")).text
    gone = {"title": "Old lists", "description": "Use pages.", "version": "v1", "link": "https://revento.example/x"}
    soon = await olga.post("/operator/deprecations", gone | {"sunset": str(site.clock.now().date())})
    assert "at least six months" in soon.text
    assert (await olga.post("/operator/deprecations", gone | {"sunset": "2099-01-01"})).status_code == 303
    assert "Old lists" in (await olga.get("/operator/deprecations")).text


async def test_before_it_stops_the_operator_sees_how_many_connections_webhooks_and_people_that_hits(
    db: Database, site: Site, olga: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
    for page in (f"integrations/{story.client.integration_id}", f"organizations/{story.organization_id}"):
        text = re.sub(r"<[^>]+>", " ", (await olga.get(f"/operator/{page}")).text)
        words = " ".join(text.split())
        assert (page, "1 connection" in words, "1 webhook receiver, 0 deliveries waiting" in words) == (
            page,
            True,
            True,
        )
        assert "1 sign-in of a participant" in words
