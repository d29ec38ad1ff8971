"""Another e-mail address: proved by its letter, told to the old one, and taken back when somebody else did it."""

import re

from revento.endings import leave
from revento.identity.audit import queries as audit
from revento.identity.users import actions as users
from revento.identity.users import queries
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail
from tests.account.conftest import PASSWORD
from tests.conftest import MovableClock
from tests.visits import Site, Visitor

OLD, NEW = "ada@example.test", "ada@elsewhere.test"


async def letters(site: Site, to: str) -> list[str]:
    sql = "SELECT subject || chr(10) || body FROM mails WHERE recipient = %(to)s ORDER BY created_at, id"
    return await site.rows(str, sql, to=to)


def link(letter: str) -> str:
    """The path and query of the letter's link."""
    return re.findall(r"http://[^/]+(/account/\S+)", letter)[0]


async def press(visitor: Visitor, path: str) -> int:
    """Opens a letter's link and presses its button; the answer's status."""
    page = await visitor.get(path)
    assert page.status_code == 200
    token = re.findall(r'name="token" value="([^"]+)"', page.text)[0]
    return (await visitor.post(path.partition("?")[0], {"token": token})).status_code


async def ask(visitor: Visitor, site: Site, email: str) -> str:
    """Asks for another address; its letter's link."""
    answer = await visitor.post("/account/address", {"email": email})
    assert answer.headers["location"] == "/account/address", answer.text[-500:]
    return link((await letters(site, email))[-1])


async def test_the_address_changes_once_its_owner_has_opened_the_letter_signed_in(
    site: Site, ada: Visitor, clock: MovableClock
) -> None:
    other, mallory = await site.as_user(ada.user_id), await site.person("Mallory Nobody")
    await (await site.anybody()).post("/account/reset", {"email": OLD})
    clock.pass_(minutes=16)
    assert (await ada.get("/account/address")).headers["location"] == "/account/confirm?next=/account/address"
    assert (await ada.post("/account/address", {"email": NEW})).headers["location"].startswith("/account/confirm")
    answer = await ada.post("/account/confirm", {"password": PASSWORD, "next": "/account/address"})
    ada.client.cookies.update(answer.cookies)
    ada = Visitor(ada.client, ada.user_id)
    there = await ask(ada, site, NEW)
    assert f"{NEW}</strong> waits to be confirmed" in (await ada.get("/account/address")).text
    assert f"{NEW} waits to be confirmed" in (await ada.get("/account")).text

    assert (await (await site.anybody()).get(there)).headers["location"].startswith("/account/sign-in?next=")
    assert await press(mallory, there) == 410  # who reads the letter but is somebody else
    assert await press(ada, there) == 303
    assert await site.rows(str, "SELECT email FROM users WHERE id = %(id)s", id=ada.user_id) == [NEW]
    assert (await ada.get("/account")).status_code == 200
    assert (await other.get("/account")).status_code == 303  # every other device is out
    reset, told = await letters(site, OLD)
    answer = await (await site.anybody()).post(
        "/account/reset", {"token": link(reset).partition("token=")[2], "password": "a longer one than before"}
    )
    assert answer.status_code == 410  # no letter to the old address opens the account
    assert told.startswith("Your account has another e-mail address")
    assert NEW not in told
    stranger = await site.anybody()
    assert (await stranger.post("/account/sign-in", {"email": OLD, "password": PASSWORD})).status_code == 422
    assert (await stranger.post("/account/sign-in", {"email": NEW, "password": PASSWORD})).status_code == 303
    async with site.db.tx() as tx:
        noted = [row.action for row in await audit.page(tx, before=2**62, limit=50)]
    assert noted.count("user.address_changed") == 1


async def test_taken_own_and_malformed_addresses_are_refused_and_a_wish_can_be_dropped(
    site: Site, ada: Visitor, clock: MovableClock
) -> None:
    await site.person("Bo Reed")
    for email, status in (("bo@example.test", 409), (OLD.upper(), 422), ("nobody", 422)):
        answer = await ada.post("/account/address", {"email": email})
        assert (email, answer.status_code) == (email, status)
        assert f'value="{email}"' in answer.text
    there = await ask(ada, site, NEW)
    assert (await ada.post("/account/address/forget")).status_code == 303
    assert await press(ada, there) == 410
    there = await ask(ada, site, NEW)
    clock.pass_(hours=25)
    assert await press(ada, there) == 410
    async with site.db.tx() as tx:
        await tx.run(
            "UPDATE users SET is_sandbox = true, email = %(email)s WHERE id = %(id)s", email=OLD, id=ada.user_id
        )
        await tx.run("UPDATE sessions SET authenticated_at = %(now)s", now=clock.now())
    answer = await ada.post("/account/address", {"email": "ada@third.test"})
    assert "The people of the sandbox keep their addresses" in answer.text


async def test_the_first_address_takes_the_account_back_however_often_it_was_moved_on(
    site: Site, ada: Visitor, clock: MovableClock
) -> None:
    for email in (NEW, "ada@third.test"):  # somebody who knows her password
        clock.pass_(seconds=60)
        assert await press(ada, await ask(ada, site, email)) == 303
    first, second = link((await letters(site, OLD))[-1]), link((await letters(site, NEW))[-1])
    assert first.startswith("/account/address/back")
    owner = await site.anybody()
    assert await press(owner, second) == 303
    assert await press(owner, first) == 303  # the earlier address has the better right
    assert await site.rows(str, "SELECT email FROM users WHERE id = %(id)s", id=ada.user_id) == [OLD]
    assert (await ada.get("/account")).status_code == 303
    assert (await owner.post("/account/sign-in", {"email": OLD, "password": PASSWORD})).status_code == 422
    reset = link((await letters(site, OLD))[-1])
    answer = await owner.post("/account/reset", {"token": reset.partition("token=")[2], "password": "a new long one"})
    assert answer.status_code == 303
    assert (await owner.post("/account/sign-in", {"email": OLD, "password": "a new long one"})).status_code == 303
    assert await press(await site.anybody(), first) == 410


async def test_deleting_the_account_finds_letters_to_addresses_that_she_had_or_asked_for(
    site: Site, ada: Visitor, clock: MovableClock
) -> None:
    assert await press(ada, await ask(ada, site, NEW)) == 303
    clock.pass_(seconds=60)
    await ask(ada, site, "typo@third.test")
    async with site.db.tx() as tx:
        await users.sign_up(
            tx, email=OLD, name="Next", password=PASSWORD, locale="en", base_url="http://x", now=clock.now()
        )
        await mail.write(
            tx, "typo@third.test", Say("Reset your password"), hello="Third", now=clock.now().replace(year=2030)
        )
        document = await queries.export(tx, ada.user_id)
        assert [each["email"] for each in document["former_addresses"]] == [OLD]
        assert len(document["letters"]) == 2  # to the old address and to this one; the next owner's are not hers
        await leave.delete_account(tx, ada.user_id, now=clock.now())
    left = await site.rows(str, "SELECT recipient || ': ' || subject FROM mails ORDER BY created_at")
    assert left == [f"{OLD}: Confirm your e-mail address", "typo@third.test: Reset your password"]
    assert await site.rows(str, "SELECT email FROM former_addresses") == []
