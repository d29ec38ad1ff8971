"""SQL of examinations."""

from datetime import datetime

from revento.integrations.examinations.models import Candidate, Finding, Lenient
from revento.kernel.db import Tx
from revento.kernel.ids import ClientId, IntegrationId

# `warned_at`: when its people were told that it accepts what it must refuse; a round that it passed forgets it.
LIST_DUE = """
    SELECT c.id AS client_id, c.integration_id, n.name, f.document->>'webhook_url' AS url, s.id AS secret_id, s.sealed,
           a.since AS warned_at
      FROM clients c
      JOIN integrations n ON n.id = c.integration_id
      JOIN manifests f ON f.id = c.manifest_id
      JOIN LATERAL (SELECT g.id, g.sealed FROM signing_secrets g
                     WHERE g.client_id = c.id AND g.ended_at IS NULL
                       AND (g.expires_at IS NULL OR g.expires_at > %(now)s)
                     ORDER BY g.created_at DESC LIMIT 1) s ON true
      LEFT JOIN LATERAL (SELECT max(x.at) AS at FROM examinations x WHERE x.client_id = c.id) l ON true
      LEFT JOIN LATERAL (
           SELECT min(x.at) AS since FROM examinations x
            WHERE x.client_id = c.id AND x.accepted AND x.step <> 'none'
              AND x.at > coalesce((SELECT max(r.at) FROM (SELECT y.at, bool_or(y.accepted) AS bad FROM examinations y
                                                           WHERE y.client_id = c.id GROUP BY y.at) r
                                    WHERE NOT r.bad), '-infinity')) a ON true
     WHERE coalesce(f.document->>'webhook_url', '') <> ''
       AND ((%(client_id)s::text IS NOT NULL AND c.id = %(client_id)s)
            OR (%(client_id)s::text IS NULL AND c.environment = 'production' AND n.state = 'published'
                AND (l.at IS NULL OR l.at <= %(before)s)))
     ORDER BY l.at NULLS FIRST, c.id
     LIMIT %(limit)s
"""


async def list_due(tx: Tx, *, before: datetime, now: datetime, limit: int) -> list[Candidate]:
    """Listed endpoints that were not examined since `before`, the longest unexamined first."""
    return await tx.all(Candidate, LIST_DUE, client_id=None, before=before, now=now, limit=limit)


async def find(tx: Tx, client_id: ClientId, *, now: datetime) -> Candidate | None:
    """One client's endpoint, whenever it was examined; `None` without an address or a secret."""
    return await tx.maybe(Candidate, LIST_DUE, client_id=client_id, before=now, now=now, limit=1)


INSERT = """
    INSERT INTO examinations (id, client_id, integration_id, url, probe, at, status, accepted, detail, step)
    VALUES (%(id)s, %(client_id)s, %(integration_id)s, %(url)s, %(probe)s, %(now)s, %(status)s, %(accepted)s,
            %(detail)s, %(step)s)
"""


async def insert(
    tx: Tx,
    id: str,
    candidate: Candidate,
    *,
    probe: str,
    status: int | None,
    accepted: bool,
    detail: str,
    step: str,
    now: datetime,
) -> None:
    """Keeps what a probe saw."""
    await tx.run(
        INSERT,
        id=id,
        client_id=candidate.client_id,
        integration_id=candidate.integration_id,
        url=candidate.url,
        probe=probe,
        status=status,
        accepted=accepted,
        detail=detail,
        step=step,
        now=now,
    )


LIST_BY_INTEGRATION = """
    SELECT x.id, x.url, x.probe, x.at, x.status, x.accepted, x.detail, x.step
      FROM examinations x
      JOIN clients c ON c.id = x.client_id
     WHERE c.integration_id = %(integration_id)s
     ORDER BY x.at DESC, x.probe
     LIMIT 10
"""


async def list_by_integration(tx: Tx, integration_id: IntegrationId) -> list[Finding]:
    """What the latest rounds saw."""
    return await tx.all(Finding, LIST_BY_INTEGRATION, integration_id=integration_id)


# Index examinations_accepted.
LIST_LENIENT = """
    SELECT DISTINCT ON (x.integration_id) x.integration_id, n.name, n.state, x.probe, x.step, x.at
      FROM examinations x
      JOIN integrations n ON n.id = x.integration_id
     WHERE x.accepted AND x.at >= %(since)s
     ORDER BY x.integration_id, x.at DESC
     LIMIT 100
"""


async def list_lenient(tx: Tx, *, since: datetime) -> list[Lenient]:
    """Integrations that accepted a forged or stale message since then."""
    return await tx.all(Lenient, LIST_LENIENT, since=since)


LIST_ENDPOINTS = "SELECT no FROM endpoints WHERE client_id = %(client_id)s AND state = 'active' ORDER BY no"


async def list_endpoints(tx: Tx, client_id: ClientId) -> list[int]:
    """The client's receivers that are sent to."""
    return await tx.all(int, LIST_ENDPOINTS, client_id=client_id)
