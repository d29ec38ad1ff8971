"""Webview pages and Login with Revento (contract §3.1, §7)."""

import re
from typing import Final
from urllib.parse import urlsplit

from revento.cli.conformance.browser import Answer, Browser
from revento.cli.conformance.kit import Kit, query_of
from revento.cli.conformance.launching import Launcher
from revento.cli.conformance.models import Check, Outcome, advised, failed, passed, unseen, verdict

WEBVIEW: Final = "/guide/webview-pages"
LOGIN: Final = "/guide/login-with-revento"
_NO_PAGE: Final = "name your page: --webview /page"
_NO_LOGIN: Final = "name your login address: --login /login"
_ANCESTORS: Final = re.compile(r"frame-ancestors\s+([^;]+)")


def _launch(kit: Kit, launcher: Launcher, age_s: int = 0) -> dict[str, str]:
    token = launcher.token(
        issuer=kit.provider.url, audience=kit.target.client_id, event_id=kit.target.event_id, age_s=age_s
    )
    common = {"event_id": kit.target.event_id, "page_id": "wvp_kit", "locale": "en", "theme": "light"}
    return common | {"launch_token": token}


async def _framing(kit: Kit) -> Outcome:
    if kit.target.webview is None:
        return unseen(_NO_PAGE)
    async with Browser() as person:
        answer = await person.ask("GET", kit.target.at(kit.target.webview), query=_launch(kit, kit.provider.launcher))
    sent, policy = f"GET {kit.target.webview}", answer.headers.get("Content-Security-Policy", "")
    if answer.headers.get("X-Frame-Options", "").upper() in ("DENY", "SAMEORIGIN") and "frame-ancestors" not in policy:
        return failed(sent, f"X-Frame-Options: {answer.headers['X-Frame-Options']}: the frame stays empty")
    found = _ANCESTORS.search(policy)
    if found is None:
        return failed(sent, f"{answer}; no Content-Security-Policy with frame-ancestors: anybody may frame it")
    sources = found[1].split()
    if "*" in sources or "https:" in sources or "http:" in sources:
        return failed(sent, f"frame-ancestors {found[1]}: anybody may frame it")
    if "'none'" in sources:
        return failed(sent, "frame-ancestors 'none': the frame stays empty")
    return passed(sent, f"frame-ancestors {found[1]}")


async def _forged(kit: Kit) -> Outcome:
    if kit.target.webview is None:
        return unseen(_NO_PAGE)
    if why := await kit.why_unplayed():
        return unseen(why)
    sent = "a launch token signed by a stranger, then one that is two minutes old"
    answers = [
        await _opened(kit, _launch(kit, Launcher())),
        await _opened(kit, _launch(kit, kit.provider.launcher, age_s=120)),
    ]
    let_in = [answer for answer in answers if answer.is_success and "Set-Cookie" in answer.headers]
    if let_in:
        return failed(sent, f"{answers[0]}, {answers[1]}, with a session cookie: anybody can be anybody")
    if any(answer.is_success for answer in answers):
        return advised(sent, f"{answers[0]}, {answers[1]}; answer 401, so that it is clear that nobody is signed in")
    return passed(sent, f"{answers[0]}, {answers[1]}")


async def _opened(kit: Kit, query: dict[str, str]) -> Answer:
    async with Browser() as person:
        return await person.ask("GET", kit.target.at(kit.target.webview or ""), query=query)


async def _login(kit: Kit) -> Outcome:
    if kit.target.login is None:
        return unseen(_NO_LOGIN)
    if why := await kit.why_unplayed():
        return unseen(why)
    back = f"{kit.provider.url}/events/{kit.target.event_id}/pages/wvp_kit"
    async with Browser() as person:
        query = await _started(kit, person, back)
        scopes = set(query.get("scope", "").split())
        sent = f"GET {kit.target.login}?event_id&return_to"
        if not scopes or not scopes <= {"profile.read", "event.attendance"}:
            return failed(
                sent,
                f"asks for {query.get('scope', 'nothing')}; Login with Revento takes profile.read and event.attendance",
            )
        answer = await kit.come_back(kit.provider.approve(query), person)
    return verdict(
        answer.location == back, f"{sent}, then the consent's answer", f"{answer}; expected a redirect to return_to"
    )


async def _elsewhere(kit: Kit) -> Outcome:
    if kit.target.login is None:
        return unseen(_NO_LOGIN)
    if why := await kit.why_unplayed():
        return unseen(why)
    async with Browser() as person:
        query = await _started(kit, person, "https://elsewhere.example/steal")
        sent = "return_to=https://elsewhere.example/steal"
        if not query:
            return passed(sent, "it did not start")
        answer = await kit.come_back(kit.provider.approve(query), person)
    went = urlsplit(answer.location).netloc == "elsewhere.example"
    return verdict(not went, sent, f"{answer}{': an open redirect' if went else ''}")


async def _started(kit: Kit, person: Browser, return_to: str) -> dict[str, str]:
    answer = await person.ask(
        "GET",
        kit.target.at(kit.target.login or ""),
        query={"event_id": kit.target.event_id, "return_to": return_to},
    )
    return query_of(answer.location)


CHECKS: Final = (
    Check(
        "webview.frame_ancestors",
        "lets Revento frame it, and nobody else",
        "Others could put your page under theirs and catch clicks.",
        WEBVIEW,
        _framing,
    ),
    Check("webview.launch_token", "verifies launch tokens", "The token is the sign-in of the page.", WEBVIEW, _forged),
    Check(
        "login.round_trip",
        "signs in and comes back",
        "People expect to land on the page that they had opened.",
        LOGIN,
        _login,
    ),
    Check(
        "login.return_to",
        "comes back to Revento only",
        "An open redirect sends people to look-alikes.",
        LOGIN,
        _elsewhere,
    ),
)
