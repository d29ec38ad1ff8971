"""SQL of the operator's desk: queues, organizations, people."""

from datetime import datetime
from typing import Final, LiteralString

from revento.integrations.operations.models import (
    EventRow,
    IntegrationRow,
    Membership,
    OrganizationRow,
    OverdueDuty,
    Queues,
    Reach,
    UserRow,
)
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId, OrganizationId, UserId
from revento.kernel.reader import join

# Serves every page of the desk; each part counts a partial index that is small when all is well.
QUEUES = """
    SELECT v.n AS verifications, v.oldest AS oldest_verification_at, s.n AS submissions,
           s.oldest AS oldest_submission_at, d.n AS overdue_deletions, d.oldest AS oldest_overdue_at,
           e.n AS paused_endpoints, e.oldest AS oldest_paused_at
      FROM (SELECT count(*) AS n, min(submitted_at) AS oldest FROM verification_requests WHERE state = 'pending') v,
           (SELECT count(*) AS n, min(submitted_at) AS oldest FROM submissions WHERE state = 'submitted') s,
           (SELECT count(*) AS n, min(deadline_at) AS oldest FROM deletion_requests
             WHERE confirmed_at IS NULL AND deadline_at < %(now)s) d,
           (SELECT count(*) AS n, min(paused_at) AS oldest FROM endpoints WHERE state IN ('paused', 'probing')) e
"""


async def queues(tx: Tx, *, now: datetime) -> Queues:
    """What waits, and since when."""
    return await tx.one(Queues, QUEUES, now=now)


# Serves /operator/organizations; index organizations_newest (created_at, id).
PAGE_ORGANIZATIONS = """
    SELECT o.id, o.name, o.kind, o.verification_status, o.is_sandbox, o.created_at,
           (SELECT count(*) FROM memberships m WHERE m.organization_id = o.id) AS members,
           (SELECT count(*) FROM events e WHERE e.organization_id = o.id) AS events,
           (SELECT count(*) FROM installations i
             WHERE i.organization_id = o.id AND i.state = 'active') AS connections
      FROM organizations o
     WHERE (o.created_at, o.id) < (%(before_at)s, %(before_id)s)
       AND (%(status)s::text IS NULL OR o.verification_status = %(status)s)
       AND (%(search)s::text IS NULL OR o.name ILIKE '%%' || %(search)s || '%%' OR o.id = %(search)s)
     ORDER BY o.created_at DESC, o.id DESC
     LIMIT %(limit)s
"""


async def page_organizations(
    tx: Tx, before: tuple[datetime, str], *, status: str | None, search: str | None, limit: int
) -> list[OrganizationRow]:
    """Organizations, the newest first."""
    return await tx.all(
        OrganizationRow,
        PAGE_ORGANIZATIONS,
        before_at=before[0],
        before_id=before[1],
        status=status,
        search=search,
        limit=limit,
    )


# Serves /operator/integrations; index integrations_newest (created_at, id).
PAGE_INTEGRATIONS = """
    SELECT n.id, n.name, n.kind, n.state, n.created_at,
           (SELECT count(*) FROM installations i
             WHERE i.integration_id = n.id AND i.state = 'active') AS connections
      FROM integrations n
     WHERE (n.created_at, n.id) < (%(before_at)s, %(before_id)s)
       AND (%(state)s::text IS NULL OR n.state = %(state)s)
       AND (%(search)s::text IS NULL OR n.name ILIKE '%%' || %(search)s || '%%' OR n.id = %(search)s)
     ORDER BY n.created_at DESC, n.id DESC
     LIMIT %(limit)s
"""


async def page_integrations(
    tx: Tx, before: tuple[datetime, str], *, state: str | None, search: str | None, limit: int
) -> list[IntegrationRow]:
    """Integrations, the newest first."""
    return await tx.all(
        IntegrationRow,
        PAGE_INTEGRATIONS,
        before_at=before[0],
        before_id=before[1],
        state=state,
        search=search,
        limit=limit,
    )


COUNT_SUSPENDED = "SELECT count(*) FROM integrations WHERE state = 'suspended'"


async def count_suspended(tx: Tx) -> int:
    """How many integrations are suspended now."""
    return await tx.one(int, COUNT_SUSPENDED)


LIST_EVENTS = """
    SELECT e.id, e.title, e.publish_status, e.starts_at,
           (SELECT count(*) FROM installations i WHERE i.event_id = e.id AND i.state = 'active') AS connections
      FROM events e
     WHERE e.organization_id = %(organization_id)s
     ORDER BY e.starts_at DESC, e.id
     LIMIT 100
"""


async def list_events(tx: Tx, organization_id: OrganizationId) -> list[EventRow]:
    """An organization's events, the latest first."""
    return await tx.all(EventRow, LIST_EVENTS, organization_id=organization_id)


# Connections that are in force, and what hangs on them.
_REACH: Final[LiteralString] = """
    SELECT count(*) AS connections, count(DISTINCT i.event_id) AS events,
           coalesce(sum((SELECT count(*) FROM user_grants g
                          WHERE g.installation_id = i.id AND g.ended_at IS NULL)), 0)::bigint AS grants,
           count(*) FILTER (WHERE nullif(f.document->>'webhook_url', '') IS NOT NULL) AS endpoints,
           coalesce(sum((SELECT count(*) FROM endpoints e JOIN deliveries d ON d.endpoint_no = e.no
                          WHERE e.installation_id = i.id)), 0)::bigint AS waiting
      FROM installations i
      JOIN clients c ON c.id = i.client_id
      JOIN manifests f ON f.id = c.manifest_id
"""
REACH_OF_ORGANIZATION: Final = join(_REACH, "     WHERE i.organization_id = %(organization_id)s AND i.state = 'active'")


async def reach_of_organization(tx: Tx, organization_id: OrganizationId) -> Reach:
    """Who is hit when an organization loses its formal status."""
    return await tx.one(Reach, REACH_OF_ORGANIZATION, organization_id=organization_id)


REACH_OF_INTEGRATION: Final = join(_REACH, "     WHERE i.integration_id = %(integration_id)s AND i.state = 'active'")


async def reach_of_integration(tx: Tx, integration_id: IntegrationId) -> Reach:
    """Who is hit when an integration is suspended or unpublished."""
    return await tx.one(Reach, REACH_OF_INTEGRATION, integration_id=integration_id)


# Serves /operator/users; index users_newest (created_at, id).
PAGE_USERS = """
    SELECT u.id, u.name, u.email, u.is_operator, u.is_sandbox, u.created_at, u.deleted_at,
           (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id) AS last_seen_at,
           (SELECT count(*) FROM memberships m WHERE m.user_id = u.id) AS organizations,
           (SELECT max(c.expires_at) FROM act_as_consents c
             WHERE c.user_id = u.id AND c.ended_at IS NULL AND c.expires_at > %(now)s) AS consented_until
      FROM users u
     WHERE (u.created_at, u.id) < (%(before_at)s, %(before_id)s)
       AND (%(search)s::text IS NULL OR u.name ILIKE '%%' || %(search)s || '%%'
            OR u.email ILIKE '%%' || %(search)s || '%%' OR u.id = %(search)s)
       AND (%(which)s::text IS NULL OR (%(which)s = 'operator' AND u.is_operator)
            OR (%(which)s = 'consented' AND EXISTS (
                SELECT 1 FROM act_as_consents c
                 WHERE c.user_id = u.id AND c.ended_at IS NULL AND c.expires_at > %(now)s)))
     ORDER BY u.created_at DESC, u.id DESC
     LIMIT %(limit)s
"""


async def page_users(
    tx: Tx, before: tuple[datetime, str], *, search: str | None, which: str | None, now: datetime, limit: int
) -> list[UserRow]:
    """People, the newest first. `which`: `operator`, or `consented` for those who let an operator act for them."""
    return await tx.all(
        UserRow,
        PAGE_USERS,
        before_at=before[0],
        before_id=before[1],
        search=search,
        which=which,
        now=now,
        limit=limit,
    )


LIST_MEMBERSHIPS = """
    SELECT m.organization_id AS id, o.name, m.role, m.created_at AS since
      FROM memberships m JOIN organizations o ON o.id = m.organization_id
     WHERE m.user_id = %(user_id)s
    UNION ALL
    SELECT m.integration_id, i.name, m.role, m.created_at
      FROM integration_members m JOIN integrations i ON i.id = m.integration_id
     WHERE m.user_id = %(user_id)s
     ORDER BY since DESC
     LIMIT 100
"""


async def list_memberships(tx: Tx, user_id: UserId) -> list[Membership]:
    """The organizations and integrations that a person works on."""
    return await tx.all(Membership, LIST_MEMBERSHIPS, user_id=user_id)


LIST_OVERDUE = """
    SELECT d.integration_id, i.name, i.state, count(*) AS duties, min(d.deadline_at) AS oldest_at
      FROM deletion_requests d
      JOIN integrations i ON i.id = d.integration_id
     WHERE d.confirmed_at IS NULL AND d.deadline_at < %(now)s
     GROUP BY d.integration_id, i.name, i.state
     ORDER BY oldest_at
     LIMIT 100
"""


async def list_overdue(tx: Tx, *, now: datetime) -> list[OverdueDuty]:
    """Integrations that owe deletions past their deadline, the longest first."""
    return await tx.all(OverdueDuty, LIST_OVERDUE, now=now)
