"""SQL of the program as a visitor reads it. A draft appears nowhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from revento.events.agenda.models import DayCount, Entry, MySeat, Turn
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId, UserId

BEGINNING: Final = (datetime(1, 1, 1, tzinfo=UTC), "")

# Serves the program, "now and next" and my schedule; index activities_by_start (event_id, starts_at, id).
PAGE_ENTRIES = """
    SELECT a.id, a.title, a.status, a.starts_at, a.ends_at, a.min_age, a.language,
           ARRAY(SELECT h.display_name FROM activity_hosts h
                  WHERE h.event_id = a.event_id AND h.activity_id = a.id ORDER BY h.position) AS hosts,
           a.capacity, a.signups_open, a.signup_count, a.waitlist_count, a.thread_id, t.title AS thread_title,
           t.color AS thread_color, a.location_id, l.name AS location_name, f.user_id IS NOT NULL AS is_favourite,
           s.state AS my_state
      FROM activities a
      LEFT JOIN threads t ON t.event_id = a.event_id AND t.id = a.thread_id
      LEFT JOIN locations l ON l.event_id = a.event_id AND l.id = a.location_id
      LEFT JOIN favourites f ON f.event_id = a.event_id AND f.activity_id = a.id AND f.user_id = %(user_id)s
      LEFT JOIN participants p ON p.event_id = a.event_id AND p.user_id = %(user_id)s
      LEFT JOIN activity_signups s
        ON s.event_id = a.event_id AND s.activity_id = a.id AND s.participant_id = p.id
     WHERE a.event_id = %(event_id)s AND a.is_published
       AND (a.starts_at, a.id) > (%(after_at)s, %(after_id)s)
       AND (%(starts_from)s::timestamptz IS NULL OR a.starts_at >= %(starts_from)s)
       AND (%(starts_to)s::timestamptz IS NULL OR a.starts_at < %(starts_to)s)
       AND (%(ends_after)s::timestamptz IS NULL OR a.ends_at > %(ends_after)s)
       AND (%(thread_id)s::text IS NULL OR a.thread_id = %(thread_id)s)
       AND (%(location_ids)s::text[] IS NULL OR a.location_id = ANY (%(location_ids)s))
       AND (NOT %(mine)s OR f.user_id IS NOT NULL OR s.state IS NOT NULL)
       AND (%(search)s::text IS NULL
            OR strpos(lower(a.title || ' ' || a.description), lower(%(search)s)) > 0
            OR EXISTS (SELECT 1 FROM activity_hosts h
                        WHERE h.event_id = a.event_id AND h.activity_id = a.id
                          AND strpos(lower(h.display_name), lower(%(search)s)) > 0))
     ORDER BY a.starts_at, a.id
     LIMIT %(limit)s
"""


async def page_entries(
    tx: Tx,
    event_id: EventId,
    user_id: UserId | None,
    *,
    after: tuple[datetime, str] = BEGINNING,
    starts: tuple[datetime | None, datetime | None] = (None, None),
    ends_after: datetime | None = None,
    thread_id: str | None = None,
    location_ids: Sequence[str] | None = None,
    mine: bool = False,
    search: str | None = None,
    limit: int,
) -> list[Entry]:
    """The published program by start. `starts` is half-open; `mine` keeps favourites and places taken."""
    return await tx.all(
        Entry,
        PAGE_ENTRIES,
        event_id=event_id,
        user_id=user_id,
        after_at=after[0],
        after_id=after[1],
        starts_from=starts[0],
        starts_to=starts[1],
        ends_after=ends_after,
        thread_id=thread_id,
        location_ids=None if location_ids is None else list(location_ids),
        mine=mine,
        search=search,
        limit=limit,
    )


# Serves the map; index activities_by_start.
LIST_TURNS = """
    SELECT location_id, id, title, starts_at, ends_at, thread_color
      FROM (SELECT a.location_id, a.id, a.title, a.starts_at, a.ends_at, t.color AS thread_color,
                   row_number() OVER (PARTITION BY a.location_id, a.starts_at <= %(now)s
                                          ORDER BY a.starts_at, a.id) AS turn
              FROM activities a
              LEFT JOIN threads t ON t.event_id = a.event_id AND t.id = a.thread_id
             WHERE a.event_id = %(event_id)s AND a.is_published AND a.status = 'scheduled'
               AND a.location_id IS NOT NULL AND a.ends_at > %(now)s) each
     WHERE turn = 1
     ORDER BY starts_at, id
"""


async def list_turns(tx: Tx, event_id: EventId, *, now: datetime) -> list[Turn]:
    """For every place what is on there now and what comes next, at most one of each."""
    return await tx.all(Turn, LIST_TURNS, event_id=event_id, now=now)


COUNT_BY_DAY = """
    SELECT (a.starts_at AT TIME ZONE e.time_zone)::date AS on, count(*) AS count
      FROM activities a
      JOIN events e ON e.id = a.event_id
     WHERE a.event_id = %(event_id)s AND a.is_published
     GROUP BY 1
     ORDER BY 1
"""


async def count_by_day(tx: Tx, event_id: EventId) -> list[DayCount]:
    """The days of the program, and how much is on."""
    return await tx.all(DayCount, COUNT_BY_DAY, event_id=event_id)


GET_SEAT = """
    SELECT EXISTS (SELECT 1 FROM favourites f
                    WHERE f.event_id = %(event_id)s AND f.user_id = u.id AND f.activity_id = %(activity_id)s)
               AS is_favourite,
           s.state, s.moved_up_at,
           (SELECT count(*) FROM activity_signups o
             WHERE o.event_id = s.event_id AND o.activity_id = s.activity_id AND o.state = 'waiting'
               AND o.place < s.place AND s.state = 'waiting') AS ahead,
           u.birth_date
      FROM users u
      LEFT JOIN participants p ON p.event_id = %(event_id)s AND p.user_id = u.id
      LEFT JOIN activity_signups s
        ON s.event_id = p.event_id AND s.participant_id = p.id AND s.activity_id = %(activity_id)s
     WHERE u.id = %(user_id)s
"""


async def get_seat(tx: Tx, event_id: EventId, user_id: UserId, activity_id: ActivityId) -> MySeat:
    """How a person stands to one activity."""
    return await tx.one(MySeat, GET_SEAT, event_id=event_id, user_id=user_id, activity_id=activity_id)
