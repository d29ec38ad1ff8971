"""Acting for somebody: only with consent, for a limited time, marked, and never for what is hers alone."""

from tests.conftest import MovableClock
from tests.visits import Site, Visitor


async def allow(person: Visitor, hours: int = 1) -> None:
    """The person lets the operators act for her."""
    answer = await person.post("/account/act-as", {"hours": hours, "reason": "I cannot find my event"})
    assert answer.status_code == 303


async def begin(olga: Visitor, person: Visitor, reason: str = "Ticket 12") -> int:
    return (await olga.post(f"/operator/users/{person.user_id}/act-as", {"reason": reason})).status_code


async def test_without_consent_nobody_acts_for_anybody(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    assert await begin(olga, ada) == 422
    assert "Olga Operator" in (await olga.get("/account")).text


async def test_with_consent_the_operator_sees_what_the_person_sees_under_a_banner(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    await allow(ada)
    assert await begin(olga, ada) == 303
    page = (await olga.get("/account")).text
    assert "You act for Ada Moss." in page
    assert "ada@example.test" in page
    assert (await olga.get("/operator")).status_code == 404
    mails = await site.rows(str, "SELECT recipient || ': ' || subject FROM mails")
    assert mails == ["ada@example.test: Somebody acts for you on Revento"]


async def test_what_is_done_is_noted_as_the_persons_and_as_the_operators(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    await allow(ada)
    await begin(olga, ada)
    await olga.post("/organizer/organizations", {"name": "Mossgarden Society"})
    found = await site.rows(
        str, "SELECT actor || ' ' || (detail->>'acted_by') FROM audit_log WHERE action = 'organization.founded'"
    )
    assert found == [f"{ada.user_id} {olga.user_id}"]


async def test_security_and_consent_stay_the_persons_own(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    await allow(ada)
    await begin(olga, ada)
    hers = ("/account", "/account/sessions/revoke-others", "/account/act-as", "/account/act-as/take-back")
    hers += ("/account/passkeys", "/my-data/delete", "/oauth/authorize", "/developer/integrations")
    hers += ("/developer/integrations/int_1/credentials/rotate", "/developer/integrations/int_1/team")
    hers += ("/developer/integrations/int_1/submission/production", "/developer/integrations/int_1/manifest")
    hers += ("/organizer/organizations/org_1/invitations", f"/organizer/organizations/org_1/members/{olga.user_id}")
    for path in hers:
        assert (path, (await olga.post(path, {"hours": 24, "reason": "x"})).status_code) == (path, 403)
    assert (await ada.get("/account")).status_code == 200
    assert (await olga.get("/my-data/download")).status_code == 403
    assert (await olga.post("/account/sign-out")).status_code == 303
    assert (await olga.get("/account")).status_code == 303


async def test_nobody_acts_for_an_operator_and_nobody_who_is_none_any_more_acts_at_all(
    site: Site, olga: Visitor
) -> None:
    peer, ada = await site.person("Peer Operator", operator=True), await site.person("Ada Moss")
    await allow(peer)
    assert await begin(olga, peer) == 422
    await allow(ada)
    assert await begin(olga, ada) == 303
    async with site.db.tx() as tx:
        await tx.run("UPDATE users SET is_operator = false WHERE id = %(id)s", id=olga.user_id)
    assert "olga@example.test" in (await olga.get("/account")).text


async def test_the_person_sees_who_acts_for_her_and_what_was_done_and_ends_it_there(
    site: Site, olga: Visitor, clock: MovableClock
) -> None:
    ada = await site.person("Ada Moss")
    assert "Nobody has acted for you." in (await ada.get("/account/act-as")).text
    await allow(ada)
    page = (await ada.get("/account")).text
    assert ("Allowed until" in page, 'action="/account/act-as/take-back"' in page) == (True, True)
    await begin(olga, ada)
    await olga.post("/organizer/organizations", {"name": "Mossgarden Society"})
    page = (await ada.get("/account/act-as")).text
    assert "Olga Operator acts for you now" in page
    assert "organization: founded" in page
    mails = await site.rows(str, "SELECT body FROM mails")
    assert "/account/act-as" in mails[0]
    audit = await (await site.person("Otto Operator", operator=True)).get(f"/operator/audit?q={olga.user_id}")
    assert "through Olga Operator" in audit.text
    await ada.post("/account/act-as/take-back")
    page = (await ada.get("/account/act-as")).text
    assert ("acts for you now" in page, "organization: founded" in page) == (False, True)


async def test_it_ends_when_stopped_when_taken_back_and_when_the_time_is_over(
    site: Site, olga: Visitor, clock: MovableClock
) -> None:
    ada = await site.person("Ada Moss")
    await allow(ada)
    await begin(olga, ada)
    assert (await olga.post("/account/act-as/stop")).headers["location"] == f"/operator/users/{ada.user_id}"
    assert (await olga.get("/operator")).status_code == 200
    await begin(olga, ada)
    await ada.post("/account/act-as/take-back")
    assert (await olga.get("/operator")).status_code == 200
    await allow(ada)
    await begin(olga, ada)
    assert (await olga.get("/operator")).status_code == 404
    clock.pass_(hours=1, seconds=1)
    assert (await olga.get("/operator")).status_code == 200
    assert await begin(olga, ada) == 422
    actions = await site.rows(str, "SELECT action FROM audit_log WHERE action LIKE %(act)s ORDER BY id", act="act_as.%")
    assert actions[:4] == ["act_as.consented", "act_as.begun", "act_as.ended", "act_as.begun"]
