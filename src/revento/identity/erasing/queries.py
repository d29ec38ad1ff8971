"""SQL of erasing an account."""

from datetime import datetime

from revento.kernel.db import Tx
from revento.kernel.ids import UserId

# Organizations that nobody else could look after.
LIST_SOLE_OWNED = """
    SELECT o.name
      FROM memberships m
      JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = %(user_id)s AND m.role = 'owner'
       AND NOT EXISTS (SELECT 1 FROM memberships n
                        WHERE n.organization_id = m.organization_id AND n.role = 'owner' AND n.user_id <> m.user_id)
       AND EXISTS (SELECT 1 FROM events e
                    WHERE e.organization_id = o.id AND e.publish_status <> 'archived')
     ORDER BY o.name
"""


async def list_sole_owned(tx: Tx, user_id: UserId) -> list[str]:
    """The names of organizations with living events that only this person owns."""
    return await tx.all(str, LIST_SOLE_OWNED, user_id=user_id)


SET_ERASED = """
    UPDATE users
       SET email = id || '@deleted.invalid', name = %(pseudonym)s, password_hash = NULL, email_verified_at = NULL,
           locale = 'en', time_zone = NULL, birth_date = NULL, is_operator = false, deleted_at = %(now)s,
           updated_at = %(now)s
     WHERE id = %(user_id)s
"""


async def set_erased(tx: Tx, user_id: UserId, *, pseudonym: str, now: datetime) -> None:
    """Leaves the id and a pseudonym, so that what others did with her stays whole."""
    await tx.run(SET_ERASED, user_id=user_id, pseudonym=pseudonym, now=now)


DROP_SESSIONS = "DELETE FROM sessions WHERE user_id = %(user_id)s"
DROP_PASSKEYS = "DELETE FROM passkeys WHERE user_id = %(user_id)s"
DROP_CHALLENGES = "DELETE FROM passkey_challenges WHERE user_id = %(user_id)s"
DROP_EMAIL_TOKENS = "DELETE FROM email_tokens WHERE user_id = %(user_id)s"
DROP_FAILURES = "DELETE FROM sign_in_failures WHERE account = %(account)s"
DROP_MEMBERSHIPS = "DELETE FROM memberships WHERE user_id = %(user_id)s"
DROP_INVITATIONS = "DELETE FROM invitations WHERE lower(email) = lower(%(email)s)"


async def drop_credentials(tx: Tx, user_id: UserId, *, email: str, account: bytes) -> None:
    """Everything with which she signed in, where she was invited, and where she worked."""
    await tx.run(DROP_SESSIONS, user_id=user_id)
    await tx.run(DROP_PASSKEYS, user_id=user_id)
    await tx.run(DROP_CHALLENGES, user_id=user_id)
    await tx.run(DROP_EMAIL_TOKENS, user_id=user_id)
    await tx.run(DROP_FAILURES, account=account)
    await tx.run(DROP_MEMBERSHIPS, user_id=user_id)
    await tx.run(DROP_INVITATIONS, email=email)
