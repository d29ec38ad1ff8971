"""Checklist I: consent and sign-in. Points 54–65."""

import asyncio
import re

import httpx
import pytest

from revento.identity.users import queries as users
from revento.identity.users.passwords import hashed
from tests.oauth import given
from tests.oauth.given import Speaker, answer_of, fields_of, is_consent, is_shown, proof

PASSWORD = "correct horse battery staple"


async def test_54_no_page_may_be_framed(badges: Speaker, ada: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    for page in (
        await badges.authorize(ada),
        await badges.authorize(ada, client_id="cli_nobody"),
        await badges.authorize(ada, event_id=None),
        await http.get("/account/sign-in"),
    ):
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"


async def test_55_the_consent_page_is_kept_nowhere_tells_nobody_and_lets_its_form_reach_the_client(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    evil = '"><script>alert(1)</script>'
    page = await badges.authorize(ada, state=evil)
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    policy = page.headers["content-security-policy"]
    form_action = re.search(r"form-action ([^;]+)", policy)
    assert form_action is not None
    assert "https://badges.example" in form_action[1].split()
    assert "unsafe-inline" not in policy
    assert "<script>alert" not in page.text


async def test_55_a_client_on_an_ipv6_loopback_address_can_be_reached_by_the_form(site, con, clock, ada, http) -> None:
    redirect = "http://[::1]:3000/callback"
    async with site.db.tx() as tx:
        box = site.app.state["services"].box
        six = await given.register(tx, con.people["Ivo"], given.document("Six", redirect), box, clock)
    page = await Speaker(http, six, con.event_id).authorize(ada, redirect_uri=redirect)
    form_action = re.search(r"form-action ([^;]+)", page.headers["content-security-policy"])
    assert form_action is not None
    assert ("http:" in form_action[1].split(), "[" in form_action[1]) == (True, False)  # no policy can spell [::1]


async def test_56_only_the_very_form_of_this_session_counts(
    badges: Speaker, ada: httpx.AsyncClient, mallory: httpx.AsyncClient, site, con
) -> None:
    page = await badges.authorize(ada)
    fields = fields_of(page) | {"decision": "approve"}
    hers = fields_of(await badges.authorize((await site.as_user(con.people["Ada"])).client))
    other = (await site.as_user(con.people["Ada"])).client
    stranger = (await site.anybody()).client

    async def refused(browser: httpx.AsyncClient, changed: dict[str, str], **options: object) -> None:
        data = {name: value for name, value in (fields | changed).items() if value is not None}
        answer = await browser.post("/oauth/authorize", data=data, **options)  # type: ignore[arg-type]
        assert "code=" not in answer.headers.get("location", ""), changed
        assert answer.status_code in (303, 400, 403), (changed, answer.status_code)

    for changed in (
        {"csrf_token": None},
        {"csrf_token": ""},
        {"csrf_token": "x" * 43},
        {"consent": None},
        {"consent": ""},
        {"consent": "rev_consent_" + "0" * 49},
        {"consent": hers["consent"]},
        {"decision": None},
        {"decision": "maybe"},
    ):
        await refused(ada, changed)
    old = await ada.post("/oauth/authorize", data=fields | {"consent": hers["consent"]})
    assert (old.status_code, "This question has grown old" in old.text) == (403, True)
    torn = await ada.post("/oauth/authorize", data=fields | {"csrf_token": ""})
    assert (torn.status_code, "This page has grown old" in torn.text) == (403, True)
    await refused(other, {})
    await refused(mallory, {})
    await refused(stranger, {})
    await refused(other, {"csrf_token": hers["csrf_token"]})
    await refused(ada, {}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    by_get = await ada.get("/oauth/authorize", params=fields)
    assert is_shown(by_get)
    assert "code" in answer_of(await ada.post("/oauth/authorize", data=fields))


async def test_57_nothing_that_is_added_to_the_form_changes_the_grant(
    badges: Speaker, ada: httpx.AsyncClient, con
) -> None:
    made = proof()
    page = await badges.authorize(ada, made.challenge)
    answer = await badges.decide(
        ada,
        page,
        "approve",
        "program.read",
        scope="event.read participants.read program.read profile.read",
        scopes="program.read",
        redirect_uri="https://evil.example/",
        client_id=con.rival.client_id,
        event_id=con.other_event_id,
        code_challenge="x" * 43,
    )
    assert answer.headers["location"].startswith(given.REDIRECT + "?")
    got = (await badges.redeem(answer_of(answer)["code"], made)).json()
    assert (got["scope"], got["event_id"]) == ("event.read participants.read", con.event_id)


async def test_58_optional_scopes_are_hers_to_tick_and_required_ones_are_not(
    badges: Speaker, ada: httpx.AsyncClient
) -> None:
    whole = "event.read participants.read program.read"
    page = await badges.authorize(ada, scope=whole)
    assert re.findall(r'name="optional_scope" value="([^"]+)"', page.text) == ["program.read"]
    without = await badges.tokens(ada, scope=whole)
    assert without["scope"] == "event.read participants.read"
    ticked = await badges.tokens(ada, "program.read", scope=whole)
    assert ticked["scope"] == whole


async def test_59_more_than_before_is_asked_again_and_only_what_is_new(badges: Speaker, ada: httpx.AsyncClient) -> None:
    first = await badges.tokens(ada, scope="event.read")
    assert first["scope"] == "event.read"
    wider = await badges.authorize(ada)
    assert is_consent(wider)
    assert "Let Badges see more" in wider.text
    new = wider.text[: wider.text.index("Granted already")]
    assert ("participants.read" in new, "event.read<" in new) == (True, False)
    await badges.tokens(ada)
    same = await badges.authorize(ada)
    assert "optional_scope" not in same.text
    assert "again?" in same.text


async def test_60_three_tabs_and_the_back_button_end_well(badges: Speaker, ada: httpx.AsyncClient) -> None:
    proofs = [proof() for _ in range(3)]
    tabs = [await badges.authorize(ada, made.challenge) for made in proofs]
    code = answer_of(await badges.decide(ada, tabs[0]))["code"]
    back = await badges.authorize(ada, proofs[0].challenge)
    assert is_consent(back)
    assert (await badges.redeem(code, proofs[0])).status_code == 200
    later = answer_of(await badges.decide(ada, tabs[2]))["code"]
    assert (await badges.redeem(later, proofs[2])).status_code == 200


async def test_61_a_second_click_gets_the_first_answer(badges: Speaker, ada: httpx.AsyncClient) -> None:
    made = proof()
    page = await badges.authorize(ada, made.challenge)
    clicks = await asyncio.gather(*(badges.decide(ada, page) for _ in range(4)))
    clicks.append(await badges.decide(ada, page, "deny"))
    assert len({click.headers["location"] for click in clicks}) == 1
    assert (await badges.redeem(answer_of(clicks[0])["code"], made)).status_code == 200


async def test_62_a_no_goes_back_as_access_denied(badges: Speaker, ada: httpx.AsyncClient) -> None:
    page = await badges.authorize(ada)
    assert answer_of(await badges.decide(ada, page, "deny")) == {
        "error": "access_denied",
        "state": "s-1",
        "iss": given.ISSUER,
    }


async def test_63_without_the_right_to_the_event_there_is_no_code(
    badges: Speaker, mallory: httpx.AsyncClient, cyd: httpx.AsyncClient, site, con
) -> None:
    reviewer = (await site.as_user(con.people["Bo"])).client
    for browser in (mallory, cyd, reviewer):
        page = await badges.authorize(browser)
        assert is_shown(page)
        assert "error=access_denied" in page.text


async def test_63_the_right_is_checked_again_when_the_button_is_pressed(
    badges: Speaker, ada: httpx.AsyncClient, site, con
) -> None:
    page = await badges.authorize(ada)
    async with site.db.tx() as tx:
        await tx.run(
            "UPDATE memberships SET role = 'viewer' WHERE organization_id = %(id)s AND user_id = %(ada)s",
            id=con.organization_id,
            ada=con.people["Ada"],
        )
    assert is_shown(await badges.decide(ada, page))


async def test_63_connecting_what_reads_people_needs_a_fresh_sign_in(
    badges: Speaker, ada: httpx.AsyncClient, clock
) -> None:
    clock.pass_(minutes=16)
    stale = await badges.authorize(ada)
    assert stale.headers["location"].startswith("/account/confirm?next=/oauth/authorize")
    assert is_consent(await badges.authorize(ada, scope="event.read"))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example"])
async def test_64_signing_in_takes_a_form_of_ours_and_stays_in_the_house(site, con, back: str) -> None:
    async with site.db.tx() as tx:
        await users.set_password(tx, con.people["Ada"], await hashed(PASSWORD), now=site.clock.now())
    form = {"email": "ada@example.test", "password": PASSWORD, "next": back}
    browser = (await site.anybody()).client
    page = await browser.get("/account/sign-in", params={"next": back})
    assert "evil.example" not in page.text
    forged = await browser.post("/account/sign-in", data=form)
    assert (forged.status_code, "revento_session" in browser.cookies) == (403, False)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    crossed = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await browser.post("/account/sign-in", data=form | {"csrf_token": token[1]}, headers=crossed)).is_error
    done = await browser.post("/account/sign-in", data=form | {"csrf_token": token[1]})
    assert (done.status_code, done.headers["location"]) == (303, "/")


async def test_65_a_session_begins_with_the_sign_in_and_its_cookie_is_careful(site, con) -> None:
    async with site.db.tx() as tx:
        await users.set_password(tx, con.people["Ada"], await hashed(PASSWORD), now=site.clock.now())
    browser = (await site.anybody()).client
    page = await browser.get("/account/sign-in")
    planted = dict(browser.cookies) | {"revento_session": "rev_session_planted"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    form = {"email": "ada@example.test", "password": PASSWORD, "csrf_token": token[1]}
    done = await browser.post("/account/sign-in", data=form)
    cookie = next(value for value in done.headers.get_list("set-cookie") if value.startswith("revento_session="))
    assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert cookie.split(";")[0] != "revento_session=rev_session_planted"
    old = (await site.anybody()).client
    old.cookies.update(planted)
    assert (await old.get("/account")).status_code == 303
