"""SQL of leak reports: whose a found credential is. The tables are read only."""

from revento.kernel.db import Row, Tx
from revento.kernel.ids import ClientId, FamilyId, IntegrationId


class Leaked(Row, frozen=True):
    """A credential that somebody found in the open."""

    kind: str
    family_id: FamilyId | None
    client_id: ClientId
    integration_id: IntegrationId
    integration_name: str


# One statement for all kinds: each branch goes by a unique index on a hash.
FIND = """
    SELECT 'access token' AS kind, a.family_id, f.client_id, f.integration_id, n.name AS integration_name
      FROM access_tokens a
      JOIN token_families f ON f.id = a.family_id
      JOIN integrations n ON n.id = f.integration_id
     WHERE a.hash = %(hash)s
    UNION ALL
    SELECT 'refresh token', r.family_id, f.client_id, f.integration_id, n.name
      FROM refresh_tokens r
      JOIN token_families f ON f.id = r.family_id
      JOIN integrations n ON n.id = f.integration_id
     WHERE r.hash = %(hash)s
    UNION ALL
    SELECT 'authorization code', c.family_id, c.client_id, i.integration_id, n.name
      FROM authorization_codes c
      JOIN clients i ON i.id = c.client_id
      JOIN integrations n ON n.id = i.integration_id
     WHERE c.hash = %(hash)s
    UNION ALL
    SELECT 'client secret', NULL, s.client_id, i.integration_id, n.name
      FROM client_secrets s
      JOIN clients i ON i.id = s.client_id
      JOIN integrations n ON n.id = i.integration_id
     WHERE s.hash = %(hash)s AND s.ended_at IS NULL
"""


async def find(tx: Tx, hash: bytes) -> Leaked | None:
    """Whose credential this is."""
    return await tx.maybe(Leaked, FIND, hash=hash)
