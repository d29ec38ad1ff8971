"""SQL of manifests."""

from datetime import datetime
from typing import Any

from revento.integrations.manifests.models import Reconsent, Version
from revento.kernel.db import Json, Tx
from revento.kernel.ids import IntegrationId, ManifestId, UserId

INSERT = """
    INSERT INTO manifests (id, integration_id, environment, version, document, created_by, created_at)
    SELECT %(id)s, %(integration_id)s, %(environment)s, coalesce(max(version), 0) + 1, %(document)s, %(created_by)s,
           %(now)s
      FROM manifests
     WHERE integration_id = %(integration_id)s AND environment = %(environment)s
    RETURNING id, integration_id, environment, version, document, created_by, created_at
"""


async def insert(
    tx: Tx,
    id: ManifestId,
    *,
    integration_id: IntegrationId,
    environment: str,
    document: dict[str, Any],
    created_by: UserId | None,
    now: datetime,
) -> Version:
    """Keeps the next version."""
    return await tx.one(
        Version,
        INSERT,
        id=id,
        integration_id=integration_id,
        environment=environment,
        document=Json(document),
        created_by=created_by,
        now=now,
    )


FIND = """
    SELECT id, integration_id, environment, version, document, created_by, created_at
      FROM manifests
     WHERE integration_id = %(integration_id)s AND id = %(id)s
"""


async def find(tx: Tx, integration_id: IntegrationId, id: ManifestId) -> Version | None:
    """One version of an integration's manifest."""
    return await tx.maybe(Version, FIND, integration_id=integration_id, id=id)


FIND_CURRENT = """
    SELECT f.id, f.integration_id, f.environment, f.version, f.document, f.created_by, f.created_at
      FROM clients c
      JOIN manifests f ON f.id = c.manifest_id
     WHERE c.integration_id = %(integration_id)s AND c.environment = %(environment)s
"""


async def find_current(tx: Tx, integration_id: IntegrationId, environment: str) -> Version | None:
    """The version in force; `None` without a client of that environment."""
    return await tx.maybe(Version, FIND_CURRENT, integration_id=integration_id, environment=environment)


FIND_NEWEST = """
    SELECT id, integration_id, environment, version, document, created_by, created_at
      FROM manifests
     WHERE integration_id = %(integration_id)s AND environment = %(environment)s
     ORDER BY version DESC
     LIMIT 1
"""


async def find_newest(tx: Tx, integration_id: IntegrationId, environment: str) -> Version | None:
    """The latest version submitted, in force or not."""
    return await tx.maybe(Version, FIND_NEWEST, integration_id=integration_id, environment=environment)


LIST_VERSIONS = """
    SELECT id, integration_id, environment, version, document, created_by, created_at
      FROM manifests
     WHERE integration_id = %(integration_id)s AND environment = %(environment)s
     ORDER BY version DESC
     LIMIT 100
"""


async def list_versions(tx: Tx, integration_id: IntegrationId, environment: str) -> list[Version]:
    """The versions, the newest first."""
    return await tx.all(Version, LIST_VERSIONS, integration_id=integration_id, environment=environment)


# Index installations_by_integration.
LIST_RECONSENTS = """
    SELECT i.id AS installation_id, i.event_id, e.title AS event_title, o.name AS organization_name, i.granted_scopes
      FROM installations i
      JOIN clients c ON c.id = i.client_id
      JOIN events e ON e.id = i.event_id
      JOIN organizations o ON o.id = i.organization_id
     WHERE i.integration_id = %(integration_id)s AND c.environment = %(environment)s AND i.state = 'active'
       AND NOT i.granted_scopes @> %(required)s::text[]
     ORDER BY i.created_at, i.id
"""


async def list_reconsents(
    tx: Tx, integration_id: IntegrationId, environment: str, *, required: list[str]
) -> list[Reconsent]:
    """The connected events whose grant lacks one of these installation scopes."""
    return await tx.all(
        Reconsent, LIST_RECONSENTS, integration_id=integration_id, environment=environment, required=required
    )
