"""SQL of passkeys."""

from datetime import datetime

from revento.identity.passkeys.models import Challenge, Known, Passkey
from revento.kernel.db import Tx
from revento.kernel.ids import UserId

INSERT_CHALLENGE = """
    INSERT INTO passkey_challenges (hash, challenge, user_id, purpose, expires_at)
    VALUES (%(hash)s, %(challenge)s, %(user_id)s, %(purpose)s, %(expires_at)s)
"""


async def insert_challenge(
    tx: Tx, hash: bytes, challenge: bytes, *, user_id: UserId | None, purpose: str, expires_at: datetime
) -> None:
    """Keeps what is to be signed."""
    await tx.run(
        INSERT_CHALLENGE, hash=hash, challenge=challenge, user_id=user_id, purpose=purpose, expires_at=expires_at
    )


# Whoever opens a page leaves a challenge behind; old ones go with the next.
DROP_OLD_CHALLENGES = "DELETE FROM passkey_challenges WHERE expires_at <= %(now)s"


async def drop_old_challenges(tx: Tx, *, now: datetime) -> None:
    """Forgets what nobody signed in time."""
    await tx.run(DROP_OLD_CHALLENGES, now=now)


CLAIM_CHALLENGE = """
    DELETE FROM passkey_challenges WHERE hash = %(hash)s AND purpose = %(purpose)s
    RETURNING challenge, user_id, expires_at
"""


async def claim_challenge(tx: Tx, hash: bytes, purpose: str) -> Challenge | None:
    """Takes a challenge out; of two answers one finds it."""
    return await tx.maybe(Challenge, CLAIM_CHALLENGE, hash=hash, purpose=purpose)


INSERT = """
    INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, name, created_at)
    VALUES (%(id)s, %(user_id)s, %(credential_id)s, %(public_key)s, %(sign_count)s, %(name)s, %(now)s)
"""


async def insert(
    tx: Tx,
    id: str,
    *,
    user_id: UserId,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    now: datetime,
) -> None:
    """Keeps a passkey's public half. Raises `UniqueViolation` when it is somebody's already."""
    await tx.run(
        INSERT,
        id=id,
        user_id=user_id,
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        name=name,
        now=now,
    )


FIND_KNOWN = """
    SELECT p.id, p.user_id, p.public_key, p.sign_count
      FROM passkeys p
      JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL
     WHERE p.credential_id = %(credential_id)s
       FOR UPDATE OF p
"""


async def find_known(tx: Tx, credential_id: bytes) -> Known | None:
    """Whose passkey this is, locked."""
    return await tx.maybe(Known, FIND_KNOWN, credential_id=credential_id)


SET_USED = "UPDATE passkeys SET sign_count = %(sign_count)s, last_used_at = %(now)s WHERE id = %(id)s"


async def set_used(tx: Tx, id: str, sign_count: int, *, now: datetime) -> None:
    """Notes a sign-in."""
    await tx.run(SET_USED, id=id, sign_count=sign_count, now=now)


LIST_BY_USER = """
    SELECT id, name, created_at, last_used_at
      FROM passkeys
     WHERE user_id = %(user_id)s
     ORDER BY created_at, id
     LIMIT 100
"""


async def list_by_user(tx: Tx, user_id: UserId) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    return await tx.all(Passkey, LIST_BY_USER, user_id=user_id)


LIST_CREDENTIAL_IDS = "SELECT credential_id FROM passkeys WHERE user_id = %(user_id)s"


async def list_credential_ids(tx: Tx, user_id: UserId) -> list[bytes]:
    """What an authenticator is told, so that it does not make a second passkey."""
    return await tx.all(bytes, LIST_CREDENTIAL_IDS, user_id=user_id)


DROP = "DELETE FROM passkeys WHERE user_id = %(user_id)s AND id = %(id)s"


async def drop(tx: Tx, user_id: UserId, id: str) -> int:
    """Forgets one of a person's own passkeys; 0 when it is not hers."""
    return await tx.run(DROP, user_id=user_id, id=id)


DROP_ALL = "DELETE FROM passkeys WHERE user_id = %(user_id)s"


async def drop_all(tx: Tx, user_id: UserId) -> int:
    """Forgets every passkey of a person."""
    return await tx.run(DROP_ALL, user_id=user_id)
