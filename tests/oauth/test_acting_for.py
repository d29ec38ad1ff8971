"""An operator who acts for somebody sees her consent page and cannot answer it: consent is the person's own."""

from tests.oauth import given
from tests.oauth.given import Speaker
from tests.visits import Site


async def test_an_operator_who_acts_for_somebody_cannot_consent_for_her(
    badges: Speaker, site: Site, con: given.Convention
) -> None:
    async with site.db.tx() as tx:  # the sandbox's people are personas, for whom others may do everything
        await tx.run("UPDATE users SET is_sandbox = false")
    ada, olga = await site.as_user(con.people["Ada"]), await site.person("Olga", operator=True)
    assert (await ada.post("/account/act-as", {"hours": 1, "reason": "I cannot connect it"})).status_code == 303
    begun = await olga.post(f"/operator/users/{ada.user_id}/act-as", {"reason": "Ticket 12"})
    assert begun.status_code == 303
    page = await badges.authorize(olga.client, scope="event.read")
    assert given.is_consent(page)
    for decision in ("approve", "deny"):
        answer = await badges.decide(olga.client, page, decision)
        assert (answer.status_code, "location" in answer.headers) == (403, False)
    assert await site.rows(int, "SELECT count(*) FROM authorization_codes") == [0]
    own = await badges.authorize(ada.client, scope="event.read")
    assert "code" in given.answer_of(await badges.decide(ada.client, own))
