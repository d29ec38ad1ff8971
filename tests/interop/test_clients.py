"""Clients that nobody here wrote, unmodified: connect, refresh, revoke, with both client authentications."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from authlib.integrations.requests_client import OAuth2Session as Authlib
from requests_oauthlib import OAuth2Session as RequestsOauthlib

from revento.kernel.db import Database
from tests.conftest import cloned
from tests.interop import served
from tests.interop.served import Served
from tests.oauth import given

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
HERE = Path(__file__).parent
METHODS = ("basic", "post")
SCOPES = ["event.read", "participants.read"]
SEEN = {"scope": " ".join(SCOPES), "rotated": True, "alive": True, "told": True, "after": False}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def revento(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Served]:
    """A running server, one for all of them."""
    with cloned(postgres_url) as url:
        db = await Database.open(url)
        async with served.serving(db, tmp_path_factory.mktemp("served")) as running:
            yield running
        await db.close()


async def says_yes(revento: Served, url: str) -> str:
    """Ada consents in her browser; where she is sent."""
    async with await revento.browser("Ada") as browser:
        page = await browser.get(url)
        assert given.is_consent(page), (page.status_code, page.headers.get("location"))
        answer = await browser.post("/oauth/authorize", data=given.fields_of(page) | {"decision": "approve"})
    return answer.headers["location"]


async def is_alive(revento: Served, token: str) -> bool:
    """What the API says."""
    async with httpx.AsyncClient(base_url=revento.origin) as client:
        path = f"/api/v1/events/{revento.con.event_id}"
        return (await client.get(path, headers={"Authorization": f"Bearer {token}"})).status_code == 200


async def test_authlib_connects_refreshes_and_revokes(revento: Served) -> None:
    for method in METHODS:
        client = Authlib(
            revento.con.badges.client_id,
            revento.con.badges.client_secret,
            scope=SCOPES,
            redirect_uri=given.LOCAL,
            code_challenge_method="S256",
            token_endpoint_auth_method=f"client_secret_{method}",
            revocation_endpoint_auth_method=f"client_secret_{method}",
        )
        made = given.proof()
        url, _ = client.create_authorization_url(
            f"{revento.origin}/oauth/authorize", code_verifier=made.verifier, event_id=revento.con.event_id
        )
        token, revoke = f"{revento.origin}/oauth/token", f"{revento.origin}/oauth/revoke"
        answer = await says_yes(revento, url)
        first: Any = await asyncio.to_thread(
            client.fetch_token, token, authorization_response=answer, code_verifier=made.verifier
        )
        before = first["refresh_token"]
        second: Any = await asyncio.to_thread(client.refresh_token, token, refresh_token=before)
        alive = await is_alive(revento, second["access_token"])
        told: Any = await asyncio.to_thread(
            client.introspect_token, f"{revento.origin}/oauth/introspect", token=second["access_token"]
        )
        await asyncio.to_thread(client.revoke_token, revoke, token=second["refresh_token"])
        after = await is_alive(revento, second["access_token"])
        rotated = before != second["refresh_token"]
        seen = {"scope": first["scope"], "rotated": rotated, "alive": alive, "told": told.json()["active"]}
        assert seen | {"after": after} == SEEN, method


async def test_requests_oauthlib_connects_and_refreshes(revento: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    id, secret = revento.con.badges.client_id, revento.con.badges.client_secret
    for method in METHODS:
        session = RequestsOauthlib(id, scope=SCOPES, redirect_uri=given.LOCAL, pkce="S256")
        url, _ = session.authorization_url(f"{revento.origin}/oauth/authorize", event_id=revento.con.event_id)
        answer, token = await says_yes(revento, url), f"{revento.origin}/oauth/token"
        own: dict[str, Any] = {"client_secret": secret, "include_client_id": method == "post"}
        first: Any = await asyncio.to_thread(
            session.fetch_token,
            token,
            authorization_response=answer.replace("http://localhost", "https://localhost"),
            **own,
        )
        before = first["refresh_token"]
        again: dict[str, Any] = (
            {"auth": (id, secret)} if method == "basic" else {"client_id": id, "client_secret": secret}
        )
        second: Any = await asyncio.to_thread(session.refresh_token, token, refresh_token=before, **again)
        alive = await is_alive(revento, second["access_token"])
        gone = await asyncio.to_thread(
            session.post,
            f"{revento.origin}/oauth/revoke",
            data={"token": second["refresh_token"], "client_id": id, "client_secret": secret},
            withhold_token=True,
        )
        assert gone.status_code == 200
        after = await is_alive(revento, second["access_token"])
        seen = {"scope": " ".join(first["scope"]), "rotated": before != second["refresh_token"], "alive": alive}
        assert seen | {"told": True, "after": after} == SEEN, method


@pytest.mark.parametrize("library", ["oauth4webapi", "openid-client", "simple-oauth2"])
async def test_a_javascript_client_connects_refreshes_and_revokes(revento: Served, library: str) -> None:
    for method in METHODS:
        told = {
            "ORIGIN": revento.origin,
            "COOKIE": f"revento_session={await revento.session('Ada')}",
            "CLIENT_ID": revento.con.badges.client_id,
            "CLIENT_SECRET": revento.con.badges.client_secret,
            "REDIRECT_URI": given.LOCAL,
            "EVENT_ID": revento.con.event_id,
            "SCOPE": " ".join(SCOPES),
            "METHOD": method,
        }
        process = await asyncio.create_subprocess_exec(
            *("node", f"{library}.mjs"),
            cwd=HERE,
            env=os.environ | told,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert json.loads(out) == SEEN, method
