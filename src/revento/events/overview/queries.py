"""SQL of the overview: reads only."""

from datetime import datetime

from revento.events.overview.models import (
    Ailing,
    Answered,
    Day,
    Decision,
    Deed,
    Desk,
    DeskEvent,
    Numbers,
    Unshown,
)
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId

# Serves every page of an event's organizers. Membership is part of the statement: outsiders get no row.
FIND_DESK = """
    SELECT e.id AS event_id, e.organization_id, o.name AS organization_name, o.kind AS organization_kind,
           o.verification_status, e.title, e.publish_status, e.starts_at, e.ends_at, e.time_zone, e.location_name,
           e.answer_within_days, e.is_template, m.role,
           (SELECT count(*) FROM applications a WHERE a.event_id = e.id AND a.status = 'pending'
               AND e.publish_status <> 'archived') AS pending,
           (SELECT count(*) FROM applications a
             WHERE a.event_id = e.id AND a.status = 'approved') AS participants,
           (SELECT count(*) FROM installations i WHERE i.event_id = e.id AND i.state = 'active') AS installations
      FROM events e
      JOIN organizations o ON o.id = e.organization_id
      JOIN memberships m ON m.organization_id = e.organization_id AND m.user_id = %(user_id)s
     WHERE e.id = %(event_id)s
"""


async def find_desk(tx: Tx, user_id: UserId, event_id: EventId) -> Desk | None:
    """The event as a member of its organization has it at the top of every page; `None` for everybody else."""
    return await tx.maybe(Desk, FIND_DESK, user_id=user_id, event_id=event_id)


LIST_DESKS = """
    SELECT e.id AS event_id, e.organization_id, e.title, e.publish_status, e.is_template, e.starts_at, e.ends_at,
           e.time_zone, count(a.id) AS pending, min(a.submitted_at) AS oldest_pending_at
      FROM memberships m
      JOIN events e ON e.organization_id = m.organization_id
      LEFT JOIN applications a ON a.event_id = e.id AND a.status = 'pending' AND e.publish_status <> 'archived'
     WHERE m.user_id = %(user_id)s
     GROUP BY e.id
     ORDER BY e.publish_status = 'archived', e.starts_at DESC, e.id
     LIMIT 200
"""


async def list_desks(tx: Tx, user_id: UserId) -> list[DeskEvent]:
    """The events of a person's organizations, archived ones last."""
    return await tx.all(DeskEvent, LIST_DESKS, user_id=user_id)


NUMBERS = """
    SELECT people.registered, waves.places, people.applied, people.decided, program.activities, program.placed,
           program.drafts, oldest.submitted_at AS oldest_pending_at, oldest.display_name AS oldest_pending_name
      FROM (SELECT count(*) FILTER (WHERE status = 'approved') AS registered,
                   count(*) FILTER (WHERE status <> 'withdrawn') AS applied,
                   count(*) FILTER (WHERE status IN ('approved', 'rejected')) AS decided
              FROM applications WHERE event_id = %(event_id)s) AS people
     CROSS JOIN (SELECT CASE WHEN bool_and(capacity IS NOT NULL) THEN sum(capacity) END AS places
                   FROM registration_waves WHERE event_id = %(event_id)s) AS waves
     CROSS JOIN (SELECT count(*) AS activities, count(*) FILTER (WHERE location_id IS NOT NULL) AS placed,
                        count(*) FILTER (WHERE NOT is_published) AS drafts
                   FROM activities WHERE event_id = %(event_id)s AND status = 'scheduled') AS program
      LEFT JOIN LATERAL (
          SELECT a.submitted_at, p.display_name
            FROM applications a
            JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
           WHERE a.event_id = %(event_id)s AND a.status = 'pending'
           ORDER BY a.submitted_at, a.id
           LIMIT 1) AS oldest ON true
"""


async def numbers(tx: Tx, event_id: EventId) -> Numbers:
    """How far the preparation is."""
    return await tx.one(Numbers, NUMBERS, event_id=event_id)


# One pass over the time's applications, then the days: a look-up for each day would read them all again.
APPLIED_BY_DAY = """
    WITH counted AS (
        SELECT date_trunc('day', created_at) AS day, count(*) AS count
          FROM applications
         WHERE event_id = %(event_id)s AND created_at >= date_trunc('day', %(since)s::timestamptz)
           AND created_at < date_trunc('day', %(until)s::timestamptz) + interval '1 day'
         GROUP BY 1
    )
    SELECT days.day, coalesce(counted.count, 0) AS count
      FROM generate_series(date_trunc('day', %(since)s::timestamptz), date_trunc('day', %(until)s::timestamptz),
                           interval '1 day') AS days (day)
      LEFT JOIN counted ON counted.day = days.day
     ORDER BY days.day
"""


async def applied_by_day(tx: Tx, event_id: EventId, *, since: datetime, until: datetime) -> list[Day]:
    """How many people applied on each day (UTC), days without any included."""
    return await tx.all(Day, APPLIED_BY_DAY, event_id=event_id, since=since, until=until)


LIST_AILING = """
    SELECT i.id AS installation_id, g.name, p.failing_since, i.ends_at
      FROM installations i
      JOIN integrations g ON g.id = i.integration_id
      LEFT JOIN endpoints p ON p.installation_id = i.id
     WHERE i.event_id = %(event_id)s AND i.state = 'active'
       AND (p.failing_since IS NOT NULL OR i.ends_at < %(soon)s)
     ORDER BY p.failing_since, i.ends_at
     LIMIT 10
"""


async def list_ailing(tx: Tx, event_id: EventId, *, soon: datetime) -> list[Ailing]:
    """Connected integrations whose endpoint fails, or whose access ends before `soon`."""
    return await tx.all(Ailing, LIST_AILING, event_id=event_id, soon=soon)


# The event's few pages, by the primary key.
LIST_UNSHOWN = """
    SELECT w.id, w.title, CASE WHEN cut.off THEN 'cut' ELSE w.found END AS found
      FROM webview_pages w
      LEFT JOIN integrations g ON g.id = w.integration_id
      LEFT JOIN installations i ON i.event_id = w.event_id AND i.integration_id = w.integration_id
                             AND i.state = 'active'
     CROSS JOIN LATERAL (SELECT w.integration_id IS NOT NULL AND (i.id IS NULL OR g.state = 'suspended') AS off) AS cut
     WHERE w.event_id = %(event_id)s AND w.is_published
       AND (cut.off OR w.found IN ('refuses', 'elsewhere', 'fails', 'silent'))
     ORDER BY w.position, w.id
     LIMIT 5
"""


async def list_unshown(tx: Tx, event_id: EventId) -> list[Unshown]:
    """Published webview pages whose integration is cut off, or whose server forbids the frame, fails or is silent."""
    return await tx.all(Unshown, LIST_UNSHOWN, event_id=event_id)


LIST_DEEDS = """
    SELECT l.at, u.name AS actor_name, l.action,
           COALESCE(p.display_name, v.title, g.name) AS subject_name
      FROM audit_log l
      LEFT JOIN users u ON u.id = l.actor
      LEFT JOIN participants p ON p.event_id = l.event_id AND p.application_id = l.subject
      LEFT JOIN activities v ON v.event_id = l.event_id AND v.id = l.subject
      LEFT JOIN installations i ON i.event_id = l.event_id AND i.id = l.subject
      LEFT JOIN integrations g ON g.id = i.integration_id
     WHERE l.event_id = %(event_id)s
     ORDER BY l.id DESC
     LIMIT 8
"""


async def list_deeds(tx: Tx, event_id: EventId) -> list[Deed]:
    """What happened lately around the event, newest first."""
    return await tx.all(Deed, LIST_DEEDS, event_id=event_id)


LIST_REVIEWS_AT = """
    SELECT id, application_id
      FROM application_reviews
     WHERE event_id = %(event_id)s AND reviewer_id = %(reviewer_id)s AND at = %(at)s AND undone_at IS NULL
     ORDER BY application_id
"""


async def list_reviews_at(tx: Tx, event_id: EventId, reviewer_id: UserId, at: datetime) -> list[Decision]:
    """What one click of a reviewer decided: decisions made together carry the same moment."""
    return await tx.all(Decision, LIST_REVIEWS_AT, event_id=event_id, reviewer_id=reviewer_id, at=at)


LIST_ANSWERS = """
    SELECT a.id, p.display_name, a.role, a.status, a.submitted_at, a.answers
      FROM applications a
      JOIN participants p ON p.event_id = a.event_id AND p.application_id = a.id
     WHERE a.event_id = %(event_id)s
       AND (%(status)s::text IS NULL OR a.status = %(status)s)
       AND (%(role)s::text IS NULL OR a.role = %(role)s)
       AND (%(search)s::text IS NULL OR strpos(lower(p.display_name || a.answers::text), lower(%(search)s)) > 0)
       AND (%(assigned_to)s::text IS NULL OR a.assigned_to = %(assigned_to)s)
     ORDER BY a.submitted_at, a.id
     LIMIT 50000
"""


async def list_answers(
    tx: Tx,
    event_id: EventId,
    *,
    status: str | None,
    role: str | None,
    search: str | None,
    assigned_to: UserId | None,
) -> list[Answered]:
    """Applications with their answers, for an export; at most 50,000."""
    return await tx.all(
        Answered,
        LIST_ANSWERS,
        event_id=event_id,
        status=status,
        role=role,
        search=search,
        assigned_to=assigned_to,
    )


LIST_READERS = """
    SELECT g.name
      FROM installations i
      JOIN integrations g ON g.id = i.integration_id
     WHERE i.event_id = %(event_id)s AND i.state = 'active' AND 'participants.read' = ANY (i.granted_scopes)
     ORDER BY g.name
"""


async def list_readers(tx: Tx, event_id: EventId) -> list[str]:
    """The names of connected integrations that may read participants and their shared answers."""
    return await tx.all(str, LIST_READERS, event_id=event_id)
