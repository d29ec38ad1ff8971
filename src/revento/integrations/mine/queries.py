"""SQL of what integrations know about a person."""

from typing import Any

from revento.integrations.deletions.models import Duty
from revento.integrations.mine.models import Export, Look, Reader
from revento.kernel.db import Tx
from revento.kernel.ids import InstallationId, UserId

# Serves "my data"; indexes participants_by_user, api_requests_by_event, delivery_log_by_resource.
LIST_READERS = """
    SELECT i.id AS installation_id, i.event_id, e.title AS event_title, e.time_zone, i.organization_id,
           o.name AS organization_name, p.id AS participant_id, i.integration_id, g.name AS integration_name,
           g.kind AS integration_kind, g.publisher_verified_at, m.document -> 'publisher' AS publisher,
           i.granted_scopes, i.created_at AS connected_at, i.ended_at, i.end_reason, u.id AS grant_id,
           u.scopes AS grant_scopes, u.created_at AS grant_at, r.looks, r.looked_at, w.told, w.told_at,
           ARRAY(SELECT f.label FROM form_fields f
                  WHERE f.event_id = i.event_id AND f.is_shared ORDER BY f.position, f.key) AS shared_fields,
           b.created_at AS objected_at, b.answered_at
      FROM participants p
      JOIN installations i ON i.event_id = p.event_id
      JOIN events e ON e.id = i.event_id
      JOIN organizations o ON o.id = i.organization_id
      JOIN integrations g ON g.id = i.integration_id
      JOIN clients c ON c.id = i.client_id
      JOIN manifests m ON m.id = c.manifest_id
      LEFT JOIN user_grants u ON u.installation_id = i.id AND u.user_id = p.user_id AND u.ended_at IS NULL
      LEFT JOIN LATERAL (
           SELECT count(*) AS looks, max(q.at) AS looked_at
             FROM api_requests q
            WHERE q.event_id = i.event_id AND q.installation_id = i.id AND q.people > 0
              AND (q.user_id = p.user_id
                   OR (q.user_id IS NULL AND (q.participant_id IS NULL OR q.participant_id = p.id)))) r ON true
      LEFT JOIN LATERAL (
           SELECT count(*) AS told, max(d.finished_at) AS told_at
             FROM endpoints n
             JOIN delivery_log d ON d.endpoint_no = n.no
            WHERE n.installation_id = i.id AND d.state IN ('delivered', 'acknowledged')
              AND d.resource_key IN (p.id, p.application_id)) w ON true
      LEFT JOIN LATERAL (
           SELECT b.created_at, b.answered_at FROM objections b
            WHERE b.event_id = i.event_id AND b.installation_id = i.id AND b.user_id = p.user_id
            ORDER BY b.created_at DESC LIMIT 1) b ON true
     WHERE p.user_id = %(user_id)s
       AND (%(installation_id)s::text IS NULL OR i.id = %(installation_id)s)
     ORDER BY i.ended_at IS NOT NULL, e.starts_at DESC, g.name, i.id
     LIMIT 200
"""


async def list_readers(tx: Tx, user_id: UserId) -> list[Reader]:
    """The connections of a person's events, ended ones last."""
    return await tx.all(Reader, LIST_READERS, user_id=user_id, installation_id=None)


async def find_reader(tx: Tx, user_id: UserId, installation_id: InstallationId) -> Reader | None:
    """One of them; `None` for events that she has nothing to do with."""
    return await tx.maybe(Reader, LIST_READERS, user_id=user_id, installation_id=installation_id)


LIST_LOOKS = """
    SELECT q.at, q.endpoint, q.people, q.user_id IS NOT NULL AS own_token
      FROM api_requests q
     WHERE q.event_id = %(event_id)s AND q.installation_id = %(installation_id)s AND q.people > 0
       AND (q.user_id = %(user_id)s
            OR (q.user_id IS NULL AND (q.participant_id IS NULL OR q.participant_id = %(participant_id)s)))
     ORDER BY q.at DESC
     LIMIT %(limit)s
"""


async def list_looks(tx: Tx, reader: Reader, user_id: UserId, *, limit: int = 50) -> list[Look]:
    """The newest answers that held, or may have held, the person; a list of participants counts for everybody."""
    return await tx.all(
        Look,
        LIST_LOOKS,
        event_id=reader.event_id,
        installation_id=reader.installation_id,
        user_id=user_id,
        participant_id=reader.participant_id,
        limit=limit,
    )


# What integrations may know and have read, for her download. Consents, connections, duties, objections.
EXPORT = """
    SELECT jsonb_build_object(
        'signed_in_to', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'integration', g.name, 'event', e.title, 'scopes', u.scopes, 'since', u.created_at,
                'last_used_at', u.last_used_at, 'ended_at', u.ended_at, 'end_reason', u.end_reason)), '[]')
              FROM user_grants u
              JOIN integrations g ON g.id = u.integration_id
              JOIN events e ON e.id = u.event_id
             WHERE u.user_id = %(user_id)s),
        'deletion_duties', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', d.id, 'integration', g.name, 'event', e.title, 'reason', d.reason, 'opened_at', d.opened_at,
                'deadline_at', d.deadline_at, 'confirmed_at', d.confirmed_at)), '[]')
              FROM deletion_requests d
              JOIN integrations g ON g.id = d.integration_id
              JOIN events e ON e.id = d.event_id
             WHERE d.user_id = %(user_id)s),
        'objections', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'integration', g.name, 'event', e.title, 'reason', b.reason, 'at', b.created_at, 'answer', b.answer,
                'answered_at', b.answered_at)), '[]')
              FROM objections b
              JOIN installations i ON i.id = b.installation_id
              JOIN integrations g ON g.id = i.integration_id
              JOIN events e ON e.id = b.event_id
             WHERE b.user_id = %(user_id)s)) AS document
"""


async def export(tx: Tx, user_id: UserId) -> dict[str, Any]:
    """A person's consents, duties and objections as she may take them away."""
    return (await tx.one(Export, EXPORT, user_id=user_id)).document


# What has to be erased: what is about her, and what is about a whole event that she took part in.
LIST_DUTIES = """
    SELECT d.id, d.event_id, d.organization_id, d.integration_id, d.installation_id, d.subject, d.participant_id,
           d.user_id, d.reason, d.opened_at, d.deadline_at, d.confirmed_at, d.confirmed_by,
           g.name AS integration_name, e.title AS event_title
      FROM deletion_requests d
      JOIN integrations g ON g.id = d.integration_id
      JOIN events e ON e.id = d.event_id
     WHERE d.user_id = %(user_id)s
        OR (d.subject = 'event'
            AND d.event_id IN (SELECT p.event_id FROM participants p WHERE p.user_id = %(user_id)s))
     ORDER BY d.opened_at DESC, d.id DESC
     LIMIT 200
"""


async def list_duties(tx: Tx, user_id: UserId) -> list[Duty]:
    """The deletion duties that concern a person, the newest first."""
    return await tx.all(Duty, LIST_DUTIES, user_id=user_id)
