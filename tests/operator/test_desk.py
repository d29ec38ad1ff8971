"""The desk exists for operators only; its queues, its organizations, its search."""

from revento.identity import proofs
from revento.identity.organizations import actions as organizations
from revento.identity.organizations.actions import VerificationPapers
from revento.identity.permissions import Permission
from revento.kernel import ids
from revento.kernel.ids import OrganizationId
from tests.conftest import MovableClock
from tests.visits import Site, Visitor, routes_below

PAPERS = VerificationPapers("Mossgarden Society ry", "2345678-9", "Finland", "https://register.example/2345678-9")


async def asked(site: Site, visitor: Visitor, name: str) -> OrganizationId:
    """An organization that waits to be verified."""
    assert visitor.user_id is not None
    now = site.clock.now()
    async with site.db.tx() as tx:
        id = await organizations.found(tx, visitor.user_id, name, now=now)
        member = await proofs.as_organization_member(tx, visitor.user_id, id, Permission.ORGANIZATION_EDIT)
        await organizations.request_verification(tx, member, PAPERS, now=now)
    return id


async def test_nobody_but_an_operator_finds_the_desk(site: Site, olga: Visitor) -> None:
    mallory, nobody = await site.person("Mallory Nobody"), await site.anybody()
    routes = routes_below(site.app, "/operator")
    assert ("GET", "/operator") in routes
    for method, path in routes:
        as_mallory = await (mallory.get(path) if method == "GET" else mallory.post(path))
        assert (method, path, as_mallory.status_code) == (method, path, 404)
        as_nobody = await (nobody.get(path) if method == "GET" else nobody.post(path))
        assert (method, path, as_nobody.status_code) == (method, path, 303)
        assert as_nobody.headers["location"].startswith("/account/sign-in")
    assert (await olga.get("/operator")).status_code == 200


async def test_the_oldest_of_what_waits_is_told_first(site: Site, olga: Visitor, clock: MovableClock) -> None:
    ada = await site.person("Ada Moss")
    assert "Nothing waits" in (await olga.get("/operator")).text
    await asked(site, ada, "Mossgarden Society")
    clock.pass_(days=3)
    page = (await olga.get("/operator")).text
    assert "1 organization to verify" in page
    assert "3 days ago" in page


async def test_an_organization_is_verified_with_a_note_and_its_owner_gets_a_mail(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    id = await asked(site, ada, "Mossgarden Society")
    page = await olga.get(f"/operator/organizations/{id}")
    assert "Mossgarden Society ry" in page.text
    answer = await olga.post(f"/operator/organizations/{id}/verify", {"note": "Welcome."})
    assert answer.headers["location"] == f"/operator/organizations/{id}"
    status = await site.rows(str, "SELECT verification_status FROM organizations WHERE id = %(id)s", id=id)
    assert status == ["verified"]
    mails = await site.rows(str, "SELECT recipient FROM mails")
    assert mails == ["ada@example.test"]
    again = await olga.post(f"/operator/organizations/{id}/verify", {"note": ""})
    assert again.status_code == 422


async def test_a_refusal_needs_a_reason(site: Site, olga: Visitor) -> None:
    id = await asked(site, await site.person("Ada Moss"), "Mossgarden Society")
    answer = await olga.post(f"/operator/organizations/{id}/reject", {"note": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert (await olga.post(f"/operator/organizations/{id}/reject", {"note": "No register entry."})).status_code == 303
    assert await site.rows(str, "SELECT verification_status FROM organizations") == ["rejected"]


async def test_lists_take_as_many_statements_for_three_rows_as_for_one(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    id = await asked(site, ada, "First Society")
    paths = (
        *("/operator", "/operator/organizations", "/operator/organizations?view=pending", "/operator/users"),
        *("/operator/audit", "/operator/search?q=Society", f"/operator/users/{ada.user_id}"),
    )
    once = {path: await site.statements(olga, path) for path in paths}
    for name in ("Second Society", "Third Society"):
        await asked(site, ada, name)
    assert {path: await site.statements(olga, path) for path in paths} == once
    assert (await olga.get(f"/operator/organizations/{id}")).status_code == 200


async def test_filters_answer_htmx_with_the_rows_alone(site: Site, olga: Visitor) -> None:
    await asked(site, await site.person("Ada Moss"), "Mossgarden Society")
    part = await olga.get("/operator/organizations?q=moss", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "Mossgarden Society" in part.text
    none = await olga.get("/operator/organizations?q=nobody-has-this", headers={"HX-Request": "true"})
    assert "Nothing matches" in none.text


async def test_those_to_verify_are_searched_and_counted_as_they_wait(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    first = await asked(site, ada, "Mossgarden Society")
    await asked(site, ada, "Lantern Guild")
    both = {"Mossgarden Society", "Lantern Guild"}
    for words, hits in (("", both), ("lantern", {"Lantern Guild"}), (first, {"Mossgarden Society"}), ("zzz", set())):
        page = (await olga.get("/operator/organizations", params={"view": "pending", "q": words})).text
        assert {name for name in both if f">{name}</a>" in page} == hits
        assert "2 wait." in page  # a search changes the list, not what waits
    every = (await olga.get("/operator/organizations", params={"q": first})).text
    assert ("Mossgarden Society" in every, "Lantern Guild" in every) == (True, False)


async def test_the_search_finds_by_any_id_by_address_and_by_request(site: Site, olga: Visitor) -> None:
    ada = await site.person("Ada Moss")
    id = await asked(site, ada, "Mossgarden Society")
    request_id = "0d2a3f1e-8f5b-4c57-9b1c-2f6f3d1c9a10"
    await ada.post(
        f"/organizer/organizations/{id}/edit", {"name": "Mossgarden"}, headers={"X-Revento-Request-Id": request_id}
    )
    for words, hit in (
        (id, "Mossgarden"),
        (ada.user_id, "Ada Moss"),
        ("ada@exam", "Ada Moss"),
        ("ossgard", "Mossgarden"),
    ):
        page = await olga.get("/operator/search", params={"q": words})
        assert hit in page.text
    assert "organization.edited" in (await olga.get("/operator/search", params={"q": request_id})).text
    assert "Nothing found" in (await olga.get("/operator/search", params={"q": ids.new("evt")})).text
