"""Checklist H: metadata. Points 52–53."""

import httpx
import pytest

from tests.oauth.given import ISSUER

SERVER, RESOURCE = "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"
LIES = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example;proto=https"}


async def test_52_the_server_describes_itself_by_its_configured_origin(http: httpx.AsyncClient) -> None:
    told = (await http.get(SERVER)).json()
    assert told == (await http.get(SERVER, headers=LIES)).json()
    assert {name: told[name] for name in told if name.endswith("_endpoint")} == {
        "authorization_endpoint": f"{ISSUER}/oauth/authorize",
        "token_endpoint": f"{ISSUER}/oauth/token",
        "revocation_endpoint": f"{ISSUER}/oauth/revoke",
        "introspection_endpoint": f"{ISSUER}/oauth/introspect",
    }
    assert (told["issuer"], told["response_types_supported"]) == (ISSUER, ["code"])
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    both = ["client_secret_basic", "client_secret_post"]
    assert told["token_endpoint_auth_methods_supported"] == both
    assert told["authorization_response_iss_parameter_supported"] is True
    scopes = ["event.read", "participants.read", "program.read", "profile.read", "event.attendance"]
    assert told["scopes_supported"] == scopes


@pytest.mark.parametrize("path", ["", "/api/v1"])
async def test_53_the_resource_names_its_server_also_below_its_path(http: httpx.AsyncClient, path: str) -> None:
    told = await http.get(RESOURCE + path, headers=LIES)
    assert told.headers["content-type"].startswith("application/json")
    got = told.json()
    assert (got["resource"], got["authorization_servers"]) == (ISSUER + path, [ISSUER])
    assert got["bearer_methods_supported"] == ["header"]
    assert "participants.read" in got["scopes_supported"]
