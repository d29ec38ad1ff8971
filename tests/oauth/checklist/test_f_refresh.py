"""Checklist F: refreshing. Points 38–46."""

import asyncio
from typing import Any

import httpx

from revento.kernel.secrets import sha256
from tests.oauth.given import Speaker

WHOLE = "event.read participants.read program.read"


async def grant(badges: Speaker, ada: httpx.AsyncClient) -> dict[str, Any]:
    """Everything that an installation can have."""
    return await badges.tokens(ada, "program.read", scope=WHOLE)


async def use(site: Any, access_token: str) -> None:
    """The API has seen the token (it notes that in batches)."""
    async with site.db.tx() as tx:
        await tx.run(
            "UPDATE access_tokens SET used_at = %(now)s WHERE hash = %(hash)s",
            now=site.clock.now(),
            hash=sha256(access_token),
        )


async def test_38_a_refresh_needs_neither_pkce_nor_redirect_uri_and_spends_the_token(
    badges: Speaker, ada: httpx.AsyncClient, clock
) -> None:
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    assert set(second) == set(first)
    assert {name: second[name] for name in ("scope", "event_id", "organization_id", "token_type", "expires_in")} == {
        name: first[name] for name in ("scope", "event_id", "organization_id", "token_type", "expires_in")
    }
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    told = await badges.token(path="/oauth/introspect", token=first["refresh_token"])
    assert told.json() == {"active": False}


async def test_39_a_lost_answer_is_given_again(badges: Speaker, ada: httpx.AsyncClient, site, clock) -> None:
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    await use(site, second["access_token"])
    clock.pass_(seconds=29)
    again = (await badges.refresh(first["refresh_token"])).json()
    assert again == second | {"expires_in": 3571, "refresh_expires_in": 7_776_000 - 29}
    assert (await badges.refresh(second["refresh_token"])).status_code == 200


async def test_39_an_unused_answer_is_given_again_for_a_day(badges: Speaker, ada: httpx.AsyncClient, clock) -> None:
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    clock.pass_(hours=23)
    again = (await badges.refresh(first["refresh_token"])).json()
    assert (again["refresh_token"], again["expires_in"]) == (second["refresh_token"], 0)
    clock.pass_(hours=2)
    assert (await badges.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await badges.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"


async def test_39_a_retry_that_asks_for_another_scope_changes_nothing(badges: Speaker, ada: httpx.AsyncClient) -> None:
    first = await grant(badges, ada)
    second = (await badges.refresh(first["refresh_token"], scope="event.read")).json()
    assert (await badges.refresh(first["refresh_token"])).json()["error"] == "invalid_scope"
    assert (await badges.refresh(first["refresh_token"], scope="event.read")).json() == second
    assert (await badges.refresh(second["refresh_token"])).status_code == 200


async def test_40_a_spent_token_whose_successor_is_in_use_ends_the_family(
    badges: Speaker, ada: httpx.AsyncClient, site, clock
) -> None:
    for how in ("access", "refresh"):
        first = await badges.tokens(ada)
        newest = (await badges.refresh(first["refresh_token"])).json()
        if how == "access":
            await use(site, newest["access_token"])
        else:
            newest = (await badges.refresh(newest["refresh_token"])).json()
        clock.pass_(seconds=31)
        assert (await badges.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
        assert not await badges.is_live(newest["access_token"])
        assert (await badges.refresh(newest["refresh_token"])).json()["error"] == "invalid_grant"


async def test_40_the_end_is_one_statement_however_long_the_family(
    badges: Speaker, ada: httpx.AsyncClient, site, clock
) -> None:
    counted = []
    for generations in (2, 12):
        first = newest = await badges.tokens(ada)
        for _ in range(generations):
            newest = (await badges.refresh(newest["refresh_token"])).json()
        clock.pass_(seconds=31)
        site.counts.clear()
        assert (await badges.refresh(first["refresh_token"])).status_code == 400
        counted.append(sum("token_families" in sql for sql in site.counts))
    assert counted[0] == counted[1]


async def test_41_another_client_gets_nothing_and_a_spent_token_in_its_hands_ends_the_family(
    badges: Speaker, rival: Speaker, ada: httpx.AsyncClient
) -> None:
    first = await badges.tokens(ada)
    assert (await rival.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    second = (await badges.refresh(first["refresh_token"])).json()
    assert (await rival.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert not await badges.is_live(second["access_token"])
    assert (await badges.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"


async def test_42_a_hundred_refreshes_at_once_get_one_pair(badges: Speaker, ada: httpx.AsyncClient, site) -> None:
    first = await badges.tokens(ada)
    answers = await asyncio.gather(*(badges.refresh(first["refresh_token"]) for _ in range(100)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    async with site.db.tx() as tx:
        live = await tx.all(
            int,
            """SELECT count(*) FROM refresh_tokens r JOIN token_families f ON f.id = r.family_id
                WHERE r.generation = f.generation GROUP BY f.id""",
        )
        rotations = await tx.one(int, "SELECT max(generation) FROM token_families")
    assert (live, rotations) == ([1], 1)
    assert (await badges.refresh(answers[0].json()["refresh_token"])).status_code == 200


async def test_43_a_narrowed_token_has_less_and_the_next_has_it_all_again(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    first = await grant(badges, ada)
    narrow = (await badges.refresh(first["refresh_token"], scope="program.read event.read")).json()
    told = (await badges.token(path="/oauth/introspect", token=narrow["access_token"])).json()
    assert (narrow["scope"], told["scope"]) == ("event.read program.read",) * 2
    assert (await badges.refresh(narrow["refresh_token"])).json()["scope"] == WHOLE


async def test_44_asking_for_more_is_refused_and_spends_nothing(badges: Speaker, ada: httpx.AsyncClient) -> None:
    first = await badges.tokens(ada)
    for scope in ("event.read program.read", "profile.read", "nothing", "event.read profile.read", " "):
        assert (await badges.refresh(first["refresh_token"], scope=scope)).json()["error"] == "invalid_scope", scope
    assert (await badges.refresh(first["refresh_token"])).status_code == 200


async def test_45_refreshing_slides_by_ninety_days_and_never_past_a_year(
    badges: Speaker, ada: httpx.AsyncClient, clock
) -> None:
    tokens = await badges.tokens(ada)
    for days in (80, 80, 80, 80):
        assert tokens["refresh_expires_in"] == 7_776_000
        clock.pass_(days=days)
        tokens = (await badges.refresh(tokens["refresh_token"])).json()
    assert tokens["refresh_expires_in"] == (365 - 320) * 86_400
    clock.pass_(days=44)
    tokens = (await badges.refresh(tokens["refresh_token"])).json()
    assert tokens["refresh_expires_in"] == 86_400
    clock.pass_(hours=23, minutes=30)
    tokens = (await badges.refresh(tokens["refresh_token"])).json()
    assert (tokens["expires_in"], tokens["refresh_expires_in"]) == (1800, 1800)
    clock.pass_(minutes=31)
    assert (await badges.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert not await badges.is_live(tokens["access_token"])


async def test_45_a_refresh_token_lives_for_ninety_days(badges: Speaker, ada: httpx.AsyncClient, clock) -> None:
    tokens = await badges.tokens(ada)
    clock.pass_(days=90)
    assert (await badges.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_46_one_kind_of_credential_is_no_other(badges: Speaker, ada: httpx.AsyncClient, con) -> None:
    tokens = await badges.tokens(ada)
    code, made = await badges.code(ada)
    for wrong in (tokens["access_token"], code):
        assert (await badges.refresh(wrong)).json()["error"] == "invalid_grant"
    for wrong in (tokens["access_token"], tokens["refresh_token"]):
        assert (await badges.redeem(wrong, made)).json()["error"] == "invalid_grant"
    for wrong in (tokens["refresh_token"], code):
        told = await badges.http.get(f"/api/v1/events/{con.event_id}", headers={"Authorization": f"Bearer {wrong}"})
        assert (told.status_code, told.json()["error"]) == (401, "invalid_token")
    assert (await badges.redeem(code, made)).status_code == 200
