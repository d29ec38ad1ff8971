"""Checklist G: revocation and introspection. Points 47–51."""

import httpx

from tests.oauth.given import Speaker

REVOKE, INTROSPECT = "/oauth/revoke", "/oauth/introspect"


async def at_the_api(badges: Speaker, token: str) -> tuple[int, str | None]:
    """What the API says to it."""
    path = f"/api/v1/events/{badges.event_id}"
    told = await badges.http.get(path, headers={"Authorization": f"Bearer {token}"})
    return told.status_code, told.json().get("error")


async def test_47_a_revoked_refresh_token_takes_its_access_tokens_along(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    assert await at_the_api(badges, second["access_token"]) == (200, None)
    assert (await badges.token(path=REVOKE, token=second["refresh_token"])).status_code == 200
    for token in (first["access_token"], second["access_token"]):
        assert await at_the_api(badges, token) == (401, "token_revoked")
    assert (await badges.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"


async def test_47_a_revoked_access_token_is_dead_alone(badges: Speaker, ada: httpx.AsyncClient) -> None:
    first = await badges.tokens(ada)
    second = (await badges.refresh(first["refresh_token"])).json()
    assert (await badges.token(path=REVOKE, token=second["access_token"])).status_code == 200
    assert await at_the_api(badges, second["access_token"]) == (401, "token_revoked")
    assert await at_the_api(badges, first["access_token"]) == (200, None)
    assert (await badges.refresh(second["refresh_token"])).status_code == 200


async def test_48_revoking_what_is_not_there_succeeds(badges: Speaker, ada: httpx.AsyncClient) -> None:
    tokens = await badges.tokens(ada)
    for token in ("x", "rev_refresh_" + "0" * 49, tokens["access_token"], tokens["access_token"]):
        assert (await badges.token(path=REVOKE, token=token)).status_code == 200
    for hint, token in (("access_token", tokens["refresh_token"]), ("nonsense", "x")):
        assert (await badges.token(path=REVOKE, token=token, token_type_hint=hint)).status_code == 200
    assert (await badges.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    told = await badges.token(path=REVOKE)
    assert (told.status_code, told.json()["error"]) == (400, "invalid_request")


async def test_49_only_the_owner_revokes(badges: Speaker, rival: Speaker, ada: httpx.AsyncClient) -> None:
    tokens = await badges.tokens(ada)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert (await badges.http.post(REVOKE, data={"token": token})).status_code == 401
        assert (await badges.token(path=REVOKE, token=token, client_secret="wrong")).status_code == 401
        assert (await rival.token(path=REVOKE, token=token)).status_code == 200
    assert await at_the_api(badges, tokens["access_token"]) == (200, None)
    assert (await badges.refresh(tokens["refresh_token"])).status_code == 200


async def test_50_a_live_token_is_told_in_full(badges: Speaker, ada: httpx.AsyncClient, clock, con) -> None:
    tokens = await badges.tokens(ada)
    told = await badges.token(path=INTROSPECT, token=tokens["access_token"])
    now = int(clock.now().timestamp())
    assert told.json() == {
        "active": True,
        "client_id": badges.registered.client_id,
        "scope": "event.read participants.read",
        "exp": now + 3600,
        "iat": now,
        "iss": "http://127.0.0.1:8000",
        "event_id": con.event_id,
        "organization_id": con.organization_id,
        "token_type": "Bearer",
    }
    assert told.headers["cache-control"] == "no-store"
    refresh = (await badges.token(path=INTROSPECT, token=tokens["refresh_token"])).json()
    assert (refresh["active"], "token_type" in refresh) == (True, False)


async def test_51_of_everything_else_only_that_it_is_not_active(
    badges: Speaker, rival: Speaker, ada: httpx.AsyncClient, clock
) -> None:
    tokens = await badges.tokens(ada)
    token = tokens["access_token"]
    assert (await badges.http.post(INTROSPECT, data={"token": token})).status_code == 401
    own = {"Authorization": f"Bearer {token}"}
    assert (await badges.http.post(INTROSPECT, data={"token": token}, headers=own)).status_code == 401
    assert (await badges.token(path=INTROSPECT)).json()["error"] == "invalid_request"
    nothing = {"active": False}
    assert (await rival.token(path=INTROSPECT, token=token)).json() == nothing
    for unknown in ("x", "rev_install_" + "0" * 49):
        assert (await badges.token(path=INTROSPECT, token=unknown)).json() == nothing
    clock.pass_(seconds=3600)
    assert (await badges.token(path=INTROSPECT, token=token)).json() == nothing
    newer = (await badges.refresh(tokens["refresh_token"])).json()
    await badges.token(path=REVOKE, token=newer["access_token"])
    assert (await badges.token(path=INTROSPECT, token=newer["access_token"])).json() == nothing
