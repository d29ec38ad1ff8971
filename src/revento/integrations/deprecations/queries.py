"""SQL of deprecations."""

from datetime import datetime
from typing import Final

from revento.integrations.deprecations.models import Announced, Announcement, Caller, Deprecation
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, UserId
from revento.kernel.reader import Reader

# Serves the headers of every API answer, by way of a short memory.
LIST_STANDING: Final = """
    SELECT id, version, path, link, announced_at, sunset_at
      FROM deprecations
     WHERE withdrawn_at IS NULL
     ORDER BY sunset_at, id
     LIMIT 100
"""


async def list_standing(reader: Reader) -> list[Deprecation]:
    """What is announced and not withdrawn, the next to go first."""
    return [Deprecation(*row) for row in await reader.all(LIST_STANDING)]


LIST_ALL = """
    SELECT id, title, description, version, path, link, announced_at, sunset_at, withdrawn_at, announced_by
      FROM deprecations
     ORDER BY withdrawn_at IS NOT NULL, sunset_at, id
     LIMIT 200
"""


async def list_all(tx: Tx) -> list[Announced]:
    """Every deprecation, those that hold first, the nearest sunset first."""
    return await tx.all(Announced, LIST_ALL)


LIST_OF_INTEGRATION = """
    SELECT d.id, d.title, d.description, d.version, d.path, d.link, d.announced_at, d.sunset_at, d.withdrawn_at,
           d.announced_by
      FROM deprecations d
     WHERE d.withdrawn_at IS NULL
       AND EXISTS (SELECT 1 FROM api_hours h
                    WHERE h.integration_id = %(integration_id)s AND h.hour >= %(since)s AND h.version = d.version
                      AND (d.path IS NULL OR h.endpoint = d.path))
     ORDER BY d.sunset_at
"""


async def list_of_integration(tx: Tx, integration_id: IntegrationId, *, since: datetime) -> list[Announced]:
    """What goes away and was called by an integration since then, the nearest sunset first."""
    return await tx.all(Announced, LIST_OF_INTEGRATION, integration_id=integration_id, since=since)


INSERT = """
    INSERT INTO deprecations (id, title, description, version, path, link, announced_at, sunset_at, announced_by)
    VALUES (%(id)s, %(title)s, %(description)s, %(version)s, %(path)s, %(link)s, %(now)s, %(sunset_at)s, %(by)s)
"""


async def insert(tx: Tx, id: str, announcement: Announcement, *, by: UserId, now: datetime) -> None:
    """Announces."""
    await tx.run(
        INSERT,
        id=id,
        title=announcement.title,
        description=announcement.description,
        version=announcement.version,
        path=announcement.path,
        link=announcement.link,
        sunset_at=announcement.sunset_at,
        by=by,
        now=now,
    )


SET_WITHDRAWN = "UPDATE deprecations SET withdrawn_at = %(now)s WHERE id = %(id)s AND withdrawn_at IS NULL"


async def set_withdrawn(tx: Tx, id: str, *, now: datetime) -> int:
    """Takes an announcement back; 0 when there is none that holds."""
    return await tx.run(SET_WITHDRAWN, id=id, now=now)


# Adds up hours, not requests: some thousand rows for a month of a busy platform.
LIST_CALLERS = """
    SELECT d.id AS deprecation_id, h.integration_id, n.name, sum(h.requests)::bigint AS requests,
           max(h.hour) AS last_hour
      FROM deprecations d
      JOIN api_hours h ON h.version = d.version AND (d.path IS NULL OR h.endpoint = d.path)
      JOIN integrations n ON n.id = h.integration_id
     WHERE d.withdrawn_at IS NULL AND h.hour >= %(since)s
     GROUP BY d.id, h.integration_id, n.name
     ORDER BY requests DESC
"""


async def list_callers(tx: Tx, *, since: datetime) -> list[Caller]:
    """Who called what goes away since then, the busiest first."""
    return await tx.all(Caller, LIST_CALLERS, since=since)
