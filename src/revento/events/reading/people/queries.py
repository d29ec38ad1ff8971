"""SQL of participants as integrations read them. Only shared fields leave a statement; e-mail addresses never do."""

from datetime import datetime
from typing import Final, LiteralString

from revento.events.reading.models import Page
from revento.kernel.reader import Reader, join

# A participant as it was stored with its last change; made anew when other fields are shared by now (docs/adr/011).
# From p (participants) and s: the keys of shared fields, which OFFSET 0 keeps from being looked up with every row.
_DOCUMENT: Final[LiteralString] = """
    CASE WHEN p.document_keys = s.keys THEN p.document
         ELSE (SELECT participant_document(p, a, s.keys) FROM applications a
                WHERE a.event_id = p.event_id AND a.id = p.application_id) END"""


_ALONE: Final[LiteralString] = "FROM participants p"
_WITH_APPLICATION: Final[LiteralString] = """FROM participants p
      JOIN applications a ON a.event_id = p.event_id AND a.id = p.application_id"""


def _paged(
    event_id: LiteralString,
    source: LiteralString = _ALONE,
    *more: LiteralString,
    after: LiteralString = "$2, $3",
    limit: LiteralString = "$4",
) -> LiteralString:
    """Rows of (creation time, id, JSON) from a position on; of limit + 1 rows the last only says that there is more.

    The most that a page may have stands in the statement, so that the one plan for all is made for a page and not for a
    tenth of the event; the page's own limit ends it earlier.
    """
    return join(
        "SELECT y.created_at, y.id, y.body FROM (SELECT p.created_at, p.id, ",
        _DOCUMENT,
        " AS body\n      ",
        source,
        ",\n           (SELECT shared_keys(",
        event_id,
        ") AS keys OFFSET 0) s\n     WHERE p.event_id = ",
        event_id,
        " AND (p.created_at, p.id) > (",
        after,
        ")",
        *more,
        "\n     ORDER BY p.created_at, p.id\n     LIMIT 51) y LIMIT ",
        limit,
        " + 1",
    )


# Serves GET /events/{event_id}/participants without filters; index participants_page (event_id, created_at, id).
PAGE: Final = _paged("$1")


def page_ahead(event_id: LiteralString, after: LiteralString, limit: LiteralString) -> LiteralString:
    """The same as one row, for the token check's statement: one round trip instead of two."""
    last = ("(array_agg(z.created_at))[", limit, "] AS last_at, (array_agg(z.id))[", limit, "] AS last_id")
    paged = _paged(event_id, after=after, limit=limit)
    return join("SELECT array_agg(z.body) AS bodies, ", *last, " FROM (", paged, ") z")


# Serves the same with filters: a statement of its own, so that the plan without them stays as simple as it can be.
PAGE_FILTERED: Final = _paged(
    "$1",
    _WITH_APPLICATION,
    """
       AND ($5::text IS NULL OR a.status = $5) AND ($6::text IS NULL OR a.role = $6)
       AND ($7::timestamptz IS NULL OR p.updated_at >= $7)""",
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
    _DOCUMENT,
    """
      FROM participants p, (SELECT shared_keys($1) AS keys OFFSET 0) s
     WHERE p.event_id = $1 AND p.id = $2""",
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
