"""Connecting: state, PKCE, redirect URI, and what comes back to the callback (contract §3)."""

import re
from collections.abc import Mapping
from typing import Final

from revento.cli.conformance.browser import Answer, Browser
from revento.cli.conformance.kit import Kit
from revento.cli.conformance.models import Check, Outcome, failed, passed, unseen, verdict
from revento.contract.scopes import BY_NAME

CONNECT: Final = "/guide/organizer-connect"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NEEDED: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


async def _authorize(kit: Kit) -> Outcome:
    sent = f"GET {kit.target.connect_path}?event_id={kit.target.event_id}"
    query = await kit.start_connecting()
    if missing := [name for name in _NEEDED if not query.get(name)]:
        return failed(sent, f"not a redirect to /oauth/authorize with {', '.join(missing)}")
    wrong = _wrong(query)
    if query.get("event_id") != kit.target.event_id:
        wrong.append(f"event_id is {query.get('event_id', 'missing')}: the organizer pressed Connect for another event")
    return failed(sent, "; ".join(wrong)) if wrong else passed(sent, f"a redirect asking for {query['scope']}")


def _wrong(query: Mapping[str, str]) -> list[str]:
    wrong: list[str] = []
    if query["response_type"] != "code":
        wrong.append(f"response_type is {query['response_type']}")
    if query["code_challenge_method"] != "S256" or not _CHALLENGE.fullmatch(query["code_challenge"]):
        wrong.append("PKCE must use S256 with a challenge of 43 characters")
    if unknown := [name for name in query["scope"].split() if name not in BY_NAME]:
        wrong.append(f"unknown scope {', '.join(unknown)}")
    return wrong


async def _exact(kit: Kit) -> Outcome:
    query = await kit.start_connecting()
    if not query:
        return unseen("connecting does not start: see connect.authorize")
    given = query.get("redirect_uri", "")
    return verdict(
        given == kit.target.redirect_uri,
        f"GET {kit.target.connect_path}",
        f"redirect_uri={given}, registered is {kit.target.redirect_uri}",
    )


async def _fresh(kit: Kit) -> Outcome:
    first, second = await kit.start_connecting(), await kit.start_connecting()
    if not first or not second:
        return unseen("connecting does not start: see connect.authorize")
    sent = f"GET {kit.target.connect_path}, twice"
    same = [name for name in ("state", "code_challenge") if name in first and first[name] == second.get(name)]
    if same:
        return failed(sent, f"the same {' and '.join(same)} both times: it can be guessed")
    short = min(len(one.get("state", "")) for one in (first, second))
    return verdict(short >= 16, sent, f"another state each time, {short} characters")


async def _without_tokens(kit: Kit, sent: str, answer: Answer, exchanges: int) -> Outcome:
    """The callback must have said no, and must not have asked for tokens."""
    if len(kit.provider.exchanges) > exchanges:
        return failed(sent, f"{answer}, and it traded the code for tokens")
    if answer.status >= 500 or answer.status == 0:
        return failed(sent, f"{answer}: it broke instead of refusing")
    played = await kit.why_unplayed() is None
    if answer.is_refusal or (played and answer.status < 400):
        return passed(sent, f"{answer}, and no code was traded")
    return unseen(f"{sent}: answered {answer}; whether the code was traded can only be seen by the kit's own Revento")


async def _wrong_state(kit: Kit) -> Outcome:
    query = await kit.start_connecting()
    if not query.get("state"):
        return unseen("connecting does not start: see connect.authorize")
    before = len(kit.provider.exchanges)
    answer = await kit.come_back(kit.provider.approve(query) | {"state": query["state"][::-1] + "x"})
    return await _without_tokens(kit, "the callback with another state", answer, before)


async def _no_state(kit: Kit) -> Outcome:
    query = await kit.start_connecting()
    if not query:
        return unseen("connecting does not start: see connect.authorize")
    came = kit.provider.approve(query)
    del came["state"]
    before = len(kit.provider.exchanges)
    return await _without_tokens(kit, "the callback without a state", await kit.come_back(came), before)


async def _another_browser(kit: Kit) -> Outcome:
    query = await kit.start_connecting()
    if not query:
        return unseen("connecting does not start: see connect.authorize")
    before = len(kit.provider.exchanges)
    async with Browser() as stranger:
        answer = await kit.come_back(kit.provider.approve(query), stranger)
    sent = "a callback with a right state, from a browser that did not start it (login CSRF)"
    return await _without_tokens(kit, sent, answer, before)


async def _denied(kit: Kit) -> Outcome:
    query = await kit.start_connecting()
    if not query:
        return unseen("connecting does not start: see connect.authorize")
    before = len(kit.provider.exchanges)
    no = {"error": "access_denied", "state": query.get("state", ""), "iss": kit.provider.url}
    return await _without_tokens(kit, "the organizer says no: error=access_denied", await kit.come_back(no), before)


async def _issuer(kit: Kit) -> Outcome:
    if why := await kit.why_unplayed():
        return unseen(why)
    query = await kit.start_connecting()
    before = len(kit.provider.exchanges)
    answer = await kit.come_back(kit.provider.approve(query) | {"iss": "https://elsewhere.example"})
    sent = "the callback with another server's iss"
    if len(kit.provider.exchanges) > before:
        return passed(sent, f"{answer}, and the code was traded: fine while you talk to one Revento only (RFC 9207)")
    return passed(sent, str(answer))


async def _exchange(kit: Kit) -> Outcome:
    if why := await kit.why_unplayed():
        return unseen(why)
    before = len(kit.provider.exchanges)
    answer = await kit.connect()
    sent = "the callback with code and state of this browser"
    made = kit.provider.exchanges[before:]
    if not made:
        return failed(sent, f"{answer}, and no POST /oauth/token came")
    lacking = [name for name in ("code_verifier", "redirect_uri", "client_id") if not made[0].get(name)]
    if lacking:
        return failed(sent, f"{answer}; the token request lacks {', '.join(lacking)}")
    if len(made) > 1:
        return failed(sent, f"{answer}; the code was traded {len(made)} times, which revokes what it bought")
    return verdict(kit.is_connected, sent, f"{answer}; the code was traded once, PKCE held")


async def _replay(kit: Kit) -> Outcome:
    if why := await kit.why_unplayed():
        return unseen(why)
    query = kit.provider.approve(await kit.start_connecting())
    first = await kit.come_back(query)
    before = len(kit.provider.exchanges)
    again = await kit.come_back(query)
    sent = "the same callback address a second time (Back, reload, a copied link)"
    if len(kit.provider.exchanges) > before:
        return failed(sent, f"{first}, then {again}: the code was traded again, which ends the connection it bought")
    return verdict(0 < again.status < 500, sent, f"{first}, then {again}; the code was not traded again")


_CSRF: Final = "Somebody else's code would be bound to your user's session: they would work in the attacker's event."

CHECKS: Final = (
    Check(
        "connect.authorize",
        "sends the browser to Revento with all that is needed",
        "Revento shows an error instead of the consent page.",
        CONNECT,
        _authorize,
    ),
    Check(
        "connect.redirect_uri",
        "uses the registered redirect URI byte for byte",
        "Anything else is refused with a page.",
        CONNECT,
        _exact,
    ),
    Check("connect.fresh_state", "makes a new state and verifier each time", _CSRF, CONNECT, _fresh),
    Check("callback.wrong_state", "refuses another state", _CSRF, CONNECT, _wrong_state),
    Check("callback.no_state", "refuses without a state", _CSRF, CONNECT, _no_state),
    Check("callback.another_browser", "binds the state to the browser", _CSRF, CONNECT, _another_browser),
    Check(
        "callback.denied",
        "takes a no for an answer",
        "Organizers do say no; a crash looks like your fault.",
        CONNECT,
        _denied,
    ),
    Check("callback.issuer", "compares the issuer", "Protects against mixing up servers.", CONNECT, _issuer),
    Check(
        "callback.exchange",
        "trades the code once, with proof",
        "The code is good for one exchange within 60 s.",
        CONNECT,
        _exchange,
    ),
    Check(
        "callback.replay",
        "does not trade a code twice",
        "A replayed code revokes the tokens that it bought.",
        CONNECT,
        _replay,
    ),
)
