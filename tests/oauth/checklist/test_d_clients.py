"""Checklist D: client authentication. Points 25–29."""

import base64
from typing import Any

import httpx
import pytest

from revento.integrations.credentials import actions as credentials
from tests.oauth.given import Speaker, basic


async def ask(badges: Speaker, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
    """A call that changes nothing and needs a client: introspection of garbage."""
    return await badges.http.post("/oauth/introspect", data={"token": "x"} | fields, headers=headers or {})


def header(text: str | bytes) -> dict[str, str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return {"Authorization": "Basic " + base64.b64encode(raw).decode()}


async def test_25_a_client_shows_its_secret_in_the_body_or_by_basic(badges: Speaker) -> None:
    id, secret = badges.registered.client_id, badges.registered.client_secret
    encoded = "".join(f"%{byte:02x}" for byte in id.encode()), "".join(f"%{byte:02X}" for byte in secret.encode())
    small = {"Authorization": basic(id, secret)["Authorization"].replace("Basic", "basic")}
    ways = (
        ({}, {"client_id": id, "client_secret": secret}),
        (header(f"{id}:{secret}"), {}),
        (header(":".join(encoded)), {}),
        (small, {}),
        (basic(id, secret), {"client_id": id}),
    )
    assert [(await ask(badges, headers, **fields)).status_code for headers, fields in ways] == [200] * 5


async def test_26_two_ways_at_once_are_refused(badges: Speaker, rival: Speaker) -> None:
    id, secret = badges.registered.client_id, badges.registered.client_secret
    for headers, fields in (
        (basic(id, secret), {"client_secret": secret}),
        (basic(id, "wrong"), {"client_id": id, "client_secret": secret}),
        (basic(id, secret), {"client_id": rival.registered.client_id}),
    ):
        told = await ask(badges, headers, **fields)
        assert (told.status_code, told.json()["error"]) == (400, "invalid_request")


async def test_27_a_wrong_secret_is_invalid_client_with_a_challenge(badges: Speaker, rival: Speaker) -> None:
    id, other = badges.registered.client_id, rival.registered.client_secret
    for headers, fields in (
        ({}, {"client_id": id, "client_secret": "wrong"}),
        ({}, {"client_id": id, "client_secret": ""}),
        ({}, {"client_id": id, "client_secret": other}),
        ({}, {"client_id": id}),
        ({}, {}),
        (basic(id, other), {}),
    ):
        told = await ask(badges, headers, **fields)
        assert (told.status_code, told.json()["error"]) == (401, "invalid_client")
        assert told.headers["www-authenticate"].startswith("Basic ")


async def test_28_an_unknown_client_looks_like_a_wrong_secret(badges: Speaker, site) -> None:
    told = [
        await ask(badges, client_id=id, client_secret="wrong") for id in (badges.registered.client_id, "cli_nobody")
    ]
    same = [{name: value for name, value in one.json().items() if name != "request_id"} for one in told]
    assert (same[0], told[0].status_code) == (same[1], told[1].status_code)
    asked = []
    for id in (badges.registered.client_id, "cli_nobody"):
        async with site.db.tx() as tx:
            site.counts.clear()
            assert await credentials.prove(tx, id, b"wrong", now=site.clock.now()) is None
            asked.append(list(site.counts))
    assert asked[0] == asked[1]  # the same statements, so nothing to measure


@pytest.mark.parametrize(
    "sent",
    [
        {"Authorization": "Basic"},
        {"Authorization": "Basic "},
        {"Authorization": "Basic !!!"},
        header("no colon"),
        header(b"\xff\xfe:\xff"),
        header("%ZZ:%ZZ"),
        header("a\0b:c\0d"),
        header("a:é"),
        header("a:" + "x" * 10_000),
        {"Authorization": "Bearer rev_install_x"},
        {"Authorization": "Digest x"},
    ],
)
async def test_29_a_broken_header_is_an_oauth_error(badges: Speaker, sent: dict[str, str]) -> None:
    told = await ask(badges, sent)
    assert (told.status_code, told.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("secret", ["é", "a\0b", "x" * 10_000, "\ud800"])
async def test_29_a_strange_secret_is_an_oauth_error(badges: Speaker, secret: str) -> None:
    body = b"token=x&client_id=" + badges.registered.client_id.encode() + b"&client_secret="
    body += "".join(f"%{byte:02x}" for byte in secret.encode("utf-8", "surrogatepass")).encode()
    told = await badges.http.post(
        "/oauth/introspect", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert told.status_code in (400, 401)
    assert told.json()["error"] in ("invalid_request", "invalid_client")
