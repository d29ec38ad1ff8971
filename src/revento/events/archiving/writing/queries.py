"""SQL that writes what an archive holds. Each statement is run once for many rows."""

from datetime import datetime
from typing import Any

from revento.kernel.db import Tx

Rows = list[dict[str, Any]]

INSERT_APPLICATION = """
    INSERT INTO applications (event_id, id, user_id, role, status, answers, registration_wave_id, assigned_to,
                              submitted_at, registered_at, withdrawn_at, last_reviewed_at, last_reviewer_id,
                              last_review_action, created_at, updated_at)
    VALUES (%(event_id)s, %(id)s, %(user_id)s, %(role)s, %(status)s, %(answers)s, %(wave_id)s, %(assigned_to)s,
            %(submitted_at)s, %(registered_at)s, %(withdrawn_at)s, %(last_reviewed_at)s, %(last_reviewer_id)s,
            %(last_review_action)s, %(submitted_at)s, %(now)s)
"""
INSERT_PARTICIPANT = """
    INSERT INTO participants (event_id, id, user_id, application_id, display_name, created_at, updated_at)
    VALUES (%(event_id)s, %(participant_id)s, %(user_id)s, %(id)s, %(display_name)s, %(submitted_at)s, %(now)s)
"""


async def insert_applications(tx: Tx, rows: Rows) -> None:
    """Applications, each with its participant."""
    await tx.run_many(INSERT_APPLICATION, rows)
    await tx.run_many(INSERT_PARTICIPANT, rows)


INSERT_REVIEW = """
    INSERT INTO application_reviews (event_id, id, application_id, reviewer_id, action, note, fields, previous_status,
                                     at, undone_at)
    VALUES (%(event_id)s, %(id)s, %(application_id)s, %(reviewer_id)s, %(action)s, %(note)s, %(fields)s,
            %(previous_status)s, %(at)s, %(undone_at)s)
"""


async def insert_reviews(tx: Tx, rows: Rows) -> None:
    """Decisions."""
    await tx.run_many(INSERT_REVIEW, rows)


INSERT_NOTE = """
    INSERT INTO application_notes (event_id, id, application_id, author_id, text, created_at)
    VALUES (%(event_id)s, %(id)s, %(application_id)s, %(author_id)s, %(text)s, %(at)s)
"""


async def insert_notes(tx: Tx, rows: Rows) -> None:
    """Remarks."""
    await tx.run_many(INSERT_NOTE, rows)


INSERT_SIGNUP = """
    INSERT INTO activity_signups (event_id, activity_id, participant_id, state, created_at, moved_up_at)
    VALUES (%(event_id)s, %(activity_id)s, %(participant_id)s, %(state)s, %(at)s, %(moved_up_at)s)
"""
COUNT_SIGNUPS = """
    UPDATE activities a
       SET signup_count = s.going, waitlist_count = s.waiting
      FROM (SELECT activity_id, count(*) FILTER (WHERE state = 'going') AS going,
                   count(*) FILTER (WHERE state = 'waiting') AS waiting
              FROM activity_signups WHERE event_id = %(event_id)s GROUP BY activity_id) s
     WHERE a.event_id = %(event_id)s AND a.id = s.activity_id
"""


async def insert_signups(tx: Tx, event_id: str, rows: Rows) -> None:
    """Places and waits in the order of the rows, counted at their activities."""
    await tx.run_many(INSERT_SIGNUP, rows)
    await tx.run(COUNT_SIGNUPS, event_id=event_id)


INSERT_CONNECTION = """
    INSERT INTO former_connections (event_id, position, integration, scopes, connected_by, connected_at, ended_at,
                                    end_reason)
    VALUES (%(event_id)s, %(position)s, %(integration)s, %(scopes)s, %(connected_by)s, %(at)s, %(ended_at)s,
            %(end_reason)s)
"""
INSERT_CONSENT = """
    INSERT INTO former_consents (event_id, connection, position, user_id, scopes, given_at, ended_at, end_reason)
    VALUES (%(event_id)s, %(connection)s, %(position)s, %(user_id)s, %(scopes)s, %(at)s, %(ended_at)s, %(end_reason)s)
"""


async def insert_connections(tx: Tx, connections: Rows, consents: Rows) -> None:
    """Connections and consents of another Revento, as records."""
    await tx.run_many(INSERT_CONNECTION, connections)
    await tx.run_many(INSERT_CONSENT, consents)


INSERT_PAGE = """
    INSERT INTO webview_pages (event_id, id, kind, title, url, body, visibility, position, is_published, created_at,
                               updated_at)
    VALUES (%(event_id)s, %(id)s, %(kind)s, %(title)s, %(url)s, %(body)s, %(visibility)s, %(position)s,
            %(is_published)s, %(now)s, %(now)s)
"""


async def insert_pages(tx: Tx, rows: Rows) -> None:
    """Pages of the event's own."""
    await tx.run_many(INSERT_PAGE, rows)


KEEP_STATE = """
    UPDATE events
       SET publish_status = %(status)s,
           published_at = CASE WHEN %(status)s <> 'draft' THEN %(now)s::timestamptz END,
           archived_at = CASE WHEN %(status)s = 'archived' THEN %(now)s::timestamptz END
     WHERE id = %(event_id)s
"""


async def keep_state(tx: Tx, event_id: str, *, status: str, now: datetime) -> None:
    """Makes the event what it was: a draft, public, or archived. Nobody is told: nobody is connected yet."""
    await tx.run(KEEP_STATE, event_id=event_id, status=status, now=now)
