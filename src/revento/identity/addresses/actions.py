"""The doors through which a person's address changes. Its owner holds the account: whoever reads its letters gets in.

So the new one is proved by a letter that only she, signed in, can use; the old one is told and can take it back for
three days; and no device but the one at hand stays signed in.
"""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import errors
from revento.contract.errors import Refused
from revento.identity.addresses import queries
from revento.identity.audit import actions as audit
from revento.identity.passkeys import queries as passkeys
from revento.identity.sessions import actions as sessions
from revento.identity.sessions.models import SignedIn
from revento.identity.users import actions as users
from revento.identity.users import queries as accounts
from revento.kernel import secrets
from revento.kernel.db import Tx, UniqueViolation
from revento.kernel.ids import UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail

CONFIRM_WITHIN: Final = timedelta(hours=24)
BACK_WITHIN: Final = timedelta(days=3)


async def ask(tx: Tx, person: SignedIn, email: str, *, base_url: str, now: datetime) -> None:
    """Sends the letter that proves a new address; until its link is used nothing changes.

    Raises `FRESH_SIGN_IN_REQUIRED`, `EMAIL_TAKEN`, `INVALID_INPUT` for the present address, `TOO_MANY_ATTEMPTS` after
    five letters an hour, `WRONG_STATE` for the sandbox's people.
    """
    _refuse_stale(person, now)
    email, user = email.strip(), await accounts.lock(tx, person.user_id)
    if user.is_sandbox:
        raise Refused(errors.WRONG_STATE, "The people of the sandbox keep their addresses.")
    if email.lower() == user.email.lower():
        raise Refused(errors.INVALID_INPUT, "This is your address already.", field="email")
    if await accounts.find_by_email(tx, email) is not None:
        raise Refused(errors.EMAIL_TAKEN)
    sent = await accounts.count_email_tokens(tx, user.id, "change", since=now - timedelta(hours=1))
    if sent >= users.LETTERS_PER_HOUR:
        raise Refused(errors.TOO_MANY_ATTEMPTS)
    await queries.void_changes(tx, user.id, now=now)
    link = await _link(tx, user.id, "change", email, CONFIRM_WITHIN, f"{base_url}/account/address/confirm", now=now)
    await mail.write(
        tx,
        email,
        Say("Confirm your new e-mail address"),
        (Say("please confirm within a day that your account shall use this address:"), link),
        Say("You sign in with the account that you have. Until then nothing changes."),
        Say("If it was not you, ignore this letter."),
        hello=user.name,
        otherwise=user.locale,
        now=now,
    )
    await audit.note(tx, user.id, "user.address_asked", user.id, now=now)


async def forget(tx: Tx, user_id: UserId, *, now: datetime) -> None:
    """Keeps the present address: the letter to the new one leads nowhere any more."""
    await queries.void_changes(tx, user_id, now=now)


async def confirm(tx: Tx, person: SignedIn, token: str, *, base_url: str, now: datetime) -> int:
    """Moves to the new address; how many other devices were signed out. The letter works for its person alone.

    Every open link of hers ends, so that no letter to the old address opens the account; the old address is told, with
    a way back. Raises `LINK_EXPIRED`, `EMAIL_TAKEN`.
    """
    user = await accounts.lock(tx, person.user_id)
    email = await queries.claim(tx, secrets.sha256(token), user.id, now=now)
    if email is None:
        raise Refused(errors.LINK_EXPIRED)
    await _move(tx, user.id, user.email, email, since=now, now=now)
    back = await _link(tx, user.id, "back", user.email, BACK_WITHIN, f"{base_url}/account/address/back", now=now)
    await mail.write(
        tx,
        user.email,
        Say("Your account has another e-mail address"),
        Say("your account now uses another e-mail address. Letters about it no longer come here."),
        (Say("If it was not you, take the account back within three days:"), back),
        hello=user.name,
        otherwise=user.locale,
        now=now,
    )
    ended = await sessions.revoke_all(tx, user.id, keep=person.session_id, now=now)
    await audit.note(tx, user.id, "user.address_changed", user.id, now=now)
    return ended


async def take_back(tx: Tx, token: str, *, base_url: str, now: datetime) -> None:
    """Gives the account back to its former address. Whoever changed it is out: devices, password and passkeys end.

    A letter lets the owner set a new password. Raises `LINK_EXPIRED`, `EMAIL_TAKEN`.
    """
    left = await queries.claim_back(tx, secrets.sha256(token), now=now)
    if left is None:
        raise Refused(errors.LINK_EXPIRED)
    user_id, email = left.user_id, left.email
    user = await accounts.lock(tx, user_id)
    await _move(tx, user_id, user.email, email, since=left.left_at, now=now)
    await sessions.revoke_all(tx, user_id, now=now)
    await accounts.drop_password(tx, user_id, now=now)
    await passkeys.drop_all(tx, user_id)
    await users.request_reset(tx, email, base_url=base_url, now=now)
    await audit.note(tx, user_id, "user.address_taken_back", user_id, now=now)


def _refuse_stale(person: SignedIn, now: datetime) -> None:
    if not person.is_fresh(now):
        raise Refused(errors.FRESH_SIGN_IN_REQUIRED)


async def _move(tx: Tx, user_id: UserId, old: str, new: str, *, since: datetime, now: datetime) -> None:
    try:
        async with tx.connection.transaction():
            await queries.set_email(tx, user_id, new, now=now)
    except UniqueViolation as error:
        raise Refused(errors.EMAIL_TAKEN) from error
    await queries.void(tx, user_id, since=since, now=now)
    await queries.insert_former(tx, user_id, old, now=now)


async def _link(tx: Tx, user_id: UserId, purpose: str, email: str, life: timedelta, page: str, *, now: datetime) -> str:
    token = secrets.new_secret(users.LINK_PREFIX)
    await accounts.insert_email_token(
        tx, secrets.sha256(token), user_id=user_id, purpose=purpose, email=email, expires_at=now + life, now=now
    )
    return f"{page}?token={token}"
