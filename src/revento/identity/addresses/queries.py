"""SQL of e-mail addresses."""

from datetime import datetime

from revento.identity.addresses.models import Held, Left, Pending
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

FIND_PENDING = """
    SELECT email, created_at AS sent_at, expires_at
      FROM email_tokens
     WHERE user_id = %(user_id)s AND purpose = 'change' AND used_at IS NULL AND expires_at > %(now)s
     ORDER BY created_at DESC
     LIMIT 1
"""


async def find_pending(tx: Tx, user_id: UserId, *, now: datetime) -> Pending | None:
    """The address that waits for its proof."""
    return await tx.maybe(Pending, FIND_PENDING, user_id=user_id, now=now)


CLAIM = """
    UPDATE email_tokens SET used_at = %(now)s
     WHERE hash = %(hash)s AND purpose = 'change' AND user_id = %(user_id)s AND used_at IS NULL
       AND expires_at > %(now)s
    RETURNING email
"""


async def claim(tx: Tx, hash: bytes, user_id: UserId, *, now: datetime) -> str | None:
    """Uses the link to a new address up; `None` when used, too old, unknown or another person's."""
    return await tx.maybe(str, CLAIM, hash=hash, user_id=user_id, now=now)


VOID_CHANGES = """
    UPDATE email_tokens SET used_at = %(now)s
     WHERE user_id = %(user_id)s AND purpose = 'change' AND used_at IS NULL
"""


async def void_changes(tx: Tx, user_id: UserId, *, now: datetime) -> int:
    """Makes letters to addresses that wait for their proof useless."""
    return await tx.run(VOID_CHANGES, user_id=user_id, now=now)


# The earlier address has the better right: whoever moves an account on, even twice, leaves it its way back.
VOID = """
    UPDATE email_tokens SET used_at = %(now)s
     WHERE user_id = %(user_id)s AND used_at IS NULL AND (purpose <> 'back' OR created_at >= %(since)s)
"""


async def void(tx: Tx, user_id: UserId, *, since: datetime, now: datetime) -> int:
    """Makes every open link of a person useless, but ways back to addresses that she left before `since`."""
    return await tx.run(VOID, user_id=user_id, since=since, now=now)


CLAIM_BACK = """
    UPDATE email_tokens SET used_at = %(now)s
     WHERE hash = %(hash)s AND purpose = 'back' AND used_at IS NULL AND expires_at > %(now)s
    RETURNING user_id, email, created_at AS left_at
"""


async def claim_back(tx: Tx, hash: bytes, *, now: datetime) -> Left | None:
    """Uses a way back up: whose, to which address, left when; `None` when used, too old or unknown."""
    return await tx.maybe(Left, CLAIM_BACK, hash=hash, now=now)


SET_EMAIL = """
    UPDATE users SET email = %(email)s, email_verified_at = %(now)s, updated_at = %(now)s WHERE id = %(user_id)s
"""


async def set_email(tx: Tx, user_id: UserId, email: str, *, now: datetime) -> None:
    """Gives a person another address, proved. Raises `UniqueViolation` when it is somebody else's."""
    await tx.run(SET_EMAIL, user_id=user_id, email=email, now=now)


INSERT_FORMER = """
    INSERT INTO former_addresses (user_id, email, left_at) VALUES (%(user_id)s, %(email)s, %(now)s)
    ON CONFLICT (user_id, email) DO UPDATE SET left_at = EXCLUDED.left_at
"""


async def insert_former(tx: Tx, user_id: UserId, email: str, *, now: datetime) -> None:
    """Keeps which address a person had, so that its letters can be found when she leaves."""
    await tx.run(INSERT_FORMER, user_id=user_id, email=email, now=now)


# Addresses are told apart by time: whoever has one next keeps her own letters.
LIST_HELD = """
    SELECT f.email, to_timestamp(0) AS since, f.left_at AS until
      FROM former_addresses f
     WHERE f.user_id = %(user_id)s
     UNION ALL
    SELECT t.email, t.created_at, t.created_at
      FROM email_tokens t
     WHERE t.user_id = %(user_id)s AND t.purpose = 'change'
"""


async def list_held(tx: Tx, user_id: UserId) -> list[Held]:
    """The addresses but the present one to which letters of this person went."""
    return await tx.all(Held, LIST_HELD, user_id=user_id)


DROP_FORMER = "DELETE FROM former_addresses WHERE user_id = %(user_id)s"


async def drop_former(tx: Tx, user_id: UserId) -> None:
    """Forgets which addresses a person had."""
    await tx.run(DROP_FORMER, user_id=user_id)
