"""Checklist B: PKCE. Points 15–19."""

import httpx
import pytest

from revento.oauth import pkce
from tests.oauth.given import Speaker, Verifier, answer_of, proof


async def test_15_a_request_without_a_challenge_is_refused(badges: Speaker, ada: httpx.AsyncClient) -> None:
    for changed in (
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": ""},
        {"code_challenge": None},
    ):
        assert answer_of(await badges.authorize(ada, **changed))["error"] == "invalid_request", changed


@pytest.mark.parametrize("method", ["plain", "s256", "S512", None])
async def test_16_s256_is_the_only_method(badges: Speaker, ada: httpx.AsyncClient, method: str | None) -> None:
    assert answer_of(await badges.authorize(ada, code_challenge_method=method))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "challenge",
    [
        "a" * 42,
        "a" * 129,
        "a" * 42 + "=",
        "a" * 43 + "=",
        "a" * 42 + "+",
        "a" * 42 + "/",
        "a" * 42 + " ",
        "a" * 42 + "é",
        "a" * 43 + "\n",
        "a" * 44,
    ],
)
async def test_17_a_challenge_that_s256_cannot_give_is_refused_at_once(
    badges: Speaker, ada: httpx.AsyncClient, challenge: str
) -> None:
    assert answer_of(await badges.authorize(ada, code_challenge=challenge))["error"] == "invalid_request"


async def test_18_a_malformed_verifier_gets_no_token_though_its_hash_fits(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    for verifier in (None, "", "a" * 42, "a" * 129, "a" * 42 + "!", "a" * 43 + "\n"):
        made = Verifier(verifier or "", pkce.challenge_of(verifier or ""))
        page = await badges.authorize(ada, made.challenge)
        code = answer_of(await badges.decide(ada, page))["code"]
        traded = await badges.redeem(code, made, code_verifier=verifier)
        assert (traded.status_code, traded.json()["error"]) == (400, "invalid_request"), verifier


@pytest.mark.parametrize("as_challenge", [False, True])
async def test_19_a_wrong_verifier_burns_the_code(badges: Speaker, ada: httpx.AsyncClient, as_challenge: bool) -> None:
    code, made = await badges.code(ada)
    wrong = made.challenge if as_challenge else proof().verifier
    for verifier in (wrong, made.verifier):
        traded = await badges.redeem(code, made, code_verifier=verifier)
        assert (traded.status_code, traded.json()["error"]) == (400, "invalid_grant")
