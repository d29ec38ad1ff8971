"""Checklist E: the token endpoint. Points 30–37."""

import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.oauth.given import Speaker, basic, is_consent

FORM = {"content-type": "application/x-www-form-urlencoded"}
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")
REGISTRY = {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"} | {
    "invalid_scope"
}


async def test_30_other_methods_are_told_which_one_is_right(badges: Speaker) -> None:
    for method, path in (
        ("GET", "/oauth/token"),
        ("PUT", "/oauth/token"),
        ("DELETE", "/oauth/token"),
        ("GET", "/oauth/revoke"),
        ("GET", "/oauth/introspect"),
    ):
        told = await badges.http.request(method, path)
        assert told.status_code == 405, path
        assert "POST" in told.headers["allow"]
        assert told.json()["error"] == "method_not_allowed"


async def test_31_another_body_is_told_which_one_is_right(badges: Speaker) -> None:
    fields = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "a", "client_secret": "b"}
    for sent in (
        await badges.http.post("/oauth/token", json=fields),
        await badges.http.post("/oauth/token", files={name: (None, value) for name, value in fields.items()}),
        await badges.http.post("/oauth/token", content=urlencode(fields), headers={"content-type": "text/plain"}),
        await badges.http.post("/oauth/token", content=urlencode(fields)),
    ):
        assert (sent.status_code, sent.json()["error"]) == (400, "invalid_request")
        assert "application/x-www-form-urlencoded" in sent.json()["error_description"]


async def test_32_nothing_of_it_is_taken_from_the_url(badges: Speaker, ada: httpx.AsyncClient) -> None:
    tokens = await badges.tokens(ada)
    own = {"client_id": badges.registered.client_id, "client_secret": badges.registered.client_secret}
    whole = own | {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    for in_query in ("client_secret", "refresh_token"):
        for body in (whole, {name: value for name, value in whole.items() if name != in_query}):
            told = await badges.http.post(f"/oauth/token?{in_query}={whole[in_query]}", data=body)
            assert (told.status_code, told.json()["error"]) == (400, "invalid_request")
    assert (await badges.http.post(f"/oauth/token?{urlencode(whole)}", headers=FORM)).status_code == 400
    assert (await badges.http.post("/oauth/token?code=x", data=whole)).status_code == 400
    assert (await badges.refresh(tokens["refresh_token"])).status_code == 200


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "scope", "client_id", "client_secret"])
async def test_33_a_field_sent_twice_is_refused(badges: Speaker, name: str) -> None:
    fields = {"grant_type": "refresh_token", "refresh_token": "x", "scope": "event.read"}
    fields |= {"client_id": badges.registered.client_id, "client_secret": badges.registered.client_secret}
    body = urlencode(fields) + f"&{name}={fields[name]}"
    told = await badges.http.post("/oauth/token", content=body, headers=FORM)
    assert (told.status_code, told.json()["error"]) == (400, "invalid_request")


async def test_34_grants_that_do_not_exist_are_unsupported(badges: Speaker, ada: httpx.AsyncClient) -> None:
    assert (await badges.token()).json()["error"] == "invalid_request"
    device = "urn:ietf:params:oauth:grant-type:device_code"
    for grant in ("password", "client_credentials", "implicit", device, "Refresh_Token", "refresh_token "):
        assert (await badges.token(grant_type=grant)).json()["error"] == "unsupported_grant_type", grant
    for grant in ("authorization_code", "refresh_token"):
        assert (await badges.token(grant_type=grant)).json()["error"] == "invalid_request"
    tokens = await badges.tokens(ada)
    assert (await badges.refresh(tokens["refresh_token"], foo="1", audience="x")).status_code == 200


async def test_35_no_answer_may_be_kept(badges: Speaker, ada: httpx.AsyncClient) -> None:
    tokens = await badges.tokens(ada)
    answers = [
        await badges.refresh(tokens["refresh_token"]),
        await badges.refresh("x"),
        await badges.token(client_secret="wrong", grant_type="refresh_token", refresh_token="x"),
        await badges.token(path="/oauth/introspect", token=tokens["access_token"]),
        await badges.token(path="/oauth/introspect", token="x"),
        await badges.token(path="/oauth/revoke", token="x"),
    ]
    assert [one.status_code for one in answers] == [200, 400, 401, 200, 200, 200]
    assert {(one.headers["cache-control"], one.headers["pragma"]) for one in answers} == {("no-store", "no-cache")}


async def test_36_errors_are_json_of_the_registry_and_repeat_nothing(badges: Speaker) -> None:
    evil = '<script>alert("x")</script>\\é'
    for fields in (
        {"grant_type": evil},
        {"grant_type": "refresh_token", "refresh_token": evil},
        {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": evil},
        {"grant_type": "authorization_code", "code": evil, "redirect_uri": evil, "code_verifier": evil},
        {evil: evil},
    ):
        told = await badges.token(**fields)
        body = told.json()
        assert (told.headers["content-type"].partition(";")[0], body["error"] in REGISTRY) == ("application/json", True)
        assert DESCRIPTION.fullmatch(body["error_description"])
        assert set(body) >= {"error", "message", "request_id", "error_description"}
        assert "<script" not in told.text and "alert" not in told.text
        assert badges.registered.client_secret not in told.text


HOSTILE = (b"%00", b"%FF%FE", b"%ED%A0%80", b"%22%3E%3Cscript%3Ealert(1)%3C/script%3E%27", b"%C3%A9", b"x" * 6000)
PARAMETERS: dict[str, tuple[str, ...]] = {
    "/oauth/token": ("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id"),
    "/oauth/revoke": ("token", "token_type_hint"),
    "/oauth/introspect": ("token", "token_type_hint"),
    "/oauth/authorize": ("response_type", "client_id", "redirect_uri", "scope", "state", "event_id", "code_challenge"),
}


async def test_37_hostile_bytes_are_refused_or_ignored(badges: Speaker, ada: httpx.AsyncClient) -> None:
    own = basic(badges.registered.client_id, badges.registered.client_secret)
    for path, names in PARAMETERS.items():
        for name in names:
            for value in HOSTILE:
                told = await _send(badges, ada, path, name, value, own)
                assert told.status_code < 500, (path, name, value[:20])
                assert "<script>alert" not in told.text


async def _send(
    badges: Speaker, ada: httpx.AsyncClient, path: str, name: str, value: bytes, own: dict[str, str]
) -> httpx.Response:
    fields: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}
    if path == "/oauth/authorize":
        fields = badges.query("c" * 43)
    fields.pop(name, None)
    body = urlencode(fields).encode() + b"&" + name.encode() + b"=" + value
    if path == "/oauth/authorize":
        told = await ada.get(httpx.URL(f"http://127.0.0.1:8000{path}", query=body))
        assert not is_consent(told) or name in ("state",)
        return told
    return await badges.http.post(path, content=body, headers=FORM | own)
