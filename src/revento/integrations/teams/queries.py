"""SQL of teams."""

from revento.integrations.teams.models import Member
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, UserId

LIST_MEMBERS = """
    SELECT m.user_id, u.name, u.email, m.role, m.created_at
      FROM integration_members m
      JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL
     WHERE m.integration_id = %(integration_id)s
     ORDER BY m.created_at, m.user_id
"""


async def list_members(tx: Tx, integration_id: IntegrationId) -> list[Member]:
    """The team, the oldest member first."""
    return await tx.all(Member, LIST_MEMBERS, integration_id=integration_id)


LOCK_OWNERS = """
    SELECT user_id FROM integration_members
     WHERE integration_id = %(integration_id)s AND role = 'owner' FOR UPDATE
"""


async def lock_owners(tx: Tx, integration_id: IntegrationId) -> list[UserId]:
    """The owners, locked: the last one may not leave."""
    return [UserId(each) for each in await tx.all(str, LOCK_OWNERS, integration_id=integration_id)]
