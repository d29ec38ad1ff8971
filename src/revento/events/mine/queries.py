"""SQL of a person's own events."""

from datetime import datetime
from typing import Any

from revento.events.mine.models import Call, Export, Former, MyActivity, MyEvent, Visit
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId

FIND_VISIT = """
    SELECT e.id AS event_id, e.organization_id, o.name AS organization_name,
           o.verification_status = 'verified' AS organization_verified, e.title, e.description, e.publish_status,
           e.starts_at, e.ends_at, e.time_zone, e.min_age, e.location_name, e.website_url, e.answer_within_days,
           e.archived_at, e.updated_at, %(user_id)s::text AS user_id, p.id AS participant_id, a.id AS application_id,
           a.status AS application_status, a.registered_at IS NOT NULL AND a.status = 'approved' AS is_registered,
           m.user_id IS NOT NULL AS is_member,
           (SELECT count(*) FROM activities t WHERE t.event_id = e.id AND t.is_published) AS activities,
           (SELECT count(*) FROM webview_pages w
             WHERE w.event_id = e.id AND w.is_published
               AND (m.user_id IS NOT NULL OR w.visibility = 'everyone'
                    OR (w.visibility = 'participants' AND a.status IN ('pending', 'approved', 'revision_requested'))
                    OR (w.visibility = 'registered' AND a.registered_at IS NOT NULL AND a.status = 'approved')))
             AS pages
      FROM events e
      JOIN organizations o ON o.id = e.organization_id
      LEFT JOIN applications a ON a.event_id = e.id AND a.user_id = %(user_id)s
      LEFT JOIN participants p ON p.event_id = e.id AND p.application_id = a.id
      LEFT JOIN memberships m ON m.organization_id = e.organization_id AND m.user_id = %(user_id)s
     WHERE e.id = %(event_id)s
       AND (e.publish_status <> 'draft' OR m.user_id IS NOT NULL)
"""


async def find_visit(tx: Tx, user_id: UserId | None, event_id: EventId) -> Visit | None:
    """The event for this visitor; a draft only for the members of its organization."""
    return await tx.maybe(Visit, FIND_VISIT, user_id=user_id, event_id=event_id)


# Serves the home page; indexes applications_by_user and application_drafts_by_user.
LIST_EVENTS = """
    SELECT e.id AS event_id, o.name AS organization_name, e.title, e.publish_status, e.starts_at, e.ends_at,
           e.time_zone, e.location_name, e.answer_within_days, a.id AS application_id, a.status, a.role,
           a.submitted_at, r.at AS reviewed_at, r.note, d.updated_at AS draft_at, w.opens_at AS wave_opens_at,
           w.closes_at AS wave_closes_at
      FROM (SELECT event_id FROM applications WHERE user_id = %(user_id)s
             UNION SELECT event_id FROM application_drafts WHERE user_id = %(user_id)s) mine
      JOIN events e ON e.id = mine.event_id AND e.publish_status <> 'draft'
      JOIN organizations o ON o.id = e.organization_id
      LEFT JOIN applications a ON a.event_id = e.id AND a.user_id = %(user_id)s
      LEFT JOIN application_drafts d ON d.event_id = e.id AND d.user_id = %(user_id)s
      LEFT JOIN LATERAL (
           SELECT r.at, r.note FROM application_reviews r
            WHERE r.event_id = a.event_id AND r.application_id = a.id AND r.undone_at IS NULL
            ORDER BY r.at DESC LIMIT 1) r ON true
      LEFT JOIN LATERAL (
           SELECT w.opens_at, w.closes_at FROM registration_waves w
            WHERE w.event_id = e.id AND w.role = coalesce(d.role, a.role) AND w.closes_at > %(now)s
            ORDER BY w.opens_at LIMIT 1) w ON true
     ORDER BY e.starts_at DESC, e.id
     LIMIT 200
"""


async def list_events(tx: Tx, user_id: UserId, *, now: datetime) -> list[MyEvent]:
    """The events of a person, the latest first."""
    return await tx.all(MyEvent, LIST_EVENTS, user_id=user_id, now=now)


# Serves the home page; indexes favourites_by_user, applications_by_user and that of events by organization. Who was at
# an earlier event is told when it is news; who starred something, as long as she can apply.
LIST_CALLS = """
    WITH starred AS (SELECT DISTINCT event_id FROM favourites WHERE user_id = %(user_id)s),
         former AS (
           SELECT DISTINCT ON (e.organization_id) e.organization_id, e.title
             FROM applications a
             JOIN events e ON e.id = a.event_id
            WHERE a.user_id = %(user_id)s AND a.status = 'approved' AND e.ends_at <= %(now)s
            ORDER BY e.organization_id, e.ends_at DESC)
    SELECT e.id AS event_id, e.title, e.time_zone, f.title AS was_at, w.opens_at, w.closes_at
      FROM events e
      LEFT JOIN former f ON f.organization_id = e.organization_id
      JOIN LATERAL (
           SELECT w.opens_at, w.closes_at FROM registration_waves w
            WHERE w.event_id = e.id AND w.role = 'participant' AND w.closes_at > %(now)s
              AND (w.capacity IS NULL OR w.capacity > (
                   SELECT count(*) FROM applications a
                    WHERE a.event_id = w.event_id AND a.registration_wave_id = w.id
                      AND a.status IN ('pending', 'approved', 'revision_requested')))
            ORDER BY w.opens_at LIMIT 1) w ON true
     WHERE (e.id IN (SELECT event_id FROM starred)
            OR e.organization_id IN (SELECT organization_id FROM former)
               AND w.opens_at BETWEEN %(since)s AND %(until)s)
       AND e.publish_status = 'published' AND e.ends_at > %(now)s
       AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.event_id = e.id AND a.user_id = %(user_id)s)
       AND NOT EXISTS (SELECT 1 FROM application_drafts d WHERE d.event_id = e.id AND d.user_id = %(user_id)s)
       AND NOT EXISTS (SELECT 1 FROM memberships m
                        WHERE m.organization_id = e.organization_id AND m.user_id = %(user_id)s)
     ORDER BY w.opens_at, e.id
     LIMIT 20
"""


async def list_calls(tx: Tx, user_id: UserId, *, since: datetime, until: datetime, now: datetime) -> list[Call]:
    """Events that a person has not applied for and may want to; for those of an earlier one's people, news only."""
    return await tx.all(Call, LIST_CALLS, user_id=user_id, since=since, until=until, now=now)


# Serves "what needs me now" and the next things on; index participants_by_user.
LIST_ACTIVITIES = """
    SELECT e.id AS event_id, e.title AS event_title, e.time_zone, t.id AS activity_id, t.title, t.starts_at, t.ends_at,
           l.name AS location_name, t.status, s.state, s.moved_up_at
      FROM participants p
      JOIN activity_signups s ON s.event_id = p.event_id AND s.participant_id = p.id
      JOIN activities t ON t.event_id = s.event_id AND t.id = s.activity_id AND t.is_published
      JOIN events e ON e.id = p.event_id
      LEFT JOIN locations l ON l.event_id = t.event_id AND l.id = t.location_id
     WHERE p.user_id = %(user_id)s AND t.ends_at > %(now)s
       AND CASE WHEN t.status = 'cancelled' THEN s.state = 'going' AND t.updated_at > %(since)s
                ELSE (s.state = 'going' AND t.starts_at < %(until)s) OR s.moved_up_at > %(since)s END
     ORDER BY t.starts_at, t.id
     LIMIT 50
"""


async def list_activities(
    tx: Tx, user_id: UserId, *, until: datetime, since: datetime, now: datetime
) -> list[MyActivity]:
    """What a person goes to before `until`; where she moved up from a waitlist, or lost her place, after `since`."""
    return await tx.all(MyActivity, LIST_ACTIVITIES, user_id=user_id, until=until, since=since, now=now)


# Everything that events hold about a person, for her download; remarks among reviewers are theirs.
EXPORT = """
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'event', jsonb_build_object('id', e.id, 'title', e.title, 'starts_at', e.starts_at, 'ends_at', e.ends_at),
        'application', (SELECT jsonb_build_object(
                'id', a.id, 'role', a.role, 'status', a.status, 'answers', a.answers, 'submitted_at', a.submitted_at,
                'registered_at', a.registered_at, 'withdrawn_at', a.withdrawn_at, 'name_in_the_event', p.display_name,
                'participant_id', p.id,
                'decisions', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'action', r.action, 'note', r.note, 'fields', r.fields, 'at', r.at) ORDER BY r.at), '[]')
                                FROM application_reviews r
                               WHERE r.event_id = a.event_id AND r.application_id = a.id AND r.undone_at IS NULL))
              FROM applications a
              JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
             WHERE a.event_id = e.id AND a.user_id = %(user_id)s),
        'draft', (SELECT jsonb_build_object('role', d.role, 'answers', d.answers, 'updated_at', d.updated_at)
                    FROM application_drafts d WHERE d.event_id = e.id AND d.user_id = %(user_id)s),
        'places', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'activity', t.title, 'starts_at', t.starts_at, 'state', s.state, 'since', s.created_at)), '[]')
              FROM activity_signups s
              JOIN participants p ON p.event_id = s.event_id AND p.id = s.participant_id
              JOIN activities t ON t.event_id = s.event_id AND t.id = s.activity_id
             WHERE s.event_id = e.id AND p.user_id = %(user_id)s),
        'connected_before_it_came_here', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'integration', c.integration, 'scopes', c.scopes, 'connected_at', c.connected_at,
                'ended_at', c.ended_at,
                'my_consent', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'scopes', k.scopes, 'given_at', k.given_at, 'ended_at', k.ended_at)), '[]')
                                 FROM former_consents k
                                WHERE k.event_id = c.event_id AND k.connection = c.position
                                  AND k.user_id = %(user_id)s))), '[]')
              FROM former_connections c WHERE c.event_id = e.id),
        'favourites', (SELECT coalesce(jsonb_agg(t.title), '[]')
              FROM favourites f JOIN activities t ON t.event_id = f.event_id AND t.id = f.activity_id
             WHERE f.event_id = e.id AND f.user_id = %(user_id)s)) ORDER BY e.starts_at), '[]') AS document
      FROM events e
     WHERE e.id IN (SELECT event_id FROM applications WHERE user_id = %(user_id)s
                     UNION SELECT event_id FROM application_drafts WHERE user_id = %(user_id)s
                     UNION SELECT event_id FROM favourites WHERE user_id = %(user_id)s)
"""


async def export(tx: Tx, user_id: UserId) -> list[dict[str, Any]]:
    """A person's events as she may take them away."""
    return (await tx.one(Export, EXPORT, user_id=user_id)).document


# Serves "my data"; indexes participants_by_user, former_consents' and former_connections' keys.
LIST_FORMER = """
    SELECT c.event_id, e.title AS event_title, e.time_zone, c.integration, c.scopes, c.connected_at, c.ended_at,
           k.scopes AS own_scopes, k.given_at, k.ended_at AS own_ended_at
      FROM participants p
      JOIN former_connections c ON c.event_id = p.event_id
      JOIN events e ON e.id = c.event_id
      LEFT JOIN former_consents k ON k.event_id = c.event_id AND k.connection = c.position AND k.user_id = p.user_id
     WHERE p.user_id = %(user_id)s
       AND (k.user_id IS NOT NULL OR 'participants.read' = ANY (c.scopes))
     ORDER BY e.starts_at DESC, c.event_id, c.position, k.position
     LIMIT 200
"""


async def list_former(tx: Tx, user_id: UserId) -> list[Former]:
    """What could read about a person at the Revento from which an event of hers was brought here."""
    return await tx.all(Former, LIST_FORMER, user_id=user_id)
