"""Checklist C: the authorization code. Points 20–24."""

import asyncio

import httpx

from revento.contract import limits
from revento.kernel import secrets
from tests.oauth import given
from tests.oauth.given import REDIRECT, Speaker, proof


async def test_20_the_right_exchange_answers_with_exactly_these_fields(
    badges: Speaker, ada: httpx.AsyncClient, cyd: httpx.AsyncClient, con
) -> None:
    code, made = await badges.code(ada)
    traded = await badges.redeem(code, made)
    assert (traded.status_code, traded.headers["content-type"]) == (200, "application/json")
    got = traded.json()
    assert {name: value for name, value in got.items() if not name.endswith("_token")} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_expires_in": 7_776_000,
        "scope": "event.read participants.read",
        "event_id": con.event_id,
        "organization_id": con.organization_id,
    }
    assert secrets.is_well_formed(got["access_token"], limits.INSTALLATION_PREFIX)
    assert secrets.is_well_formed(got["refresh_token"], limits.REFRESH_PREFIX)
    user = await badges.tokens(cyd, scope="profile.read")
    assert (user["user_id"], user["access_token"].startswith("rev_user_")) == (con.people["Cyd"], True)
    other = await badges.tokens(ada)
    credentials = {code, *(one[name] for one in (got, user, other) for name in ("access_token", "refresh_token"))}
    assert len({value[-40:] for value in credentials}) == 7


async def test_21_a_replayed_code_ends_everything_that_it_bought(badges: Speaker, ada: httpx.AsyncClient) -> None:
    code, made = await badges.code(ada)
    first = (await badges.redeem(code, made)).json()
    second = (await badges.refresh(first["refresh_token"])).json()
    replayed = await badges.redeem(code, made)
    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert [await badges.is_live(one["access_token"]) for one in (first, second)] == [False, False]
    assert (await badges.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"


async def test_22_of_eight_exchanges_at_once_one_wins_and_its_tokens_live(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    for _ in range(3):
        code, made = await badges.code(ada)
        traded = await asyncio.gather(*(badges.redeem(code, made) for _ in range(8)))
        assert sorted(one.status_code for one in traded) == [200] + [400] * 7
        assert {one.json()["error"] for one in traded if one.status_code == 400} == {"invalid_grant"}
        won = next(one.json() for one in traded if one.status_code == 200)
        assert await badges.is_live(won["access_token"])


async def test_23_another_client_or_redirect_uri_gets_nothing_and_ends_nothing(
    badges: Speaker, rival: Speaker, ada: httpx.AsyncClient
) -> None:
    code, made = await badges.code(ada)

    async def all_refused() -> None:
        assert (await rival.redeem(code, made)).json()["error"] == "invalid_grant"
        for uri in (given.WITH_QUERY, REDIRECT + "/"):
            assert (await badges.redeem(code, made, redirect_uri=uri)).json()["error"] == "invalid_grant"
        assert (await badges.redeem(code, made, redirect_uri=None)).json()["error"] == "invalid_request"

    await all_refused()
    tokens = (await badges.redeem(code, made)).json()
    await all_refused()
    assert (await badges.redeem(code, made, code_verifier=proof().verifier)).status_code == 400
    assert await badges.is_live(tokens["access_token"])


async def test_24_a_code_lives_for_sixty_seconds(badges: Speaker, ada: httpx.AsyncClient, clock) -> None:
    early, late = await badges.code(ada), await badges.code(ada)
    clock.pass_(seconds=59)
    assert (await badges.redeem(*early)).status_code == 200
    clock.pass_(seconds=2)
    assert (await badges.redeem(*late)).json()["error"] == "invalid_grant"
