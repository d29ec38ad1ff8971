"""Erasing an account. What other domains know of the person they erase themselves; `endings.leave` calls them all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from revento.identity.addresses import queries as addresses
from revento.identity.audit import actions as audit
from revento.identity.erasing import queries
from revento.identity.users.models import User
from revento.kernel import secrets
from revento.kernel.db import Tx
from revento.kernel.mail import actions as mail

PSEUDONYM: Final = "Deleted person"


async def still_owned(tx: Tx, user: User) -> list[str]:
    """The names of organizations to hand over first: nobody else owns them, and they have living events."""
    return await queries.list_sole_owned(tx, user.id)


async def erase(tx: Tx, user: User, names: Iterable[str], *, now: datetime) -> None:
    """Leaves a pseudonym in place of the account, and takes `names` out of every letter."""
    held = await addresses.list_held(tx, user.id)
    account = secrets.sha256(user.email.strip().lower())
    await queries.drop_credentials(tx, user.id, email=user.email, account=account)
    await addresses.drop_former(tx, user.id)
    for each in held:
        await mail.forget_span(tx, each.email, since=each.since, until=each.until)
    words = {user.name, *names, *(each.email for each in held if each.was_hers)}
    await mail.forget(tx, user.email, words, pseudonym=PSEUDONYM)
    await queries.set_erased(tx, user.id, pseudonym=PSEUDONYM, now=now)
    await audit.note(tx, user.id, "user.deleted", user.id, now=now)
