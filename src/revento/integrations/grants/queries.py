"""SQL of user grants."""

from datetime import datetime

from revento.integrations.grants.models import Grant
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, EventId, GrantId, InstallationId, IntegrationId, UserId

FIND_ACTIVE = """
    SELECT id, event_id, user_id, integration_id, client_id, installation_id, scopes, created_at, updated_at, ended_at,
           end_reason, last_used_at
      FROM user_grants
     WHERE event_id = %(event_id)s AND user_id = %(user_id)s AND integration_id = %(integration_id)s
       AND ended_at IS NULL
"""


async def find_active(tx: Tx, event_id: EventId, user_id: UserId, integration_id: IntegrationId) -> Grant | None:
    """A person's consent that still holds; index user_grants_active."""
    return await tx.maybe(Grant, FIND_ACTIVE, event_id=event_id, user_id=user_id, integration_id=integration_id)


LOCK = """
    SELECT id, event_id, user_id, integration_id, client_id, installation_id, scopes, created_at, updated_at, ended_at,
           end_reason, last_used_at
      FROM user_grants
     WHERE user_id = %(user_id)s AND id = %(id)s
       FOR NO KEY UPDATE
"""


async def lock(tx: Tx, user_id: UserId, id: GrantId) -> Grant | None:
    """One of a person's own consents, locked."""
    return await tx.maybe(Grant, LOCK, user_id=user_id, id=id)


LIST_BY_USER = """
    SELECT id, event_id, user_id, integration_id, client_id, installation_id, scopes, created_at, updated_at, ended_at,
           end_reason, last_used_at
      FROM user_grants
     WHERE user_id = %(user_id)s
     ORDER BY created_at DESC, id
     LIMIT 500
"""


async def list_by_user(tx: Tx, user_id: UserId) -> list[Grant]:
    """A person's consents, ended ones too, the newest first."""
    return await tx.all(Grant, LIST_BY_USER, user_id=user_id)


LIST_ACTIVE_BY_INSTALLATION = """
    SELECT id, event_id, user_id, integration_id, client_id, installation_id, scopes, created_at, updated_at, ended_at,
           end_reason, last_used_at
      FROM user_grants
     WHERE installation_id = %(installation_id)s AND ended_at IS NULL
     ORDER BY id
"""


async def list_active_by_installation(tx: Tx, installation_id: InstallationId) -> list[Grant]:
    """The consents that hold under a connection; index user_grants_by_installation."""
    return await tx.all(Grant, LIST_ACTIVE_BY_INSTALLATION, installation_id=installation_id)


# Of two racing consents the second widens the first's row. Backwards by name is the order of the scope table.
PUT = """
    INSERT INTO user_grants (id, event_id, user_id, integration_id, client_id, installation_id, scopes, created_at,
                             updated_at)
    VALUES (%(id)s, %(event_id)s, %(user_id)s, %(integration_id)s, %(client_id)s, %(installation_id)s, %(scopes)s,
            %(now)s, %(now)s)
    ON CONFLICT (event_id, user_id, integration_id) WHERE ended_at IS NULL DO UPDATE
       SET scopes = ARRAY(SELECT unnest(user_grants.scopes) UNION SELECT unnest(excluded.scopes) ORDER BY 1 DESC),
           updated_at = excluded.updated_at
    RETURNING id, event_id, user_id, integration_id, client_id, installation_id, scopes, created_at, updated_at,
              ended_at, end_reason, last_used_at
"""


async def put(
    tx: Tx,
    id: GrantId,
    *,
    event_id: EventId,
    user_id: UserId,
    integration_id: IntegrationId,
    client_id: ClientId,
    installation_id: InstallationId,
    scopes: list[str],
    now: datetime,
) -> Grant:
    """Consents, or widens the consent that holds."""
    return await tx.one(
        Grant,
        PUT,
        id=id,
        event_id=event_id,
        user_id=user_id,
        integration_id=integration_id,
        client_id=client_id,
        installation_id=installation_id,
        scopes=scopes,
        now=now,
    )


SET_ENDED = """
    UPDATE user_grants SET ended_at = %(now)s, end_reason = %(reason)s, updated_at = %(now)s
     WHERE id = %(id)s AND ended_at IS NULL
"""


async def set_ended(tx: Tx, id: GrantId, reason: str, *, now: datetime) -> int:
    """Ends a consent; 0 when it had ended."""
    return await tx.run(SET_ENDED, id=id, reason=reason, now=now)


SET_ENDED_BY_INSTALLATION = """
    UPDATE user_grants SET ended_at = %(now)s, end_reason = %(reason)s, updated_at = %(now)s
     WHERE installation_id = %(installation_id)s AND ended_at IS NULL
"""


async def set_ended_by_installation(tx: Tx, installation_id: InstallationId, reason: str, *, now: datetime) -> int:
    """Ends every consent under a connection; how many there were."""
    return await tx.run(SET_ENDED_BY_INSTALLATION, installation_id=installation_id, reason=reason, now=now)


COUNT_ACTIVE = """
    SELECT count(*) FROM user_grants WHERE installation_id = %(installation_id)s AND ended_at IS NULL
"""


async def count_active(tx: Tx, installation_id: InstallationId) -> int:
    """How many people signed in under a connection."""
    return await tx.one(int, COUNT_ACTIVE, installation_id=installation_id)
