"""SQL of erasing a person from the records about integrations. Consents and duties keep her id, which names nobody."""

from revento.kernel.db import Tx
from revento.kernel.ids import UserId

DROP_OBJECTIONS = "DELETE FROM objections WHERE user_id = %(user_id)s"
DROP_LOGINS = "DELETE FROM device_logins WHERE decided_by = %(user_id)s"
# What she lent to her machines ends with her; index client_secrets_lent.
DROP_LENT = "DELETE FROM client_secrets WHERE lent_by = %(user_id)s"
DROP_MEMBERSHIPS = "DELETE FROM integration_members WHERE user_id = %(user_id)s"


async def drop_personal(tx: Tx, user_id: UserId) -> None:
    """Her objections, in her own words, the machines that she let in, their secrets, her seats among developers."""
    await tx.run(DROP_OBJECTIONS, user_id=user_id)
    await tx.run(DROP_LOGINS, user_id=user_id)
    await tx.run(DROP_LENT, user_id=user_id)
    await tx.run(DROP_MEMBERSHIPS, user_id=user_id)


LIST_ACTIVE_GRANTS = "SELECT id FROM user_grants WHERE user_id = %(user_id)s AND ended_at IS NULL ORDER BY id"


async def list_active_grants(tx: Tx, user_id: UserId) -> list[str]:
    """Her consents that hold."""
    return await tx.all(str, LIST_ACTIVE_GRANTS, user_id=user_id)
