"""Signing in: guessing is slowed down without locking the owner out; sessions are listed, ended, made anew."""

import re

import httpx
import pytest

from revento.identity.users import queries, rules
from revento.identity.users.rules import Failures
from revento.kernel import secrets
from tests.account.conftest import PASSWORD
from tests.conftest import MovableClock
from tests.visits import Site, Visitor


async def try_in(visitor: Visitor, password: str, email: str = "ada@example.test") -> httpx.Response:
    return await visitor.post("/account/sign-in", {"email": email, "password": password})


async def test_the_sixth_guess_of_an_address_waits_a_quarter_of_an_hour_even_with_the_right_password(
    site: Site, ada: Visitor, clock: MovableClock
) -> None:
    guesser = await site.anybody()
    for _ in range(rules.PER_PAIR):
        assert (await try_in(guesser, "wrong")).status_code == 422
    assert (await try_in(guesser, PASSWORD)).status_code == 429
    assert (await try_in(guesser, "wrong", "somebody@example.test")).status_code == 422
    clock.pass_(seconds=rules.WINDOW.total_seconds() + 1)
    assert (await try_in(guesser, PASSWORD)).status_code == 303


async def test_a_flood_of_strangers_does_not_lock_the_owner_out(site: Site, ada: Visitor) -> None:
    account, now = secrets.sha256("ada@example.test"), site.clock.now()
    async with site.db.tx() as tx:
        for number in range(rules.PER_ACCOUNT):
            await queries.insert_failure(tx, account, f"203.0.113.{number}", now=now)
    hers = await site.anybody()  # from 127.0.0.1, where she has signed in before
    assert (await try_in(hers, PASSWORD)).status_code == 303
    async with site.db.tx() as tx:
        strange = await queries.count_failures(
            tx, account, "ada@example.test", "198.51.100.7", since=now - rules.WINDOW
        )
    assert rules.why_not_try(strange) is not None


@pytest.mark.parametrize(
    ("failures", "may"),
    [
        (Failures(4, 39, 49, False), True),
        (Failures(5, 5, 5, True), False),
        (Failures(0, 40, 0, True), False),
        (Failures(0, 0, 50, False), False),
        (Failures(0, 0, 5_000, True), True),
    ],
)
def test_who_may_try_goes_by_pair_address_and_account(failures: Failures, may: bool) -> None:
    assert (rules.why_not_try(failures) is None) == may


async def test_an_unknown_account_and_a_wrong_password_look_the_same(site: Site, ada: Visitor) -> None:
    guesser = await site.anybody()
    told = [await try_in(guesser, "wrong", email) for email in ("ada@example.test", "nobody@example.test")]

    def plain(answer: httpx.Response) -> str:
        masked_anew = r'name="csrf_token" value="[^"]+"|"X-CSRF-Token": "[^"]+"'
        return re.sub(rf"(ada|nobody)@example\.test|{masked_anew}", "", answer.text)

    assert (told[0].status_code, plain(told[0])) == (told[1].status_code, plain(told[1]))


async def test_sessions_are_listed_and_one_or_all_others_can_be_ended(site: Site, ada: Visitor) -> None:
    assert ada.user_id is not None
    phone, laptop = await site.as_user(ada.user_id), await site.as_user(ada.user_id)
    page = await ada.get("/account")
    others = re.findall(r'action="/account/sessions/([^/"]+)/revoke"', page.text)
    assert len(others) == 2
    mallory = await site.person("Mallory")
    await mallory.post(f"/account/sessions/{others[0]}/revoke")
    alive = [(await each.get("/account")).status_code for each in (ada, phone, laptop)]
    assert alive == [200, 200, 200]
    assert (await ada.post(f"/account/sessions/{others[0]}/revoke")).status_code in (302, 303)
    alive = [(await each.get("/account")).status_code for each in (ada, phone, laptop)]
    assert (alive[0], sorted(alive[1:])) == (200, [200, 303])
    assert (await ada.post("/account/sessions/revoke-others")).status_code in (302, 303)
    assert [(await each.get("/account")).status_code for each in (ada, phone, laptop)] == [200, 303, 303]


async def test_confirming_gives_a_fresh_session_in_place_of_the_old_one(
    site: Site, ada: Visitor, clock: MovableClock
) -> None:
    clock.pass_(hours=2)
    old = ada.client.cookies["revento_session"]
    wrong = await ada.post("/account/confirm", {"password": "wrong", "next": "/account"})
    assert wrong.status_code == 422
    done = await ada.post("/account/confirm", {"password": PASSWORD, "next": "//evil.example"})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    fresh = next(value for value in done.headers.get_list("set-cookie") if value.startswith("revento_session="))
    assert old not in fresh
    stale = (await site.anybody()).client
    stale.cookies.set("revento_session", old)
    assert (await stale.get("/account")).status_code == 303


async def test_a_reset_ends_every_session_and_its_link_works_once(site: Site, ada: Visitor) -> None:
    anybody = await site.anybody()
    await anybody.post("/account/reset", {"email": "ada@example.test"})
    (letter,) = await site.rows(str, "SELECT body FROM mails WHERE subject = 'Reset your password'")
    token = re.search(r"token=(\S+)", letter)
    assert token is not None
    fresh = "another horse battery staple"
    assert (await anybody.post("/account/reset", {"token": token[1], "password": fresh})).status_code in (302, 303)
    assert (await ada.get("/account")).status_code == 303
    again = await anybody.post("/account/reset", {"token": token[1], "password": "yet another horse battery"})
    assert again.status_code >= 400
    assert [(await try_in(anybody, word)).status_code for word in (PASSWORD, fresh)] == [422, 303]
