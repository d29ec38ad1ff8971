"""The doors through which accounts change."""

from datetime import date, datetime, timedelta

import msgspec

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.identity.audit import actions as audit
from revento.identity.erasing import queries as erasing
from revento.identity.sessions import actions as sessions
from revento.identity.sessions.actions import Opened
from revento.identity.users import passwords, queries, rules
from revento.identity.users.models import Addressed, User
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.kernel.language import Say
from revento.kernel.mail import actions as mail

RESET_LIFE = timedelta(hours=1)
VERIFY_LIFE = timedelta(days=3)
LETTERS_PER_HOUR = 5
OLDEST = timedelta(days=366 * 120)
LINK_PREFIX = "rev_link_"


async def sign_up(tx: Tx, *, email: str, name: str, password: str, locale: str, base_url: str, now: datetime) -> UserId:
    """Opens an account and sends the letter that proves the address. Raises `EMAIL_TAKEN`."""
    if await queries.find_by_email(tx, email) is not None:
        raise Refused(errors.EMAIL_TAKEN)
    hash = await passwords.hashed(password)
    return await open_account(tx, email=email, name=name, password_hash=hash, locale=locale, base_url=base_url, now=now)


async def open_account(
    tx: Tx, *, email: str, name: str, password_hash: str, locale: str, base_url: str, now: datetime
) -> UserId:
    """The same for an address that nobody has and a password that is hashed already."""
    id = UserId(ids.new("usr"))
    await queries.insert(
        tx,
        id,
        email=email,
        name=name,
        password_hash=password_hash,
        email_verified_at=None,
        locale=locale,
        is_operator=False,
        is_sandbox=False,
        now=now,
    )
    await audit.note(tx, id, "user.signed_up", id, now=now)
    await send_verification(tx, await queries.get(tx, id), base_url=base_url, now=now)
    return id


async def known_or_new(tx: Tx, email: str, name: str, *, now: datetime) -> UserId:
    """The account with this address, or a new one without a password, which its owner gets by resetting it."""
    user = await queries.find_by_email(tx, email)
    if user is not None:
        return user.id
    id = UserId(ids.new("usr"))
    await queries.insert(
        tx,
        id,
        email=email,
        name=name,
        password_hash=None,
        email_verified_at=None,
        locale="en",
        is_operator=False,
        is_sandbox=False,
        now=now,
    )
    await audit.note(tx, id, "user.brought_in", id, now=now)
    return id


async def known_or_new_many(tx: Tx, names: dict[str, str], *, now: datetime) -> dict[str, UserId]:
    """The same for many people, given and returned by their addresses in small letters."""
    found = {each.email: each.id for each in await queries.list_by_email(tx, list(names))}
    new = [Addressed(UserId(ids.new("usr")), email) for email in names if email not in found]
    await queries.insert_unclaimed(tx, new, names, now=now)
    await audit.note_many(tx, [(each.id, each.id) for each in new], "user.brought_in", now=now)
    return found | {each.email: each.id for each in new}


async def pseudonym(tx: Tx, name: str, *, now: datetime) -> UserId:
    """Somebody whose account was deleted before it came here: nothing but a pseudonym, which nobody can sign in as."""
    id = UserId(ids.new("usr"))
    await queries.insert(
        tx,
        id,
        email=f"{id}@deleted.invalid",
        name=name,
        password_hash=None,
        email_verified_at=None,
        locale="en",
        is_operator=False,
        is_sandbox=False,
        now=now,
    )
    await erasing.set_erased(tx, id, pseudonym=name, now=now)
    return id


class SandboxPerson(msgspec.Struct, frozen=True):
    """Somebody of the sandbox: her address counts as proved."""

    id: UserId
    email: str
    name: str
    is_operator: bool = False


async def put_sandbox_people(tx: Tx, people: list[SandboxPerson], password: str | None, *, now: datetime) -> None:
    """Opens the sandbox's accounts, or makes them again what they were. They share one password, hashed once.

    Without a password they keep those that they have.
    """
    hashed = await passwords.hashed(password) if password is not None else None
    shared: dict[str, object] = {"password_hash": hashed, "now": now}
    await queries.put_sandbox(tx, [msgspec.structs.asdict(each) | shared for each in people])
    await audit.note(tx, audit.SYSTEM, "sandbox.people_put", "sandbox", now=now, count=len(people))


async def sign_in(
    tx: Tx, *, email: str, password: str, address: str, user_agent: str, now: datetime
) -> Opened | Reason:
    """Trades e-mail and password for a session. A no is returned, since its failure must be counted."""
    account = secrets.sha256(email.strip().lower())
    failures = await queries.count_failures(tx, account, email, address, since=now - rules.WINDOW)
    if reason := rules.why_not_try(failures):
        return reason
    user = await queries.find_by_email(tx, email.strip())
    if not await passwords.matches(user.password_hash if user else None, password) or user is None:
        await queries.insert_failure(tx, account, address, now=now)
        await audit.note(tx, user.id if user else "unknown", "user.sign_in_refused", "session", now=now)
        return errors.WRONG_CREDENTIALS
    await queries.drop_failures(tx, account, address)
    return await sessions.open_for(tx, user.id, address=address, user_agent=user_agent, now=now)


async def send_verification(tx: Tx, user: User, *, base_url: str, now: datetime) -> None:
    """Sends the letter that proves the address; silently not more than a few an hour."""
    await _send_link(
        tx,
        user,
        "verify",
        VERIFY_LIFE,
        subject=Say("Confirm your e-mail address"),
        say=Say("please confirm that this address is yours, within three days:"),
        link=f"{base_url}/account/verify",
        now=now,
    )


async def request_reset(tx: Tx, email: str, *, base_url: str, now: datetime) -> None:
    """Sends a reset link when there is such an account; the page says the same either way."""
    user = await queries.find_by_email(tx, email.strip())
    if user is not None:
        await _send_link(
            tx,
            user,
            "reset",
            RESET_LIFE,
            subject=Say("Reset your password"),
            say=Say("somebody, hopefully you, asked to reset your password. Choose a new one within an hour:"),
            link=f"{base_url}/account/reset",
            now=now,
        )


async def _send_link(
    tx: Tx, user: User, purpose: str, life: timedelta, *, subject: Say, say: Say, link: str, now: datetime
) -> None:
    sent = await queries.count_email_tokens(tx, user.id, purpose, since=now - timedelta(hours=1))
    if sent >= LETTERS_PER_HOUR:
        return
    token = secrets.new_secret(LINK_PREFIX)
    await queries.insert_email_token(
        tx,
        secrets.sha256(token),
        user_id=user.id,
        purpose=purpose,
        email=user.email,
        expires_at=now + life,
        now=now,
    )
    not_you = Say("If it was not you, ignore this letter.")
    await mail.write(tx, user.email, subject, (say, f"{link}?token={token}"), not_you, hello=user.name, now=now)


async def verify_email(tx: Tx, token: str, *, now: datetime) -> UserId:
    """Proves the address with the letter's link. Raises `LINK_EXPIRED`."""
    hash = secrets.sha256(token)
    user_id = await queries.claim_email_token(tx, hash, "verify", now=now)
    email = await queries.find_email_of_token(tx, hash)
    if user_id is None or email is None or not await queries.set_email_verified(tx, user_id, email, now=now):
        raise Refused(errors.LINK_EXPIRED)
    await audit.note(tx, user_id, "user.email_verified", user_id, now=now)
    return user_id


async def reset_password(tx: Tx, token: str, password: str, *, now: datetime) -> UserId:
    """Sets a new password with the letter's link, ends every session. Raises `LINK_EXPIRED`."""
    user_id = await queries.claim_email_token(tx, secrets.sha256(token), "reset", now=now)
    if user_id is None:
        raise Refused(errors.LINK_EXPIRED)
    await queries.set_password(tx, user_id, await passwords.hashed(password), now=now)
    await sessions.revoke_all(tx, user_id, now=now)
    await audit.note(tx, user_id, "user.password_reset", user_id, now=now)
    return user_id


async def edit_profile(
    tx: Tx, user_id: UserId, *, name: str, locale: str, time_zone: str | None, now: datetime
) -> None:
    """Changes name, language and time zone of one's own account."""
    await queries.update_profile(tx, user_id, name=name, locale=locale, time_zone=time_zone, now=now)
    await audit.note(tx, user_id, "user.profile_edited", user_id, now=now)


async def set_birth_date(tx: Tx, user_id: UserId, born: date | None, *, now: datetime) -> None:
    """Keeps when the person was born, for activities with an age limit; `None` forgets it.

    Raises `INVALID_INPUT` for days on which nobody who is alive was born.
    """
    if born == await queries.find_birth_date(tx, user_id):
        return
    if born is not None and not now.date() - OLDEST <= born <= now.date():
        raise Refused(errors.INVALID_INPUT, "Enter the day on which you were born.", field="birth_date")
    await queries.set_birth_date(tx, user_id, born, now=now)
    await audit.note(tx, user_id, "user.birth_date_set", user_id, now=now)
