"""SQL of the search. Every statement starts from what the person belongs to: there is no row of anybody else."""

from typing import Final, LiteralString
from uuid import UUID

from revento.integrations.finding.models import Hit, OwnClient
from revento.kernel import likeness
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.kernel.reader import join

# An organizer's events; index memberships_by_user, then events_organization_id_id_key.
_MINE: Final[LiteralString] = """
    WITH mine AS MATERIALIZED (
        SELECT e.id, e.title, e.starts_at, e.publish_status
          FROM memberships m JOIN events e ON e.organization_id = m.organization_id
         WHERE m.user_id = %(user_id)s)
"""

# Names of people are found by their beginning, or by that of their last word: indexes participants_by_name and
# participants_by_last_name, event by event. An event's activities, connections and pages are few enough to be read.
FIND_BY_NAME: Final = join(
    _MINE,
    """
    (SELECT 'organization' AS kind, o.id, o.name AS title, o.kind AS say, o.created_at AS at, o.id AS under,
            '' AS place, NULL::text AS environment
       FROM memberships m JOIN organizations o ON o.id = m.organization_id
      WHERE m.user_id = %(user_id)s AND o.name ILIKE ALL (%(patterns)s)
      ORDER BY o.name LIMIT 5)
    UNION ALL
    (SELECT 'event', e.id, e.title, e.publish_status, e.starts_at, e.id, '', NULL
       FROM mine e WHERE e.title ILIKE ALL (%(patterns)s) ORDER BY e.starts_at DESC, e.id LIMIT 5)
    UNION ALL
    (SELECT 'application', a.id, p.display_name, a.status, a.submitted_at, e.id, e.title, NULL
       FROM mine e
      CROSS JOIN LATERAL (
            SELECT n.application_id, n.display_name
              FROM participants n
             WHERE n.event_id = e.id
               AND ((lower(n.display_name) COLLATE "C" >= lower(%(words)s) COLLATE "C"
                     AND lower(n.display_name) COLLATE "C" < (lower(%(words)s) || chr(1114111)) COLLATE "C")
                    OR (lower(substring(n.display_name FROM '[^ ]+$')) COLLATE "C" >= lower(%(words)s) COLLATE "C"
                        AND lower(substring(n.display_name FROM '[^ ]+$')) COLLATE "C"
                            < (lower(%(words)s) || chr(1114111)) COLLATE "C"))
             LIMIT 10) p
       JOIN applications a ON a.event_id = e.id AND a.id = p.application_id
      ORDER BY e.starts_at DESC, p.display_name, a.id LIMIT 10)
    UNION ALL
    (SELECT 'activity', v.id, v.title, v.status, v.starts_at, e.id, e.title, NULL
       FROM mine e
      CROSS JOIN LATERAL (
            SELECT c.id, c.title, c.status, c.starts_at FROM activities c
             WHERE c.event_id = e.id AND c.title ILIKE ALL (%(patterns)s) ORDER BY c.starts_at, c.id LIMIT 10) v
      ORDER BY e.starts_at DESC, v.starts_at, v.id LIMIT 10)
    UNION ALL
    (SELECT 'installation', i.id, n.name, i.state, i.created_at, e.id, e.title, NULL
       FROM mine e JOIN installations i ON i.event_id = e.id JOIN integrations n ON n.id = i.integration_id
      WHERE n.name ILIKE ALL (%(patterns)s) ORDER BY i.state, i.created_at DESC, i.id LIMIT 10)
    UNION ALL
    (SELECT 'page', w.id, w.title, CASE WHEN w.is_published THEN 'published' ELSE 'draft' END, w.updated_at, e.id,
            e.title, NULL
       FROM mine e JOIN webview_pages w ON w.event_id = e.id
      WHERE w.title ILIKE ALL (%(patterns)s) ORDER BY e.starts_at DESC, w.position, w.id LIMIT 10)
""",
)


async def find_by_name(tx: Tx, user_id: UserId, words: str) -> list[Hit]:
    """What bears these words in the organizations and events of a member."""
    patterns = likeness.each(words)
    return await tx.all(Hit, FIND_BY_NAME, user_id=user_id, words=" ".join(words.split()), patterns=patterns)


# Every branch reads by an index on the id, and lets nothing out of an event that is not the member's.
FIND_BY_ID: Final = join(
    _MINE,
    """
    SELECT 'organization' AS kind, o.id, o.name AS title, o.kind AS say, o.created_at AS at, o.id AS under,
           '' AS place, NULL::text AS environment
      FROM organizations o JOIN memberships m ON m.organization_id = o.id AND m.user_id = %(user_id)s
     WHERE o.id = %(id)s
    UNION ALL
    SELECT 'event', e.id, e.title, e.publish_status, e.starts_at, e.id, '', NULL FROM mine e WHERE e.id = %(id)s
    UNION ALL
    SELECT 'application', a.id, p.display_name, a.status, a.submitted_at, e.id, e.title, NULL
      FROM (SELECT id, event_id, status, submitted_at FROM applications WHERE id = %(id)s
             UNION
            SELECT id, event_id, status, submitted_at FROM applications WHERE user_id = %(id)s
             UNION
            SELECT s.id, s.event_id, s.status, s.submitted_at FROM participants k
              JOIN applications s ON s.event_id = k.event_id AND s.id = k.application_id WHERE k.id = %(id)s) a
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
      JOIN mine e ON e.id = a.event_id
    UNION ALL
    SELECT 'activity', v.id, v.title, v.status, v.starts_at, e.id, e.title, NULL
      FROM activities v JOIN mine e ON e.id = v.event_id WHERE v.id = %(id)s
    UNION ALL
    SELECT 'installation', i.id, n.name, i.state, i.created_at, e.id, e.title, NULL
      FROM mine e JOIN installations i ON i.event_id = e.id JOIN integrations n ON n.id = i.integration_id
     WHERE %(id)s IN (i.id, i.integration_id)
    UNION ALL
    SELECT 'page', w.id, w.title, CASE WHEN w.is_published THEN 'published' ELSE 'draft' END, w.updated_at, e.id,
           e.title, NULL
      FROM webview_pages w JOIN mine e ON e.id = w.event_id WHERE w.id = %(id)s
    UNION ALL
    SELECT 'thread', t.id, t.title, '', t.created_at, e.id, e.title, NULL
      FROM threads t JOIN mine e ON e.id = t.event_id WHERE t.id = %(id)s
    UNION ALL
    SELECT 'location', l.id, l.name, l.kind, l.created_at, e.id, e.title, NULL
      FROM locations l JOIN mine e ON e.id = l.event_id WHERE l.id = %(id)s
    UNION ALL
    SELECT 'wave', w.id, w.title, w.role, w.created_at, e.id, e.title, NULL
      FROM registration_waves w JOIN mine e ON e.id = w.event_id WHERE w.id = %(id)s
     LIMIT 50
""",
)


async def find_by_id(tx: Tx, user_id: UserId, id: str) -> list[Hit]:
    """What has this id in the organizations and events of a member; a person's id finds her applications there."""
    return await tx.all(Hit, FIND_BY_ID, user_id=user_id, id=id)


LIST_CLIENTS = """
    SELECT c.id, c.environment, n.id AS integration_id, n.name AS integration_name
      FROM integration_members m
      JOIN integrations n ON n.id = m.integration_id
      JOIN clients c ON c.integration_id = n.id
     WHERE m.user_id = %(user_id)s
     ORDER BY n.created_at DESC, n.id DESC, c.environment DESC
     LIMIT 400
"""


async def list_clients(tx: Tx, user_id: UserId) -> list[OwnClient]:
    """The clients of a person's integrations, those of the newest first, a sandbox's before production's."""
    return await tx.all(OwnClient, LIST_CLIENTS, user_id=user_id)


# Indexes integration_members_by_user, installations_by_integration.
FIND_IN_CONSOLES = """
    (SELECT 'integration' AS kind, n.id, n.name AS title, n.state AS say, n.created_at AS at, n.id AS under,
            '' AS place, NULL::text AS environment
       FROM integration_members m JOIN integrations n ON n.id = m.integration_id
      WHERE m.user_id = %(user_id)s
        AND (n.name ILIKE ALL (%(patterns)s) OR n.id = %(words)s
             OR EXISTS (SELECT 1 FROM clients c WHERE c.integration_id = n.id AND c.id = %(words)s))
      ORDER BY n.name, n.id LIMIT 10)
    UNION ALL
    (SELECT 'installation', i.id, e.title, i.state, i.created_at, n.id, n.name, c.environment
       FROM integration_members m
       JOIN integrations n ON n.id = m.integration_id
       JOIN installations i ON i.integration_id = n.id
       JOIN clients c ON c.id = i.client_id
       JOIN events e ON e.id = i.event_id
       JOIN organizations o ON o.id = i.organization_id
      WHERE m.user_id = %(user_id)s
        AND (concat_ws(' ', e.title, o.name) ILIKE ALL (%(patterns)s)
             OR %(words)s IN (i.id, i.event_id, i.organization_id))
      ORDER BY i.state, i.created_at DESC, i.id LIMIT 10)
    UNION ALL
    (SELECT 'deletion', d.id, e.title, CASE WHEN d.confirmed_at IS NULL THEN 'due' ELSE 'confirmed' END, d.opened_at,
            n.id, n.name, NULL
       FROM deletion_requests d
       JOIN integration_members m ON m.integration_id = d.integration_id AND m.user_id = %(user_id)s
       JOIN integrations n ON n.id = d.integration_id
       JOIN events e ON e.id = d.event_id
      WHERE d.id = %(words)s)
"""


async def find_in_consoles(tx: Tx, user_id: UserId, words: str) -> list[Hit]:
    """Integrations that the person works on, their connections and deletion duties, by id or by the words in names."""
    return await tx.all(Hit, FIND_IN_CONSOLES, user_id=user_id, words=words, patterns=likeness.each(words))


# Index api_requests_by_id.
FIND_REQUESTS = """
    SELECT 'request' AS kind, r.request_id::text AS id, r.method || ' ' || r.path AS title,
           r.status || coalesce(' ' || r.error, '') AS say, r.at, n.id AS under, n.name AS place, c.environment
      FROM api_requests r
      JOIN integration_members m ON m.integration_id = r.integration_id AND m.user_id = %(user_id)s
      JOIN integrations n ON n.id = r.integration_id
      LEFT JOIN clients c ON c.id = r.client_id
     WHERE r.request_id = %(id)s
     ORDER BY r.at DESC
     LIMIT 10
"""


async def find_requests(tx: Tx, user_id: UserId, id: UUID) -> list[Hit]:
    """Requests with this id that came from the person's integrations."""
    return await tx.all(Hit, FIND_REQUESTS, user_id=user_id, id=id)
