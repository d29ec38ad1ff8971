"""What an operator watches: the abuse queue by the contract's window, limits that count at once, what goes away."""

from datetime import timedelta
from uuid import uuid4

from revento.access.hours import actions as hours
from revento.access.models import Read
from revento.kernel.db import Database
from tests.conftest import MovableClock
from tests.developer.conftest import registered
from tests.integrations.connected import connected
from tests.visits import Site, Visitor

REFUSED = """
    INSERT INTO api_requests (at, request_id, integration_id, client_id, token_kind, method, endpoint, path, status,
                              error, duration_ms)
    SELECT %(at)s + n * make_interval(secs => %(apart_s)s), gen_random_uuid(), %(id)s, %(client)s, 'installation',
           'GET', '/events/{event_id}', '/x', 429, 'rate_limit_exceeded', 1
      FROM generate_series(1, %(count)s) AS n
"""


async def refused(site: Site, made, *, count: int, apart_s: float) -> None:
    """That many requests above the limit."""
    async with site.db.tx() as tx:
        await tx.run(
            REFUSED,
            at=site.clock.now() - timedelta(hours=20),
            apart_s=apart_s,
            id=made.id,
            client=made.client_id,
            count=count,
        )


async def test_a_hundred_refusals_within_ten_minutes_reach_the_operator_and_spread_out_they_do_not(
    site: Site, olga: Visitor
) -> None:
    ruben = await site.person("Ruben de Graaf")
    patient, hasty = await registered(site, ruben, name="Patient"), await registered(site, ruben, name="Hasty")
    await refused(site, patient, count=400, apart_s=7)
    await refused(site, hasty, count=99, apart_s=1)
    page = (await olga.get("/operator/abuse")).text
    assert "Nobody is refused often" in page
    assert "Nothing waits" in (await olga.get("/operator")).text
    await refused(site, hasty, count=1, apart_s=30)
    page = (await olga.get("/operator/abuse")).text
    assert "Hasty" in page
    assert "Patient" not in page
    assert "up to 100 within ten minutes" in page
    assert "1 integration hammers the API" in (await olga.get("/operator")).text


async def test_the_list_of_integrations_has_pages_and_is_searched(site: Site, olga: Visitor) -> None:
    ruben = await site.person("Ruben de Graaf")
    made = [await registered(site, ruben, name=f"Tool {n:02}") for n in range(53)]
    page, seen = "/operator/integrations", []
    while page:
        text = (await olga.get(page)).text
        seen += [part.split('"')[0] for part in text.split('class="title" href="/operator/integrations/')[1:]]
        link = [part.split('"')[0] for part in text.split('<a class="btn small" href="?')[1:]]
        page = f"/operator/integrations?{link[0].replace('&amp;', '&')}" if link else ""
    assert sorted(seen) == sorted(each.id for each in made)
    assert "Tool 07" in (await olga.get("/operator/integrations?q=ool 07", headers={"HX-Request": "true"})).text
    assert "Tool 07" not in (await olga.get(f"/operator/integrations?q={made[8].id}")).text
    assert "None has this name" in (await olga.get("/operator/integrations?state=published")).text


async def test_a_limit_counts_with_the_next_request_and_goes_as_it_came(
    db: Database, site: Site, olga: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
    nobody = (await site.anybody()).client
    bearer = {"Authorization": f"Bearer {story.install.access_token}"}

    async def asked() -> tuple[int, str]:
        answer = await nobody.get(f"/api/v1/events/{story.event_id}", headers=bearer)
        return answer.status_code, answer.headers["X-RateLimit-Limit"]

    nonsense = {"integration_id": "int_nobody", "per_hour": 1, "per_minute": 1, "kind": "user", "in_flight": 1}
    assert (await olga.post("/operator/limits", nonsense | {"reason": "Why."})).status_code == 422
    assert await asked() == (200, "500")
    form = {"kind": "installation", "per_minute": 3, "in_flight": 5, "reason": "A trial."}
    whole = {"integration_id": story.client.integration_id, "installation_id": "", "per_hour": 900}
    one = {"integration_id": story.client.integration_id, "installation_id": story.installation.id, "per_hour": 700}
    assert (await olga.post("/operator/limits", form | whole)).status_code == 303
    assert await asked() == (200, "900")
    assert (await olga.post("/operator/limits", form | one)).status_code == 303
    assert await asked() == (200, "700")
    assert (await asked())[0] == 429
    for id in await site.rows(str, "SELECT id FROM rate_limits ORDER BY installation_id NULLS LAST"):
        assert (await olga.post(f"/operator/limits/{id}/drop")).status_code == 303
    assert await asked() == (200, "500")


async def test_a_budget_is_for_whom_the_operator_finds_by_name_and_ends_by_itself(
    db: Database, site: Site, olga: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        event, name = await tx.one(str, "SELECT title FROM events"), await tx.one(str, "SELECT name FROM integrations")
    await registered(site, await site.person("Ruben de Graaf"), name="100% Other")
    whole, id = story.client.integration_id, story.installation.id
    links = {f"/operator/limits?integration={whole}", f"/operator/limits?integration={whole}&amp;installation={id}"}

    async def found(words: str) -> set[str]:
        page = await olga.get("/operator/limits", params={"q": words})
        return {part.split('"')[0] for part in page.text.split('class="strong cover" href="')[1:]}

    assert await found(name.lower()) == links
    assert await found(f"{name[:4]} {event[-4:]}") == {max(links, key=len)}
    assert await found(id) == {max(links, key=len)}
    assert len(await found("0% o")) == 1
    assert await found("%") == await found("100% other")
    assert "No integration and no living connection" in (await olga.get("/operator/limits?q=nobody")).text
    form = (await olga.get(max(links, key=len).replace("&amp;", "&"))).text
    assert (name in form, event in form, 'value="500"' in form) == (True, True, True)
    assert 'value="200"' in (await olga.get(f"/operator/limits?integration={whole}&kind=user")).text
    raised = {"integration_id": whole, "installation_id": id, "kind": "installation", "per_hour": 1200}
    raised |= {"per_minute": 60, "in_flight": 5, "reason": "The weekend of the fair."}
    yesterday, today = ((clock.now() - timedelta(days=ago)).date().isoformat() for ago in (1, 0))
    answer = await olga.post("/operator/limits", raised | {"last_day": yesterday})
    assert (answer.status_code, "Choose a day that is not over." in answer.text) == (422, True)
    assert (await olga.post("/operator/limits", raised | {"last_day": today})).status_code == 303
    page = (await olga.get("/operator/limits")).text
    assert (event in page, "1,200<small>usually 500</small>" in page, "The weekend of the fair." in page) == (True,) * 3
    nobody, bearer = (await site.anybody()).client, {"Authorization": f"Bearer {story.install.access_token}"}

    async def budget() -> str:
        return (await nobody.get(f"/api/v1/events/{story.event_id}", headers=bearer)).headers["X-RateLimit-Limit"]

    assert await budget() == "1200"
    async with db.tx() as tx:
        await tx.run("UPDATE rate_limits SET ends_at = %(now)s", now=clock.now())
    assert await budget() == "500"
    assert "Everybody has the usual budget" in (await olga.get("/operator/limits")).text


async def test_who_still_calls_what_goes_away_is_told_to_the_operator_and_to_the_caller(
    db: Database, site: Site, olga: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
    gone = {"title": "Old lists", "description": "Use pages.", "version": "v1", "link": "https://revento.example/x"}
    path = {"path": "/api/v1/events/{event_id}/participants"}
    soon = (clock.now() + timedelta(days=170)).date()
    late = (clock.now() + timedelta(days=190)).date()
    assert (await olga.post("/operator/deprecations", gone | path | {"sunset": str(soon)})).status_code == 422
    assert f'value="{path["path"]}"' in (await olga.get("/operator/deprecations")).text
    assert (await olga.post("/operator/deprecations", gone | path | {"sunset": str(late)})).status_code == 303
    async with db.tx() as tx:
        await hours.add(
            tx,
            [
                Read(
                    at=clock.now(),
                    request_id=str(uuid4()),
                    method="GET",
                    endpoint=path["path"],
                    path="/x",
                    query="",
                    version="v1",
                    status=200,
                    duration_ms=3,
                    integration_id=story.client.integration_id,
                    client_id=story.client.id,
                )
            ],
        )
    assert "1 integration still calls it" in (await olga.get("/operator/deprecations")).text
    (eve,) = await site.rows(str, "SELECT user_id FROM integration_members")
    visitor = await site.as_user(eve)
    page = (await visitor.get(f"/developer/integrations/{story.client.integration_id}")).text
    assert "Old lists" in page
    assert "you still call it" in page
