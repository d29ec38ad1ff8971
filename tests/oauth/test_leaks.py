"""`POST /oauth/report-leak`: whoever finds a credential of ours in the open ends it, and its owner hears of it."""

import httpx
import pytest

from tests.oauth import given
from tests.oauth.given import Speaker
from tests.visits import Site

ENDED, NOTHING = {"ended": True, "reported": True}, {"ended": False, "reported": False}
LETTERS = "SELECT recipient || ': ' || subject || ' ' || body FROM mails WHERE subject LIKE '%%leaked%%' ORDER BY id"


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_a_leaked_token_ends_with_its_family_and_the_owner_is_told(
    badges: Speaker, ada: httpx.AsyncClient, site: Site, kind: str
) -> None:
    other = await badges.tokens(ada)
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    told = await badges.http.post("/oauth/report-leak", data={"token": first[kind]})
    assert (told.status_code, told.json()) == (200, ENDED)
    assert [await badges.is_live(one["access_token"]) for one in (first, second, other)] == [False, False, True]
    refused = await badges.http.get(
        f"/api/v1/events/{badges.event_id}", headers={"Authorization": f"Bearer {second['access_token']}"}
    )
    assert (refused.json()["error"], refused.json()["reason"]) == ("token_revoked", "leaked")
    assert (await badges.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
    (letter,) = await site.rows(str, LETTERS)
    assert letter.startswith("ivo@example.test: Badges: a leaked")
    assert kind.replace("_", " ") in letter
    assert first[kind] not in letter
    again = await badges.http.post("/oauth/report-leak", data={"token": first[kind]})
    assert again.json() == NOTHING
    assert len(await site.rows(str, LETTERS)) == 1


async def test_a_leaked_code_is_burnt_and_what_it_bought_ends(
    badges: Speaker, ada: httpx.AsyncClient, site: Site
) -> None:
    unspent, made = await badges.code(ada)
    assert (await badges.http.post("/oauth/report-leak", data={"token": unspent})).json() == ENDED
    assert (await badges.redeem(unspent, made)).json()["error"] == "invalid_grant"
    spent, made = await badges.code(ada)
    bought = (await badges.redeem(spent, made)).json()
    assert (await badges.http.post("/oauth/report-leak", data={"token": spent})).json() == ENDED
    assert not await badges.is_live(bought["access_token"])


async def test_a_leaked_client_secret_is_told_to_its_owner_and_goes_on_working(
    badges: Speaker, ada: httpx.AsyncClient, site: Site, con: given.Convention
) -> None:
    tokens = await badges.tokens(ada)
    told = await badges.http.post("/oauth/report-leak", data={"token": con.badges.client_secret})
    assert (told.status_code, told.json()) == (200, {"ended": False, "reported": True})
    (letter,) = await site.rows(str, LETTERS)
    assert letter.startswith("ivo@example.test: Badges: a leaked client secret was reported")
    assert "rotate it now" in letter
    assert con.badges.client_secret not in letter
    assert (await badges.refresh(tokens["refresh_token"])).status_code == 200


async def test_nothing_is_asked_of_the_finder_and_nothing_is_told_about_what_is_not_ours(
    http: httpx.AsyncClient, con: given.Convention, site: Site
) -> None:
    for token in ("x", "é", "rev_install_" + "0" * 49, con.badges.client_id):
        assert (await http.post("/oauth/report-leak", data={"token": token})).json() == NOTHING
    missing = await http.post("/oauth/report-leak", data={})
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    assert await site.rows(str, LETTERS) == []
