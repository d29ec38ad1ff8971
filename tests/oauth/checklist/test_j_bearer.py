"""Checklist J: bearer tokens at the API. Points 66–68."""

import httpx

from tests.oauth.given import Speaker


def bearer(token: str, scheme: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{scheme} {token}"}


async def test_66_bad_tokens_are_challenged_and_a_missing_one_without_an_error(
    badges: Speaker, ada: httpx.AsyncClient, clock
) -> None:
    path = f"/api/v1/events/{badges.event_id}"
    tokens = await badges.tokens(ada)
    live = tokens["access_token"]
    assert (await badges.http.get(path, headers=bearer(live))).status_code == 200
    assert (await badges.http.get(path, headers=bearer(live, "bearer"))).status_code == 200
    missing = await badges.http.get(path)
    assert (missing.status_code, missing.json()["error"]) == (401, "invalid_token")
    base_url = str(badges.http.base_url)
    metadata = f'resource_metadata="{base_url}/.well-known/oauth-protected-resource"'
    assert missing.headers["www-authenticate"] == f"Bearer {metadata}"
    assert (await badges.http.get(metadata.split('"')[1])).json()["authorization_servers"] == [base_url]
    revoked = (await badges.refresh(tokens["refresh_token"])).json()["access_token"]
    await badges.token(path="/oauth/revoke", token=revoked)
    changed = live[:-1] + ("0" if live[-1] != "0" else "1")
    for token, code in (("x", "invalid_token"), (changed, "invalid_token"), (revoked, "token_revoked")):
        told = await badges.http.get(path, headers=bearer(token))
        assert (told.status_code, told.json()["error"]) == (401, code)
        described = ', error_description="revoked"' if code == "token_revoked" else ""
        assert told.headers["www-authenticate"] == f'Bearer error="invalid_token"{described}, {metadata}'
    clock.pass_(seconds=3600)
    told = await badges.http.get(path, headers=bearer(live))
    assert (told.status_code, told.json()["error"]) == (401, "token_expired")
    assert told.headers["www-authenticate"] == f'Bearer error="invalid_token", error_description="expired", {metadata}'


async def test_67_a_token_opens_its_own_event_kind_and_scopes_alone(
    badges: Speaker, ada: httpx.AsyncClient, cyd: httpx.AsyncClient, con
) -> None:
    tokens = await badges.tokens(ada, scope="event.read")
    user = await badges.tokens(cyd, scope="profile.read")
    own = f"/api/v1/events/{con.event_id}"
    for token, path, code in (
        (tokens, f"/api/v1/events/{con.other_event_id}", "event_not_authorized"),
        (tokens, f"{own}/participants", "insufficient_scope"),
        (tokens, "/api/v1/me/profile", "user_token_required"),
        (user, own, "installation_token_required"),
        (user, "/api/v1/me/application", "insufficient_scope"),
    ):
        told = await badges.http.get(path, headers=bearer(token["access_token"]))
        assert (told.status_code, told.json()["error"]) == (403, code), path
        assert "Other Days" not in told.text
    assert (await badges.http.get(own, headers=bearer(tokens["access_token"]))).status_code == 200


async def test_68_a_token_counts_in_the_header_only(badges: Speaker, ada: httpx.AsyncClient) -> None:
    path = f"/api/v1/events/{badges.event_id}"
    token = (await badges.tokens(ada))["access_token"]
    in_query = {"access_token": token}
    for told in (
        await badges.http.get(path, params=in_query),
        await badges.http.get(path, params=in_query, headers=bearer("x")),
        await badges.http.request("GET", path, data=in_query),
        await badges.http.get(path, headers=[("Authorization", f"Bearer {token}"), ("Authorization", "Bearer x")]),
        await badges.http.get(path, headers=[("Authorization", f"Bearer {token}")] * 2),
    ):
        assert told.status_code in (400, 401)
