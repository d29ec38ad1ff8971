"""Who fails too often without proving itself is told to wait (contract §5.2: 60 a minute and address)."""

import httpx

from revento.contract import limits
from tests.oauth.given import Speaker


async def test_the_61st_failed_proof_of_a_minute_is_told_to_wait_and_the_next_minute_begins_anew(
    badges: Speaker, ada: httpx.AsyncClient, clock
) -> None:
    tokens = await badges.tokens(ada)
    for path in ("/oauth/token", "/oauth/revoke", "/oauth/introspect"):
        for _ in range(limits.ANONYMOUS_PER_MINUTE // 3):
            asked = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x", "client_secret": "wrong"}
            told = await badges.token(path=path, **asked)
            assert (told.status_code, told.json()["error"]) == (401, "invalid_client")
    over = await badges.refresh("rev_refresh_x", client_secret="wrong")
    assert (over.status_code, over.json()["error"], over.json()["window"]) == (429, "rate_limit_exceeded", "minute")
    assert 0 < int(over.headers["retry-after"]) <= 60
    assert over.headers["cache-control"] == "no-store"
    proven = await badges.refresh(tokens["refresh_token"])
    assert proven.status_code == 200  # who proves itself is nobody's hostage
    clock.pass_(seconds=61)
    again = await badges.refresh("rev_refresh_x", client_secret="wrong")
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


async def test_leak_reports_are_counted_whether_or_not_they_find_anything(http: httpx.AsyncClient, con, clock) -> None:
    for _ in range(limits.ANONYMOUS_PER_MINUTE):
        assert (await http.post("/oauth/report-leak", data={"token": "x"})).json()["ended"] is False
    over = await http.post("/oauth/report-leak", data={"token": "x"})
    assert (over.status_code, over.json()["error"]) == (429, "rate_limit_exceeded")
    assert int(over.headers["retry-after"]) > 0
    clock.pass_(seconds=61)
    assert (await http.post("/oauth/report-leak", data={"token": "x"})).status_code == 200
