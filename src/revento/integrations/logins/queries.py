"""SQL of logins of the command line."""

from datetime import datetime

from revento.integrations.logins.models import Choice, Login
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, UserId

INSERT = """
    INSERT INTO device_logins (id, device_hash, user_hash, machine, address, created_at, expires_at)
    VALUES (%(id)s, %(device_hash)s, %(user_hash)s, %(machine)s, %(address)s, %(now)s, %(expires_at)s)
"""


async def insert(
    tx: Tx,
    id: str,
    *,
    device_hash: bytes,
    user_hash: bytes,
    machine: str,
    address: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Keeps the hashes of a new login's two codes."""
    await tx.run(
        INSERT,
        id=id,
        device_hash=device_hash,
        user_hash=user_hash,
        machine=machine,
        address=address,
        expires_at=expires_at,
        now=now,
    )


# Serves the page; the unique index of user_hash.
LOCK_BY_USER_CODE = """
    SELECT id, machine, address, created_at, expires_at, decided_at, decided_by, client_id, polled_at, collected_at
      FROM device_logins
     WHERE user_hash = %(user_hash)s
       FOR UPDATE
"""


async def lock_by_user_code(tx: Tx, user_hash: bytes) -> Login | None:
    """The login whose code a person typed, locked, so that one of two decisions counts."""
    return await tx.maybe(Login, LOCK_BY_USER_CODE, user_hash=user_hash)


# Serves the polls; the unique index of device_hash.
LOCK_BY_DEVICE_CODE = """
    SELECT id, machine, address, created_at, expires_at, decided_at, decided_by, client_id, polled_at, collected_at
      FROM device_logins
     WHERE device_hash = %(device_hash)s
       FOR UPDATE
"""


async def lock_by_device_code(tx: Tx, device_hash: bytes) -> Login | None:
    """The login that a machine asks about, locked, so that one of two polls collects."""
    return await tx.maybe(Login, LOCK_BY_DEVICE_CODE, device_hash=device_hash)


SET_DECIDED = """
    UPDATE device_logins
       SET decided_at = %(now)s, decided_by = %(by)s, client_id = %(client_id)s
     WHERE id = %(id)s
"""


async def set_decided(tx: Tx, id: str, *, by: UserId, client_id: ClientId | None, now: datetime) -> None:
    """Notes the decision: a client for yes, none for no."""
    await tx.run(SET_DECIDED, id=id, by=by, client_id=client_id, now=now)


SET_POLLED = "UPDATE device_logins SET polled_at = %(now)s WHERE id = %(id)s"


async def set_polled(tx: Tx, id: str, *, now: datetime) -> None:
    """Notes when the machine asked last."""
    await tx.run(SET_POLLED, id=id, now=now)


SET_COLLECTED = "UPDATE device_logins SET collected_at = %(now)s WHERE id = %(id)s"


async def set_collected(tx: Tx, id: str, *, now: datetime) -> None:
    """Notes that the credentials have left."""
    await tx.run(SET_COLLECTED, id=id, now=now)


# Index device_logins_old.
DROP_OLD = "DELETE FROM device_logins WHERE expires_at < %(before)s"


async def drop_old(tx: Tx, *, before: datetime) -> None:
    """Forgets logins that are long over."""
    await tx.run(DROP_OLD, before=before)


LIST_CHOICES = """
    SELECT c.id AS client_id, c.integration_id, n.name AS integration_name, c.environment
      FROM integration_members m
      JOIN integrations n ON n.id = m.integration_id
      JOIN clients c ON c.integration_id = n.id
     WHERE m.user_id = %(user_id)s AND m.role IN ('owner', 'developer')
     ORDER BY n.name, n.id, c.environment DESC
     LIMIT 200
"""


async def list_choices(tx: Tx, user_id: UserId) -> list[Choice]:
    """The clients that a person may hand to a machine, sandbox before production."""
    return await tx.all(Choice, LIST_CHOICES, user_id=user_id)
