"""The doors of a login: a machine opens it, a developer decides, the machine collects once.

No secret waits in the database: it is made at the moment in which the machine collects it.
"""

from datetime import datetime
from typing import Final

from revento.contract import errors
from revento.contract.errors import Reason, Refused
from revento.identity.audit import actions as audit
from revento.integrations.credentials import actions as credentials
from revento.integrations.credentials import queries as clients
from revento.integrations.credentials.models import Loan
from revento.integrations.logins import queries, rules
from revento.integrations.logins.models import Choice, Collected, Login, Opened, Status
from revento.kernel import ids, secrets
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

PREFIX: Final = "rev_login_"


async def begin(tx: Tx, *, machine: str, address: str, now: datetime) -> Opened:
    """A new login for a machine, good for ten minutes. Forgets the old ones on the way."""
    await queries.drop_old(tx, before=now - rules.KEPT)
    made = Opened(secrets.new_secret(PREFIX), rules.new_user_code())
    await queries.insert(
        tx,
        ids.new("lgn"),
        device_hash=secrets.sha256(made.device_code),
        user_hash=secrets.sha256(made.user_code),
        machine="".join(letter for letter in machine if letter.isprintable())[: rules.MACHINE_MOST] or "?",
        address=address,
        expires_at=now + rules.LIFE,
        now=now,
    )
    return made


async def find_open(tx: Tx, typed: str, *, now: datetime) -> Login | None:
    """The login with this code that waits for a decision."""
    found = await queries.lock_by_user_code(tx, secrets.sha256(rules.spelled(typed)))
    return found if found is not None and rules.is_open(found, now=now) else None


async def approve(tx: Tx, user_id: UserId, typed: str, client_id: str, *, now: datetime) -> Choice:
    """Lets the machine collect credentials of one of the person's clients.

    Raises `NOT_FOUND` when the login is over or decided, or the client is not one that she may change.
    """
    login = await find_open(tx, typed, now=now)
    choice = next((one for one in await queries.list_choices(tx, user_id) if one.client_id == client_id), None)
    if login is None or choice is None:
        raise Refused(errors.NOT_FOUND)
    await queries.set_decided(tx, login.id, by=user_id, client_id=choice.client_id, now=now)
    await _note(tx, user_id, "login.approved", login, choice, now=now)
    return choice


async def deny(tx: Tx, user_id: UserId, typed: str, *, now: datetime) -> None:
    """Says no, which the machine is told. Again, or too late: nothing."""
    login = await find_open(tx, typed, now=now)
    if login is not None:
        await queries.set_decided(tx, login.id, by=user_id, client_id=None, now=now)
        await audit.note(
            tx, user_id, "login.denied", login.id, now=now, machine=login.machine, asked_from=login.address
        )


async def collect(tx: Tx, device_code: str, *, now: datetime) -> Collected | Reason:
    """How the login stands; approved, a client secret of its own, once. Returns `NOT_FOUND` for an unknown code.

    Who lost her seat among the developers since she approved hands nothing out: that is `denied`.
    """
    login = await queries.lock_by_device_code(tx, secrets.sha256(device_code))
    if login is None:
        return errors.NOT_FOUND
    status = rules.judge(login, now=now)
    if status is not Status.APPROVED or login.decided_by is None:
        await queries.set_polled(tx, login.id, now=now)
        return Collected(status)
    await queries.set_collected(tx, login.id, now=now)
    choices = await queries.list_choices(tx, login.decided_by)
    choice = next((one for one in choices if one.client_id == login.client_id), None)
    client = await clients.find_client(tx, choice.client_id) if choice else None
    if choice is None or client is None:
        return Collected(Status.DENIED)
    expires_at = now + rules.CREDENTIALS_LIFE
    secret = await credentials.lend(tx, client, Loan(login.decided_by, login.machine, expires_at), now=now)
    return Collected(status, choice, secret, expires_at)


async def _note(tx: Tx, user_id: UserId, action: str, login: Login, choice: Choice, *, now: datetime) -> None:
    await audit.note(
        tx,
        user_id,
        action,
        choice.client_id,
        now=now,
        integration_id=choice.integration_id,
        environment=choice.environment,
        machine=login.machine,
        asked_from=login.address,
    )
