"""`revento login` as a server sees it: a machine asks, a developer compares and decides, credentials leave once."""

import base64
import json
from typing import Any

import httpx

from tests.conftest import MovableClock
from tests.visits import Site, Visitor

from .conftest import registered

LOGINS = "/api/v1/integration/logins"


async def asked(site: Site) -> tuple[Visitor, dict[str, Any]]:
    """A machine that has asked, and its two codes."""
    machine = await site.anybody()
    answer = await machine.client.post(LOGINS, json={"machine": "ruben-laptop\u0007"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return machine, answer.json()


async def polled(machine: Visitor, codes: dict[str, Any]) -> dict[str, Any]:
    answer = await machine.client.post(f"{LOGINS}/poll", json={"device_code": codes["device_code"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(person: Visitor, codes: dict[str, Any], client_id: str, decision: str = "approve") -> httpx.Response:
    form = {"code": codes["user_code"], "client_id": client_id, "decision": decision}
    return await person.post("/developer/device/decide", form)


async def status_with(site: Site, client_id: str, secret: str) -> int:
    """Who the integration's own endpoint says that it is."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    somebody = await site.anybody()
    return (await somebody.client.get("/api/v1/integration", headers={"Authorization": f"Basic {basic}"})).status_code


async def test_a_machine_gets_credentials_once_after_a_developer_has_approved(
    site: Site, ruben: Visitor, clock: MovableClock
) -> None:
    made = await registered(site, ruben)
    machine, codes = await asked(site)
    assert (codes["expires_in"], codes["interval"]) == (600, 2)
    assert codes["verification_uri_complete"] == f"{codes['verification_uri']}?code={codes['user_code']}"
    assert (await polled(machine, codes))["status"] == "pending"

    first = await ruben.get(f"/developer/device?code={codes['user_code']}")
    assert f'value="{codes["user_code"]}"' in first.text
    second = await ruben.post("/developer/device", {"code": codes["user_code"].lower().replace("-", " ")})
    assert "ruben-laptop" in second.text
    assert f'<option value="{made.client_id}"' in second.text
    assert "Approved. Go back to your terminal." in (await decided(ruben, codes, made.client_id)).text

    clock.pass_(seconds=2)
    told = await polled(machine, codes)
    assert (told["status"], told["client_id"], told["environment"]) == ("approved", made.client_id, "sandbox")
    assert await status_with(site, told["client_id"], told["client_secret"]) == 200
    again = await polled(machine, codes)
    assert (again["status"], again["client_secret"]) == ("expired", None)

    kept = await site.rows(str, "SELECT row_to_json(d)::text FROM device_logins d")
    assert not any(code in kept[0] for code in (codes["device_code"], codes["user_code"], told["client_secret"]))
    notes = await site.rows(str, "SELECT action || ' ' || detail::text FROM audit_log ORDER BY id")
    assert [json.loads(note.partition(" ")[2])["machine"] for note in notes if note.startswith("login.approved")] == [
        "ruben-laptop"
    ]
    assert [note.partition(" ")[0] for note in notes][-2:] == ["login.approved", "client_secret.lent"]
    clock.pass_(days=91)
    assert await status_with(site, told["client_id"], told["client_secret"]) == 401
    assert await status_with(site, made.client_id, made.client_secret) == 200


async def test_the_secret_of_a_login_is_ended_on_the_credentials_page_and_the_lasting_one_stays(
    site: Site, ruben: Visitor, clock: MovableClock
) -> None:
    made = await registered(site, ruben)
    machine, codes = await asked(site)
    await decided(ruben, codes, made.client_id)
    told = await polled(machine, codes)
    (lent,) = await site.rows(str, "SELECT id FROM client_secrets WHERE expires_at IS NOT NULL")
    await ruben.post(f"/developer/integrations/{made.id}/credentials/{lent}/end")
    assert await status_with(site, told["client_id"], told["client_secret"]) == 401
    assert await status_with(site, made.client_id, made.client_secret) == 200


async def test_a_no_is_told_and_a_login_that_is_over_cannot_be_approved(
    site: Site, ruben: Visitor, clock: MovableClock
) -> None:
    made = await registered(site, ruben)
    machine, codes = await asked(site)
    assert "Nothing was handed out" in (await decided(ruben, codes, made.client_id, "deny")).text
    assert (await polled(machine, codes))["status"] == "denied"
    assert (await decided(ruben, codes, made.client_id)).status_code == 303
    _, late = await asked(site)
    clock.pass_(minutes=10)
    page = await ruben.post("/developer/device", {"code": late["user_code"]})
    assert (page.status_code, "No command line waits with this code" in page.text) == (422, True)
    assert (await decided(ruben, late, made.client_id)).status_code == 303
    assert (await polled(machine, late))["status"] == "expired"


async def test_nobody_hands_out_what_she_may_not_change(site: Site, ruben: Visitor) -> None:
    made, mallory, vera = await registered(site, ruben), *[await site.person(name) for name in ("Mallory", "Vera")]
    await ruben.post(f"/developer/integrations/{made.id}/team", {"email": "vera@example.test", "role": "viewer"})
    machine, codes = await asked(site)
    for person in (mallory, vera):
        assert made.client_id not in (await person.post("/developer/device", {"code": codes["user_code"]})).text
        assert (await decided(person, codes, made.client_id)).status_code == 303
    nobody = await site.anybody()
    assert (await nobody.get("/developer/device", follow_redirects=False)).status_code == 303
    assert (await polled(machine, codes))["status"] == "pending"


async def test_who_left_the_team_since_she_approved_hands_out_nothing(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    machine, codes = await asked(site)
    await decided(ruben, codes, made.client_id)
    async with site.db.tx() as tx:
        await tx.run("DELETE FROM integration_members WHERE user_id = %(id)s", id=ruben.user_id)
    assert (await polled(machine, codes))["status"] == "denied"


async def test_what_somebody_lent_to_her_machine_ends_when_she_may_no_longer_develop(
    site: Site, ruben: Visitor
) -> None:
    made, dana, eve = await registered(site, ruben), *[await site.person(name) for name in ("Dana", "Eve")]
    team, held = f"/developer/integrations/{made.id}/team", []
    for person, email in ((dana, "dana@example.test"), (eve, "eve@example.test"), (ruben, None)):
        if email:
            await ruben.post(team, {"email": email, "role": "developer"})
        machine, codes = await asked(site)
        await decided(person, codes, made.client_id)
        held.append((await polled(machine, codes))["client_secret"])
    assert (await ruben.get(f"/developer/integrations/{made.id}/credentials")).text.count("ruben-laptop") == 3
    assert [await status_with(site, made.client_id, secret) for secret in held] == [200] * 3
    await ruben.post(f"{team}/{dana.user_id}", {"role": "viewer"})
    await ruben.post(f"{team}/{eve.user_id}")
    assert [await status_with(site, made.client_id, secret) for secret in held] == [401, 401, 200]


async def test_haste_and_guessing_are_slowed_down(site: Site, ruben: Visitor, clock: MovableClock) -> None:
    machine, codes = await asked(site)
    assert [(await polled(machine, codes))["status"] for _ in range(2)] == ["pending", "slow_down"]
    clock.pass_(seconds=2)
    assert (await polled(machine, codes))["status"] == "pending"
    tried = [(await ruben.post("/developer/device", {"code": "BCDF-GHJK"})).status_code for _ in range(12)]
    assert tried == [422] * 10 + [429] * 2
    guessed = [await machine.client.post(f"{LOGINS}/poll", json={"device_code": "rev_login_x"}) for _ in range(62)]
    assert [one.status_code for one in guessed][-1] == 429
    assert int(guessed[-1].headers["retry-after"]) > 0
    assert (await machine.client.post(LOGINS, json={})).status_code == 429


async def test_what_is_no_document_of_a_login_is_an_invalid_request(site: Site) -> None:
    machine = await site.anybody()
    for path, body in ((LOGINS, b"[]"), (f"{LOGINS}/poll", b"{}"), (f"{LOGINS}/poll", b"\xff")):
        answer = await machine.client.post(path, content=body)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
