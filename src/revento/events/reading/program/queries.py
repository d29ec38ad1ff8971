"""SQL of the event and its program as integrations read them. A draft activity appears nowhere."""

from datetime import datetime
from typing import Final, LiteralString

from revento.events.reading.models import Dated, Page, Span
from revento.kernel.reader import Reader, join, json_time, json_word

# One activity in the shape of contract/v1, as text (see people/queries.py). Its capacity state is decided as in
# events/program/rules.
_ACTIVITY: Final[LiteralString] = join(
    """convert_to(concat('{"id":"', x.id, '","event_id":"', x.event_id, '","thread_id":', """,
    json_word("x.thread_id"),
    """, ',"location_id":', """,
    json_word("x.location_id"),
    """, ',"title":', to_json(x.title), ',"description":', to_json(x.description), ',"status":"', x.status,
    '","starts_at":', """,
    json_time("x.starts_at"),
    """, ',"ends_at":', """,
    json_time("x.ends_at"),
    """, ',"min_age":"', x.min_age, '","language":', coalesce(to_json(x.language)::text, 'null'), ',"hosts":',
    coalesce((SELECT json_agg(json_build_object('participant_id', h.participant_id, 'display_name', h.display_name)
                              ORDER BY h.position)
                FROM activity_hosts h WHERE h.event_id = x.event_id AND h.activity_id = x.id), '[]'),
    ',"capacity":', coalesce(x.capacity::text, 'null'), ',"signup_count":', x.signup_count, ',"waitlist_count":',
    x.waitlist_count, ',"capacity_state":"',
    CASE WHEN x.status = 'cancelled' OR NOT x.signups_open THEN 'closed'
         WHEN x.capacity IS NULL THEN 'unlimited'
         WHEN x.signup_count >= x.capacity THEN 'full'
         WHEN 10 * x.signup_count >= 9 * x.capacity THEN 'nearly_full'
         ELSE 'open' END, '","created_at":', """,
    json_time("x.created_at"),
    """, ',"updated_at":', """,
    json_time("x.updated_at"),
    """, '}'), 'UTF8')""",
)
_THREAD: Final[LiteralString] = """convert_to((SELECT row_to_json(r)::text FROM (SELECT
    x.id, x.event_id, x.title, x.description, x.color, x.position,
    to_char(x.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    to_char(x.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at) r), 'UTF8')"""
_LOCATION: Final[LiteralString] = """convert_to((SELECT row_to_json(r)::text FROM (SELECT
    x.id, x.event_id, x.parent_id, x.kind, x.name, x.capacity, x.accessibility, x.position,
    to_char(x.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    to_char(x.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at) r), 'UTF8')"""
# Of limit + 1 rows the last only says that there is more. Why 51: see people/queries.py.
_PAGED: Final[LiteralString] = "SELECT y.created_at, y.id, y.body FROM (SELECT x.created_at, x.id, "
_IN_ORDER: Final[LiteralString] = """
     ORDER BY x.created_at, x.id
     LIMIT 51) y LIMIT $4 + 1"""

# Serves GET /events/{event_id}.
FIND_EVENT: Final = """
    SELECT convert_to(row_to_json(r)::text, 'UTF8')
      FROM (SELECT e.id, e.organization_id, e.title, e.description, e.publish_status,
                   to_char(e.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS starts_at,
                   to_char(e.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ends_at, e.time_zone, e.min_age,
                   e.location_name, e.website_url,
                   coalesce((SELECT json_agg(json_build_object(
                                        'key', f.key, 'label', f.label, 'type', f.type, 'required', f.required,
                                        'options', f.options, 'help_text', f.help_text) ORDER BY f.position, f.key)
                               FROM form_fields f WHERE f.event_id = e.id AND f.is_shared), '[]')
                       AS custom_form_field_definitions,
                   to_char(e.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
                   to_char(e.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at
              FROM events e WHERE e.id = $1) r
"""


async def find_event(reader: Reader, event_id: str) -> bytes | None:
    """The event with its shared form fields."""
    row = await reader.maybe(FIND_EVENT, event_id)
    return row[0] if row else None


# Serves GET /events/{event_id}/activities; index activities_page (event_id, created_at, id) WHERE is_published.
PAGE_ACTIVITIES: Final = join(
    _PAGED,
    _ACTIVITY,
    """ AS body
      FROM activities x
     WHERE x.event_id = $1 AND x.is_published AND (x.created_at, x.id) > ($2, $3)
       AND ($5::text IS NULL OR x.thread_id = $5) AND ($6::text IS NULL OR x.location_id = $6)
       AND ($7::text IS NULL OR x.status = $7)
       AND ($8::timestamptz IS NULL OR (x.starts_at >= $8 AND x.starts_at < $9))
       AND ($10::timestamptz IS NULL OR x.updated_at >= $10)""",
    _IN_ORDER,
)


async def page_activities(
    reader: Reader,
    event_id: str,
    after: tuple[datetime, str],
    limit: int,
    *,
    thread_id: str | None = None,
    location_id: str | None = None,
    status: str | None = None,
    day: Span | None = None,
    updated_since: datetime | None = None,
) -> Page:
    """Published activities from a position on, in order of creation."""
    since, until = (day.since, day.until) if day else (None, None)
    narrowed = (thread_id, location_id, status, since, until, updated_since)
    asked = reader if narrowed == (None,) * 6 else reader.by_value
    return Page.of(await asked.all(PAGE_ACTIVITIES, event_id, *after, limit, *narrowed), limit)


# Serves GET /events/{event_id}/activities/{activity_id}.
FIND_ACTIVITY: Final = join(
    "SELECT ",
    _ACTIVITY,
    " FROM activities x WHERE x.event_id = $1 AND x.id = $2 AND x.is_published",
)


async def find_activity(reader: Reader, event_id: str, id: str) -> bytes | None:
    """One published activity of this event."""
    row = await reader.maybe(FIND_ACTIVITY, event_id, id)
    return row[0] if row else None


# Serves GET /events/{event_id}/program; index activities_by_start.
LIST_ACTIVITIES: Final = join(
    "SELECT x.starts_at, ",
    _ACTIVITY,
    " FROM activities x WHERE x.event_id = $1 AND x.is_published ORDER BY x.starts_at, x.id",
)


async def list_activities(reader: Reader, event_id: str) -> list[Dated]:
    """The whole published program by start."""
    return [Dated(*row) for row in await reader.all(LIST_ACTIVITIES, event_id)]


# Serves the rest of GET /events/{event_id}/program: when it changed, threads, locations.
PROGRAM: Final = join(
    """
    SELECT to_char(greatest(e.updated_at,
                            (SELECT max(updated_at) FROM activities WHERE event_id = e.id AND is_published),
                            (SELECT max(updated_at) FROM threads WHERE event_id = e.id),
                            (SELECT max(updated_at) FROM locations WHERE event_id = e.id)),
                   'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           coalesce((SELECT string_agg(""",
    _THREAD,
    """, ','::bytea ORDER BY x.position, x.created_at, x.id) FROM threads x WHERE x.event_id = e.id), ''),
           coalesce((SELECT string_agg(""",
    _LOCATION,
    """, ','::bytea ORDER BY x.level, x.position, x.name, x.id) FROM locations x WHERE x.event_id = e.id), '')
      FROM events e WHERE e.id = $1""",
)


async def program(reader: Reader, event_id: str) -> tuple[str, bytes, bytes] | None:
    """When anything in the published program last changed, its threads and its locations, parents first."""
    row = await reader.maybe(PROGRAM, event_id)
    return None if row is None else (row[0], row[1], row[2])


# Serves GET /events/{event_id}/threads; index threads_page.
PAGE_THREADS: Final = join(
    _PAGED,
    _THREAD,
    """ AS body
      FROM threads x
     WHERE x.event_id = $1 AND (x.created_at, x.id) > ($2, $3)
       AND ($5::timestamptz IS NULL OR x.updated_at >= $5)""",
    _IN_ORDER,
)


async def page_threads(
    reader: Reader, event_id: str, after: tuple[datetime, str], limit: int, *, updated_since: datetime | None = None
) -> Page:
    """Threads from a position on, in order of creation."""
    return Page.of(await reader.all(PAGE_THREADS, event_id, *after, limit, updated_since), limit)


# Serves GET /events/{event_id}/locations; index locations_page.
PAGE_LOCATIONS: Final = join(
    _PAGED,
    _LOCATION,
    """ AS body
      FROM locations x
     WHERE x.event_id = $1 AND (x.created_at, x.id) > ($2, $3)
       AND ($5::timestamptz IS NULL OR x.updated_at >= $5)""",
    _IN_ORDER,
)


async def page_locations(
    reader: Reader, event_id: str, after: tuple[datetime, str], limit: int, *, updated_since: datetime | None = None
) -> Page:
    """Locations from a position on, in order of creation."""
    return Page.of(await reader.all(PAGE_LOCATIONS, event_id, *after, limit, updated_since), limit)


# Serves GET /events/{event_id}/registration-waves; a wave's status is decided as in events/waves/rules.
PAGE_WAVES: Final = join(
    _PAGED,
    """convert_to((SELECT row_to_json(r)::text FROM (SELECT
    x.id, x.event_id, x.title, x.role, to_char(x.opens_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS opens_at,
    to_char(x.closes_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS closes_at, x.capacity,
    CASE WHEN $6::timestamptz < x.opens_at THEN 'upcoming'
         WHEN $6 >= x.closes_at THEN 'closed'
         WHEN x.capacity <= (SELECT count(*) FROM applications a
                              WHERE a.event_id = x.event_id AND a.registration_wave_id = x.id
                                AND a.status IN ('pending', 'approved', 'revision_requested')) THEN 'full'
         ELSE 'open' END AS status,
    to_char(x.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    to_char(x.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at) r), 'UTF8') AS body
      FROM registration_waves x
     WHERE x.event_id = $1 AND (x.created_at, x.id) > ($2, $3)
       AND ($5::timestamptz IS NULL OR x.updated_at >= $5)""",
    _IN_ORDER,
)


async def page_waves(
    reader: Reader,
    event_id: str,
    after: tuple[datetime, str],
    limit: int,
    *,
    updated_since: datetime | None = None,
    now: datetime,
) -> Page:
    """Registration waves from a position on, in order of creation, as they stand at `now`."""
    return Page.of(await reader.all(PAGE_WAVES, event_id, *after, limit, updated_since, now), limit)
