"""Checklist A: the authorization endpoint. Points 1–14."""

from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from revento.contract.errors import Refused
from revento.integrations.manifests import actions as manifests
from revento.kernel import ids
from tests.oauth import given
from tests.oauth.given import REDIRECT, Speaker, answer_of, is_consent, is_shown, proof

ENDPOINTS = ("/oauth/authorize", "/account/sign-in", "/oauth/token", "/oauth/revoke", "/oauth/introspect")


async def raw(browser: httpx.AsyncClient, badges: Speaker, extra: str = "", **changed: object) -> httpx.Response:
    """A request whose query is written by hand after the well-formed part."""
    asked = badges.query(proof().challenge, **changed)
    return await browser.get(f"/oauth/authorize?{urlencode(asked)}{extra}")


@pytest.mark.parametrize("client_id", ["cli_nobody", "", None, "cli_" + ids.encode(7)])
async def test_01_an_unknown_client_is_shown_a_page_and_never_redirected(
    badges: Speaker, ada: httpx.AsyncClient, client_id: str | None
) -> None:
    assert is_shown(await badges.authorize(ada, client_id=client_id))


OFF_BY_ONE = (
    None,
    "",
    "https://rival.example/cb",
    REDIRECT + "/",
    REDIRECT + "?a=b",
    REDIRECT + "#top",
    "HTTPS://badges.example/callback",
    "https://BADGES.example/callback",
    "https://badges.example/Callback",
    "https://badges.example/%63allback",
    "https://badges.example/x/../callback",
    "https://badges.example/x/..;/callback",
    "https://me@badges.example/callback",
    "https://me@evil.example@badges.example/callback",
    "https://badges.example.evil.example/callback",
    "https:\\\\badges.example\\callback",
    "https://badges.example:443/callback",
    REDIRECT + " ",
    REDIRECT + "\n",
    REDIRECT + "\0",
    "http://localhost:3001/callback",
)


async def test_02_a_redirect_uri_is_compared_byte_for_byte(badges: Speaker, ada: httpx.AsyncClient) -> None:
    assert is_consent(await badges.authorize(ada))
    for uri in OFF_BY_ONE:
        assert is_shown(await badges.authorize(ada, redirect_uri=uri)), uri


@pytest.mark.parametrize("bad", [{"redirect_uri": "https://evil.example/"}, {"client_id": "cli_nobody"}])
async def test_03_client_and_redirect_uri_come_before_every_other_fault(
    badges: Speaker, ada: httpx.AsyncClient, bad: dict[str, str]
) -> None:
    faults = (
        {"response_type": "token"},
        {"scope": "nonsense"},
        {"code_challenge": None, "code_challenge_method": None},
        {"state": None},
        {"prompt": "none"},
    )
    for fault in faults:
        assert is_shown(await badges.authorize(ada, **bad, **fault)), fault


async def test_04_a_parameter_sent_twice_is_refused(badges: Speaker, ada: httpx.AsyncClient) -> None:
    own = badges.registered.client_id
    for twice in (f"&client_id={own}", f"&redirect_uri={REDIRECT}", "&client_id=cli_other"):
        assert is_shown(await raw(ada, badges, twice)), twice
    for name in ("response_type", "scope", "event_id", "code_challenge", "code_challenge_method", "state"):
        answer = answer_of(await raw(ada, badges, f"&{name}=x"))
        assert answer["error"] == "invalid_request", name
        assert answer.get("state") == (None if name == "state" else "s-1")


async def test_05_unknown_parameters_are_ignored_and_empty_ones_absent(badges: Speaker, ada: httpx.AsyncClient) -> None:
    assert is_consent(await raw(ada, badges, "&foo=1&foo=2&nonce=n&utm_source=mail"))
    assert is_consent(await raw(ada, badges, "&scope=&event_id="))
    assert answer_of(await badges.authorize(ada, scope=""))["error"] == "invalid_scope"


async def test_06_a_request_uri_is_never_fetched(badges: Speaker, ada: httpx.AsyncClient, receiver) -> None:
    for name in ("request_uri", "request", "resource"):
        answer = await raw(ada, badges, f"&{name}={receiver.url}")
        assert is_consent(answer) or answer_of(answer)["error"].startswith("invalid_"), name
    assert receiver.got == []


async def test_07_only_the_code_flow_is_supported(badges: Speaker, ada: httpx.AsyncClient) -> None:
    for kind in ("token", "code token", "id_token", "nonsense"):
        sent = await badges.authorize(ada, response_type=kind)
        assert answer_of(sent)["error"] == "unsupported_response_type"
        assert urlsplit(sent.headers["location"]).fragment == ""
    assert answer_of(await badges.authorize(ada, response_type=None))["error"] == "invalid_request"


async def test_08_a_scope_that_cannot_be_had_refuses_the_whole_request(badges: Speaker, ada: httpx.AsyncClient) -> None:
    for scope in ("nothing", "Event.read", 'event.read"', "event.read profile.read", "event.read openid", None):
        assert answer_of(await badges.authorize(ada, scope=scope))["error"] == "invalid_scope", scope


async def test_08_a_scope_that_the_manifest_does_not_declare_is_refused(
    site, con, ada: httpx.AsyncClient, http
) -> None:
    small = given.document("Small", REDIRECT) | {
        "scopes": {"required": ["event.read"], "optional": [], "purposes": {"event.read": "To show the dates."}}
    }
    async with site.db.tx() as tx:
        made = await given.register(tx, con.people["Ivo"], small, site.app.state["services"].box, site.clock)
    speaker = Speaker(http, made, con.event_id)
    assert is_consent(await speaker.authorize(ada, scope="event.read"))
    assert answer_of(await speaker.authorize(ada, scope="event.read program.read"))["error"] == "invalid_scope"


async def test_09_an_event_that_is_not_one_never_reaches_consent(badges: Speaker, ada: httpx.AsyncClient, con) -> None:
    for event_id in ("x", "evt_", "evt_' OR 1=1 --", "../../etc/passwd", "evt_" + "0" * 3000, con.organization_id):
        assert answer_of(await badges.authorize(ada, event_id=event_id))["error"] == "invalid_request", event_id
    assert is_shown(await badges.authorize(ada, event_id=ids.new("evt")))
    assert is_shown(await badges.authorize(ada, event_id=con.other_event_id))
    chosen = await badges.authorize(ada, event_id=None)
    assert (chosen.status_code, is_consent(chosen)) == (200, False)
    assert answer_of(await badges.authorize(ada, event_id=None, scope="profile.read"))["error"] == "invalid_request"


STATE = '+ / = & % ; é " < \\ ' + "x" * 470


async def test_10_state_comes_back_byte_for_byte(badges: Speaker, ada: httpx.AsyncClient, site, con) -> None:
    page = await badges.authorize(ada, state=STATE)
    assert '"< \\' not in page.text
    assert answer_of(await badges.decide(ada, page, "deny"))["state"] == STATE
    assert answer_of(await badges.authorize(ada, state=STATE, scope="x"))["state"] == STATE
    approved = await badges.authorize(ada, state=STATE)
    assert answer_of(await badges.decide(ada, approved))["state"] == STATE
    assert "state" not in answer_of(await badges.authorize(ada, state=None, scope="x"))
    stranger = (await site.anybody()).client
    detour = await badges.authorize(stranger, state=STATE)
    following = httpx.URL(detour.headers["location"]).params["next"]
    assert httpx.URL(following).params["state"] == STATE
    assert is_consent(await ada.get(following))


async def test_11_every_authorization_response_names_the_issuer_once(badges: Speaker, ada: httpx.AsyncClient) -> None:
    issuer = (await badges.http.get("/.well-known/oauth-authorization-server")).json()["issuer"]
    page = await badges.authorize(ada)
    answers = [
        await badges.authorize(ada, scope="x"),
        await badges.decide(ada, page, "deny"),
        await badges.decide(ada, await badges.authorize(ada, redirect_uri=given.WITH_QUERY)),
    ]
    assert [answer_of(answer)["iss"] for answer in answers] == [issuer] * 3
    assert answer_of(answers[2])["tenant"] == "7"


@pytest.mark.parametrize("name", ["code", "state", "iss", "error"])
def test_11_a_redirect_uri_may_not_bring_our_own_parameters_along(name: str) -> None:
    with pytest.raises(Refused):
        manifests.read(given.document("Sly", f"{REDIRECT}?{name}=mine"), environment="sandbox")


async def test_12_responses_are_302_or_303_with_either_a_code_or_an_error(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    page = await badges.authorize(ada)
    approved, refused = await badges.decide(ada, page), await badges.authorize(ada, scope="x")
    assert (approved.status_code, refused.status_code) == (303, 302)
    assert ({"code", "error"} & set(answer_of(approved)), {"code", "error"} & set(answer_of(refused))) == (
        {"code"},
        {"error"},
    )
    for sent in (approved, refused):
        where = sent.headers["location"]
        assert "#" not in where
        assert not any(word in where for word in ("rev_install_", "rev_refresh_", "Ada", "example.test"))


async def test_13_who_is_signed_out_sees_a_page_of_ours_first(badges: Speaker, site, con) -> None:
    stranger = (await site.anybody()).client
    for fault in ({}, {"scope": "x"}, {"response_type": "token"}, {"prompt": "none"}):
        sent = await badges.authorize(stranger, **fault)
        assert sent.headers["location"].startswith("/account/sign-in?next=/oauth/authorize"), fault


async def test_14_no_endpoint_allows_other_origins(badges: Speaker, ada: httpx.AsyncClient) -> None:
    for path in ENDPOINTS:
        for method in ("GET", "POST", "OPTIONS"):
            headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
            answer = await ada.request(method, path, headers=headers)
            assert [name for name in answer.headers if name.startswith("access-control-")] == [], (method, path)
            assert answer.status_code < 500
