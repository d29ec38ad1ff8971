"""SQL of participants as integrations read them. Only shared fields leave a statement; e-mail addresses never do."""

from datetime import datetime
from typing import Final, LiteralString

from revento.events.reading.models import Page
from revento.kernel.reader import Reader, join, json_time, json_word

# One participant in the shape of contract/v1, from p (participants), a (applications) and s (keys of shared fields).
# Put together as text, which is cheaper than row_to_json; what people wrote goes through to_json.
_PARTICIPANT: Final[LiteralString] = join(
    """convert_to(concat('{"id":"', p.id, '","event_id":"', p.event_id, '","user_id":"', p.user_id,
    '","application_id":"', p.application_id, '","display_name":', to_json(p.display_name), ',"role":"', a.role,
    '","application_status":"', a.status, '","submitted_at":', """,
    json_time("a.submitted_at"),
    """, ',"registered_at":', """,
    json_time("a.registered_at"),
    """, ',"registration_wave_id":', """,
    json_word("a.registration_wave_id"),
    """, ',"last_reviewed_at":', """,
    json_time("a.last_reviewed_at"),
    """, ',"last_reviewer_id":', """,
    json_word("a.last_reviewer_id"),
    """, ',"last_review_action":', """,
    json_word("a.last_review_action"),
    """, ',"custom_form_fields":',
    coalesce((SELECT json_object_agg(k, a.answers -> k) FROM unnest(s.keys) k), '{}'), ',"created_at":', """,
    json_time("p.created_at"),
    """, ',"updated_at":', """,
    json_time("p.updated_at"),
    """, '}'), 'UTF8')""",
)


def _paged(event_id: LiteralString) -> LiteralString:
    """Rows of (creation time, id, JSON) from a position on; of limit + 1 rows the last only says that there is more."""
    return join(
        "SELECT p.created_at, p.id, ",
        _PARTICIPANT,
        """ AS body
      FROM participants p
      JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id,""",
        _shared(event_id),
        "\n     WHERE p.event_id = ",
        event_id,
        " AND (p.created_at, p.id) > ($2, $3)",
    )


def _shared(event_id: LiteralString) -> LiteralString:
    """The keys of shared fields, once a statement."""
    return join(
        """
    (SELECT array_agg(f.key ORDER BY f.position, f.key) AS keys
       FROM form_fields f WHERE f.event_id = """,
        event_id,
        " AND f.is_shared) s",
    )


# The most that a page may have stands in the statement, so that the one plan for all is made for a page and not for a
# tenth of the event; the page's own limit ends it earlier.
_FIRST: Final[LiteralString] = "SELECT y.created_at, y.id, y.body FROM ("
_IN_ORDER: Final[LiteralString] = """
     ORDER BY p.created_at, p.id
     LIMIT 51) y LIMIT $4 + 1"""

# Serves GET /events/{event_id}/participants without filters; index participants_page (event_id, created_at, id).
PAGE: Final = join(_FIRST, _paged("$1"), _IN_ORDER)
# The same inside the token check's statement, whose row is b: one round trip instead of two.
PAGE_AHEAD: Final[LiteralString] = join(
    """SELECT array_agg(z.body) AS bodies, (array_agg(z.created_at))[$4] AS last_at, (array_agg(z.id))[$4] AS last_id
         FROM (""",
    _FIRST,
    _paged("b.event_id"),
    _IN_ORDER,
    ") z",
)
# Serves the same with filters: a statement of its own, so that the plan without them stays as simple as it can be.
PAGE_FILTERED: Final = join(
    _FIRST,
    _paged("$1"),
    """
       AND ($5::text IS NULL OR a.status = $5) AND ($6::text IS NULL OR a.role = $6)
       AND ($7::timestamptz IS NULL OR p.updated_at >= $7)""",
    _IN_ORDER,
)


async def page(
    reader: Reader,
    event_id: str,
    after: tuple[datetime, str],
    limit: int,
    *,
    status: str | None = None,
    role: str | None = None,
    updated_since: datetime | None = None,
) -> Page:
    """Participants from a position on, in order of creation."""
    if status is None and role is None and updated_since is None:
        return Page.of(await reader.all(PAGE, event_id, *after, limit), limit)
    rows = await reader.by_value.all(PAGE_FILTERED, event_id, *after, limit, status, role, updated_since)
    return Page.of(rows, limit)


# Serves GET /events/{event_id}/participants/{participant_id}.
FIND: Final = join(
    "SELECT ",
    _PARTICIPANT,
    """
      FROM participants p
      JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id,""",
    _shared("$1"),
    " WHERE p.event_id = $1 AND p.id = $2",
)


async def find(reader: Reader, event_id: str, id: str) -> bytes | None:
    """One participant of this event."""
    row = await reader.maybe(FIND, event_id, id)
    return row[0] if row else None


# Serves GET /me/application; the reviewer's id stays in the house.
FIND_APPLICATION: Final = """
    SELECT convert_to(row_to_json(r)::text, 'UTF8')
      FROM (SELECT a.id, a.event_id, p.id AS participant_id, a.user_id, a.role, a.status,
                   to_char(a.submitted_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS submitted_at,
                   to_char(a.registered_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS registered_at, a.registration_wave_id,
                   to_char(a.last_reviewed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_reviewed_at,
                   a.last_review_action, to_char(p.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at
              FROM participants p
              JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id
             WHERE p.event_id = $1 AND p.user_id = $2) r
"""


async def find_application(reader: Reader, event_id: str, user_id: str) -> bytes | None:
    """A person's application for this event."""
    row = await reader.maybe(FIND_APPLICATION, event_id, user_id)
    return row[0] if row else None


# Serves GET /me/profile.
FIND_PROFILE: Final = """
    SELECT convert_to(row_to_json(r)::text, 'UTF8')
      FROM (SELECT u.id, u.name, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.locale
              FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL) r
"""


async def find_profile(reader: Reader, user_id: str) -> bytes | None:
    """A person's own name and address."""
    row = await reader.maybe(FIND_PROFILE, user_id)
    return row[0] if row else None
