"""The review queue is searched and narrowed like every other list, and no decision is taken by not choosing one."""

import re

from revento.integrations.catalogue import actions as catalogue
from revento.integrations.manifests import actions as manifests
from revento.integrations.submissions import actions as submissions
from revento.integrations.submissions.models import Facts
from tests.developer.conftest import registered
from tests.integrations import given
from tests.visits import Site, Visitor

FACTS = Facts(
    notes="Press Print.", demo_url="https://badges.example/demo", marketing_copy=" ".join(["Prints badges."] * 9)
)


async def submitted(site: Site, owner: Visitor, name: str) -> str:
    """A submission of a new integration of this name."""
    made = await registered(site, owner, name=name)
    manifest = manifests.read(given.document(name=name), environment="production")
    async with site.db.tx() as tx:
        developer = await catalogue.as_developer(tx, owner.user_id, made.id, to_change=True)
        return await submissions.submit(
            tx, developer, manifest, FACTS, base_url="http://127.0.0.1:8000", now=site.clock.now()
        )


async def listed(olga: Visitor, query: str = "") -> list[str]:
    """The names on the page, in its order."""
    answer = await olga.get(f"/operator/submissions{query}")
    assert answer.status_code == 200, answer.text[:1000]
    return re.findall(r'<a class="title" href="/operator/submissions/sub_\w+">([^<]+)<', answer.text)


async def test_the_review_queue_is_searched_narrowed_and_keeps_what_was_decided(site: Site, olga: Visitor) -> None:
    ruben = await site.person("Ruben de Graaf")
    first = await submitted(site, ruben, "Badge Press")
    await submitted(site, ruben, "Chat Lantern")
    assert await listed(olga) == ["Badge Press", "Chat Lantern"]
    assert await listed(olga, "?q=lantern") == ["Chat Lantern"]
    assert await listed(olga, f"?q={first}") == ["Badge Press"]
    assert await listed(olga, "?kind=update") == []
    assert await listed(olga, "?kind=new&q=badge") == ["Badge Press"]
    nothing = (await olga.get("/operator/submissions?q=moss")).text
    assert "No submission has these words and this state." in nothing
    assert "2 wait." in nothing  # a filter changes the list, not what waits

    decided = {"decision": "changes", "text": "The signature is not checked."}
    assert (await olga.post(f"/operator/submissions/{first}/decide", decided)).status_code == 303
    assert await listed(olga) == ["Chat Lantern"]
    assert await listed(olga, "?state=changes_requested") == ["Badge Press"]
    assert await listed(olga, "?state=approved") == []


async def test_a_long_review_queue_goes_on_on_the_next_page(site: Site, olga: Visitor) -> None:
    ruben = await site.person("Ruben de Graaf")
    await submitted(site, ruben, "Badge Press")
    async with site.db.tx() as tx:
        await tx.run(MORE)
    first = await olga.get("/operator/submissions?q=press")
    assert len(await listed(olga, "?q=press")) == 50
    (older,) = re.findall(r'href="(\?[^"]+)" rel="next"', first.text)
    assert await listed(olga, older.replace("&amp;", "&")) == ["Press 50", "Press 51"]


async def test_what_was_said_about_a_version_stays_beside_the_next_and_each_side_gets_it_by_mail(
    site: Site, olga: Visitor
) -> None:
    ruben = await site.person("Ruben de Graaf")
    first = await submitted(site, ruben, "Badge Press")
    (id,) = await site.rows(str, "SELECT id FROM integrations")
    console = f"/developer/integrations/{id}/submission"
    mails = "SELECT recipient || ': ' || subject FROM mails WHERE body LIKE '%%' || %(said)s || '%%'"
    said = {"decision": "remark", "text": "Which printer?", "request": "curl -i https://badges.example"}
    assert (await olga.post(f"/operator/submissions/{first}/decide", said)).status_code == 303
    assert await site.rows(str, mails, said="Which printer?") == ["ruben@example.test: A remark about Badge Press"]
    assert (await ruben.post(f"{console}/{first}/comment", {"text": "Any printer."})).status_code == 303
    assert await site.rows(str, mails, said="Any printer.") == ["olga@example.test: Answer about Badge Press"]
    changes = {"decision": "changes", "text": "Verify the signature."}
    assert (await olga.post(f"/operator/submissions/{first}/decide", changes)).status_code == 303
    manifest = manifests.read(given.document(name="Badge Press"), environment="production")
    async with site.db.tx() as tx:
        developer = await catalogue.as_developer(tx, ruben.user_id, id, to_change=True)
        second = await submissions.submit(tx, developer, manifest, FACTS, base_url="http://x", now=site.clock.now())
    decided = (await olga.get(f"/operator/submissions/{first}")).text
    assert ('value="approve"' in decided, "A remark</h2>" in decided) == (False, True)
    for page in (await olga.get(f"/operator/submissions/{second}"), await ruben.get(console)):
        for words in ("Which printer?", "Any printer.", "Verify the signature.", "Version 1 ·"):
            assert words in page.text
    assert (await ruben.post(f"{console}/sub_other/comment", {"text": "Mine?"})).status_code == 404


async def test_no_decision_is_taken_by_not_choosing_one(site: Site, olga: Visitor) -> None:
    ruben = await site.person("Ruben de Graaf")
    id = await submitted(site, ruben, "Badge Press")
    page = (await olga.get(f"/operator/submissions/{id}")).text
    radios = re.findall(r'<input[^>]+name="decision"[^>]*>', page)
    assert (len(radios), [each for each in radios if "checked" in each]) == (3, [])
    for decision in ({}, {"decision": "burn"}):
        answer = await olga.post(f"/operator/submissions/{id}/decide", {"text": "Fine.", **decision})
        assert answer.status_code == 422
        assert 'id="decision-error"' in answer.text
        assert "Choose what you decide." in answer.text
        assert "Fine.</textarea>" in answer.text
    assert await site.rows(str, "SELECT state FROM submissions") == ["submitted"]
    assert await site.rows(int, "SELECT count(*) FROM submission_comments") == [0]


MORE = """
    WITH made AS (
        INSERT INTO integrations (id, name, kind, state, created_at, updated_at)
        SELECT n.id || '_' || g, 'Press ' || g, n.kind, n.state, n.created_at, n.updated_at
          FROM integrations n, generate_series(1, 51) g
        RETURNING id, name
    )
    INSERT INTO submissions (id, integration_id, manifest_id, submitted_by, submitted_at)
    SELECT s.id || replace(m.name, ' ', '_'), m.id, s.manifest_id, s.submitted_by,
           s.submitted_at + make_interval(secs => split_part(m.name, ' ', 2)::int)
      FROM submissions s, made m
"""
