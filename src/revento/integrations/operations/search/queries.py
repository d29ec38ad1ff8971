"""SQL of the operator's search. Every branch reads one row by an index."""

from revento.integrations.operations.models import Found
from revento.kernel.db import Tx

FIND_BY_ID = """
    SELECT 'organization' AS kind, id, name AS title, verification_status AS say, created_at AS at,
           NULL::text AS under
      FROM organizations WHERE id = %(id)s
    UNION ALL
    SELECT 'user', id, name, email, created_at, NULL FROM users WHERE id = %(id)s
    UNION ALL
    SELECT 'integration', id, name, state, created_at, NULL FROM integrations WHERE id = %(id)s
    UNION ALL
    SELECT 'client', c.id, i.name, c.environment, c.created_at, i.id
      FROM clients c JOIN integrations i ON i.id = c.integration_id WHERE c.id = %(id)s
    UNION ALL
    SELECT 'installation', n.id, i.name || ' – ' || e.title, n.state, n.created_at, i.id
      FROM installations n JOIN integrations i ON i.id = n.integration_id JOIN events e ON e.id = n.event_id
     WHERE n.id = %(id)s
    UNION ALL
    SELECT 'event', id, title, publish_status, created_at, organization_id FROM events WHERE id = %(id)s
    UNION ALL
    SELECT 'deletion', d.id, i.name, CASE WHEN d.confirmed_at IS NULL THEN 'due' ELSE 'confirmed' END, d.opened_at, i.id
      FROM deletion_requests d JOIN integrations i ON i.id = d.integration_id WHERE d.id = %(id)s
    UNION ALL
    SELECT 'submission', s.id, i.name, s.state, s.submitted_at, i.id
      FROM submissions s JOIN integrations i ON i.id = s.integration_id WHERE s.id = %(id)s
    UNION ALL
    SELECT 'application', a.id, u.name || ' – ' || e.title, a.status, a.created_at, e.organization_id
      FROM applications a JOIN users u ON u.id = a.user_id JOIN events e ON e.id = a.event_id WHERE a.id = %(id)s
    UNION ALL
    SELECT 'participant', p.id, p.display_name || ' – ' || e.title, a.role, p.created_at, e.organization_id
      FROM participants p JOIN events e ON e.id = p.event_id
      JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id WHERE p.id = %(id)s
    UNION ALL
    SELECT 'activity', v.id, v.title || ' – ' || e.title, v.status, v.created_at, e.organization_id
      FROM activities v JOIN events e ON e.id = v.event_id WHERE v.id = %(id)s
    UNION ALL
    SELECT 'thread', t.id, t.title || ' – ' || e.title, '', t.created_at, e.organization_id
      FROM threads t JOIN events e ON e.id = t.event_id WHERE t.id = %(id)s
    UNION ALL
    SELECT 'location', l.id, l.name || ' – ' || e.title, l.kind, l.created_at, e.organization_id
      FROM locations l JOIN events e ON e.id = l.event_id WHERE l.id = %(id)s
    UNION ALL
    SELECT 'wave', w.id, w.title || ' – ' || e.title, w.role, w.created_at, e.organization_id
      FROM registration_waves w JOIN events e ON e.id = w.event_id WHERE w.id = %(id)s
    UNION ALL
    SELECT 'page', w.id, w.title || ' – ' || e.title, w.kind, w.created_at, e.organization_id
      FROM webview_pages w JOIN events e ON e.id = w.event_id WHERE w.id = %(id)s
    UNION ALL
    (SELECT 'deed', a.subject, a.action, coalesce(u.name, a.actor), a.at, NULL
       FROM audit_log a LEFT JOIN users u ON u.id = a.actor
      WHERE a.subject = %(id)s ORDER BY a.id DESC LIMIT 5)
"""


async def find_by_id(tx: Tx, id: str) -> list[Found]:
    """What has this id, and the latest deeds about it."""
    return await tx.all(Found, FIND_BY_ID, id=id)


FIND_BY_UUID = """
    (SELECT 'request' AS kind, r.request_id::text AS id, r.method || ' ' || r.path AS title,
            r.status || coalesce(' ' || r.error, '') AS say, r.at, r.integration_id AS under
       FROM api_requests r WHERE r.request_id = %(uuid)s::uuid LIMIT 5)
    UNION ALL
    (SELECT 'delivery', d.id::text, d.topic, coalesce(d.last_error, 'waiting'), d.created_at, e.integration_id
       FROM deliveries d JOIN endpoints e ON e.no = d.endpoint_no WHERE d.id = %(uuid)s::uuid)
    UNION ALL
    (SELECT 'delivery', l.id::text, l.topic, l.state, l.finished_at, e.integration_id
       FROM delivery_log l JOIN endpoints e ON e.no = l.endpoint_no WHERE l.id = %(uuid)s::uuid LIMIT 5)
    UNION ALL
    (SELECT 'deed', a.request_id, a.action, coalesce(u.name, a.actor), a.at, NULL
       FROM audit_log a LEFT JOIN users u ON u.id = a.actor
      WHERE a.request_id = %(uuid)s::text ORDER BY a.id LIMIT 20)
"""


async def find_by_uuid(tx: Tx, uuid: str) -> list[Found]:
    """What a request id caused, or the delivery with this id."""
    return await tx.all(Found, FIND_BY_UUID, uuid=uuid)


FIND_BY_NAME = """
    (SELECT 'organization' AS kind, id, name AS title, verification_status AS say, created_at AS at,
            NULL::text AS under
       FROM organizations WHERE name ILIKE '%%' || %(words)s || '%%' ORDER BY name LIMIT 10)
    UNION ALL
    (SELECT 'integration', id, name, state, created_at, NULL
       FROM integrations WHERE name ILIKE '%%' || %(words)s || '%%' ORDER BY name LIMIT 10)
    UNION ALL
    (SELECT 'event', id, title, publish_status, created_at, organization_id
       FROM events WHERE title ILIKE '%%' || %(words)s || '%%' ORDER BY title LIMIT 10)
    UNION ALL
    (SELECT 'user', id, name, email, created_at, NULL
       FROM users WHERE (name ILIKE '%%' || %(words)s || '%%' OR email ILIKE '%%' || %(words)s || '%%')
        AND deleted_at IS NULL ORDER BY name LIMIT 10)
"""


async def find_by_name(tx: Tx, words: str) -> list[Found]:
    """Organizations, integrations, events and people with these words in their name."""
    return await tx.all(Found, FIND_BY_NAME, words=words)
