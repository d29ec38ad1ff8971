"""SQL of the ledger. It is written without foreign keys, so names are looked up when it is read."""

from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

import msgspec

from revento.access.models import Entry, Read, Refusals, Use
from revento.kernel.db import Tx
from revento.kernel.reader import join

INSERT: Final = """
    INSERT INTO api_requests (at, request_id, integration_id, client_id, installation_id, event_id, user_id, family_id,
                              participant_id, token_kind, method, endpoint, path, query, scope, version, status, error,
                              rows, people, duration_ms, address)
    SELECT at, request_id, integration_id, client_id, installation_id, event_id, user_id, family_id, participant_id,
           token_kind, method, endpoint, path, query, scope, version, status, error, rows, people, duration_ms, address
      FROM jsonb_to_recordset(%(reads)s::jsonb)
        AS r (at timestamptz, request_id uuid, integration_id text, client_id text, installation_id text,
              event_id text, user_id text, family_id text, participant_id text, token_kind text, method text,
              endpoint text, path text, query text, scope text, version text, status smallint, error text,
              rows integer, people integer, duration_ms real, address text)
"""


async def insert(tx: Tx, reads: list[Read]) -> None:
    """Appends requests, in one statement."""
    await tx.run(INSERT, reads=msgspec.json.encode(reads).decode())


TOUCH_INSTALLATIONS: Final = """
    UPDATE installations SET last_used_at = %(at)s
     WHERE id = ANY (%(ids)s) AND (last_used_at IS NULL OR last_used_at < %(at)s::timestamptz - interval '1 minute')
"""


async def touch_installations(tx: Tx, ids: list[str], at: datetime) -> None:
    """Notes that connections were used; to the minute, so that a busy one is not rewritten every second."""
    if ids:
        await tx.run(TOUCH_INSTALLATIONS, ids=ids, at=at)


TOUCH_GRANTS: Final = """
    UPDATE user_grants SET last_used_at = %(at)s
     WHERE id = ANY (%(ids)s) AND (last_used_at IS NULL OR last_used_at < %(at)s::timestamptz - interval '1 minute')
"""


async def touch_grants(tx: Tx, ids: list[str], at: datetime) -> None:
    """Notes that people's grants were used, likewise."""
    if ids:
        await tx.run(TOUCH_GRANTS, ids=ids, at=at)


# A row as `Entry` has it, wherever it is looked for.
_COLUMNS: Final = """
    SELECT q.at, q.request_id, q.integration_id, n.name AS integration_name, q.installation_id, q.event_id,
           e.title AS event_title, q.user_id, q.participant_id, q.family_id, q.token_kind, q.method, q.endpoint,
           q.path, q.query, q.scope, q.version, q.status, q.error, q.rows, q.people, q.duration_ms
"""
_ENTRIES: Final = join(
    _COLUMNS,
    """
      FROM api_requests q
      LEFT JOIN integrations n ON n.id = q.integration_id
      LEFT JOIN events e ON e.id = q.event_id
""",
)

# Serves the organizer's ledger and the participant's "what did it read of me"; index api_requests_by_event.
PAGE_BY_EVENT: Final = join(
    _ENTRIES,
    """
     WHERE q.event_id = %(event_id)s AND q.at >= %(since)s AND q.at < %(until)s
       AND (%(integration_id)s::text IS NULL OR q.integration_id = %(integration_id)s)
       AND (%(installation_id)s::text IS NULL OR q.installation_id = %(installation_id)s)
       AND (%(endpoint)s::text IS NULL OR q.endpoint = %(endpoint)s)
       AND (%(user_id)s::text IS NULL OR q.user_id = %(user_id)s)
       AND (NOT %(people_only)s OR q.people > 0)
     ORDER BY q.at DESC, q.request_id
     LIMIT %(limit)s
""",
)


async def page_by_event(
    tx: Tx,
    event_id: str,
    *,
    since: datetime,
    until: datetime,
    integration_id: str | None = None,
    installation_id: str | None = None,
    endpoint: str | None = None,
    user_id: str | None = None,
    people_only: bool = False,
    limit: int = 50,
) -> list[Entry]:
    """What was asked about an event, the newest first. Pages go on with `until` = the last row's time.

    `user_id`: only with tokens of that person; `people_only`: only answers that held people's rows.
    """
    return await tx.all(
        Entry,
        PAGE_BY_EVENT,
        event_id=event_id,
        since=since,
        until=until,
        integration_id=integration_id,
        installation_id=installation_id,
        endpoint=endpoint,
        user_id=user_id,
        people_only=people_only,
        limit=limit,
    )


# Serves "what did it read of me": list pages that everybody is on, what named me, and what came with my own tokens.
PAGE_ABOUT: Final = join(
    _ENTRIES,
    """
     WHERE q.event_id = %(event_id)s AND q.at >= %(since)s AND q.at < %(until)s AND q.people > 0
       AND (%(integration_id)s::text IS NULL OR q.integration_id = %(integration_id)s)
       AND (q.user_id = %(user_id)s
            OR (q.user_id IS NULL AND (q.participant_id IS NULL OR q.participant_id = %(participant_id)s)))
     ORDER BY q.at DESC, q.request_id
     LIMIT %(limit)s
""",
)


async def page_about(
    tx: Tx,
    event_id: str,
    *,
    user_id: str,
    participant_id: str | None,
    since: datetime,
    until: datetime,
    integration_id: str | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Answers that held, or may have held, a person's rows in this event, the newest first.

    A page of the participant list counts for everybody in the event: which rows it held is not kept.
    """
    return await tx.all(
        Entry,
        PAGE_ABOUT,
        event_id=event_id,
        user_id=user_id,
        participant_id=participant_id,
        since=since,
        until=until,
        integration_id=integration_id,
        limit=limit,
    )


# Serves the participant's page of connected apps: the same, added up.
SUMMARY_ABOUT: Final = """
    SELECT q.integration_id, coalesce(n.name, q.integration_id) AS integration_name, q.installation_id, q.endpoint,
           q.scope, count(*) AS requests, 0::bigint AS refused, coalesce(sum(q.rows), 0)::bigint AS rows,
           coalesce(sum(q.people), 0)::bigint AS people, min(q.at) AS first_at, max(q.at) AS last_at
      FROM api_requests q
      LEFT JOIN integrations n ON n.id = q.integration_id
     WHERE q.event_id = %(event_id)s AND q.at >= %(since)s AND q.people > 0 AND q.integration_id IS NOT NULL
       AND (q.user_id = %(user_id)s
            OR (q.user_id IS NULL AND (q.participant_id IS NULL OR q.participant_id = %(participant_id)s)))
     GROUP BY q.integration_id, n.name, q.installation_id, q.endpoint, q.scope
     ORDER BY max(q.at) DESC, q.endpoint
"""


async def summary_about(
    tx: Tx, event_id: str, *, user_id: str, participant_id: str | None, since: datetime
) -> list[Use]:
    """Per integration and endpoint: how often it was given rows that may be this person's, and when last."""
    return await tx.all(
        Use, SUMMARY_ABOUT, event_id=event_id, user_id=user_id, participant_id=participant_id, since=since
    )


# What an integrator may narrow her log to.
_NARROWED: Final = """
       AND (%(client_id)s::text IS NULL OR q.client_id = %(client_id)s)
       AND (%(installation_id)s::text IS NULL OR q.installation_id = %(installation_id)s)
       AND (%(event_id)s::text IS NULL OR q.event_id = %(event_id)s)
       AND (%(endpoint)s::text IS NULL OR q.endpoint = %(endpoint)s)
       AND (%(status_from)s::int IS NULL OR (q.status >= %(status_from)s AND q.status <= %(status_to)s))
"""
_OF_INTEGRATION: Final = """
     WHERE q.integration_id = %(integration_id)s AND q.at >= %(since)s AND q.at < %(until)s
"""
_NEWEST: Final = """
     ORDER BY q.at DESC, q.request_id
     LIMIT %(limit)s
"""

# Serves the integrator's request log; index api_requests_by_integration.
PAGE_BY_INTEGRATION: Final = join(
    _ENTRIES,
    _OF_INTEGRATION,
    "       AND (%(client_id)s::text IS NULL OR q.client_id = %(client_id)s)",
    _NEWEST,
)
# The same for one error, for refusals by a limit, for what failed here; api_requests_by_error, _limited and _failed
# hold nothing else.
PAGE_BY_ERROR: Final = join(_ENTRIES, _OF_INTEGRATION, "       AND q.error = %(error)s", _NARROWED, _NEWEST)
PAGE_LIMITED: Final = join(_ENTRIES, _OF_INTEGRATION, "       AND q.status = 429", _NARROWED, _NEWEST)
PAGE_FAILED: Final = join(_ENTRIES, _OF_INTEGRATION, "       AND q.status >= 500", _NARROWED, _NEWEST)

# The same with other filters that few requests answer: only the newest hours that hold some are read, each by itself;
# primary key of api_hours, then index api_requests_by_integration.
LIST_HOURS: Final = """
    SELECT DISTINCT h.hour
      FROM api_hours h
     WHERE h.integration_id = %(integration_id)s
       AND h.hour > %(since)s::timestamptz - interval '1 hour' AND h.hour < %(until)s
       AND (%(client_id)s::text IS NULL OR h.client_id = %(client_id)s)
       AND (%(installation_id)s::text IS NULL OR h.installation_id = %(installation_id)s)
       AND (%(event_id)s::text IS NULL
            OR h.installation_id IN (SELECT i.id FROM installations i WHERE i.event_id = %(event_id)s))
       AND (%(endpoint)s::text IS NULL OR h.endpoint = %(endpoint)s)
       AND (%(status_from)s::int IS NULL
            OR CASE WHEN %(status_from)s::int >= 400 THEN h.refused ELSE h.requests END > 0)
     ORDER BY h.hour DESC
"""
PAGE_IN_HOURS: Final = join(
    _COLUMNS,
    """
      FROM unnest(%(hours)s::timestamptz[]) AS o (hour)
     CROSS JOIN LATERAL (
           SELECT *
             FROM api_requests q
    """,
    _OF_INTEGRATION,
    "       AND q.at >= o.hour AND q.at < o.hour + interval '1 hour'",
    _NARROWED,
    _NEWEST,
    """
           ) q
      LEFT JOIN integrations n ON n.id = q.integration_id
      LEFT JOIN events e ON e.id = q.event_id
     ORDER BY o.hour DESC, q.at DESC, q.request_id
     LIMIT %(limit)s
    """,
)


LIMITED: Final = (429, 429)
FAILED: Final = (500, 599)
_AT_ONCE: Final = 24  # hours
_RARE: Final[dict[tuple[int, int] | None, LiteralString]] = {LIMITED: PAGE_LIMITED, FAILED: PAGE_FAILED}


async def page_by_integration(
    tx: Tx,
    integration_id: str,
    *,
    since: datetime,
    until: datetime,
    client_id: str | None = None,
    installation_id: str | None = None,
    event_id: str | None = None,
    endpoint: str | None = None,
    error: str | None = None,
    statuses: tuple[int, int] | None = None,
    limit: int = 50,
) -> list[Entry]:
    """What an integration asked, the newest first. Pages go on with `until` = the last row's time."""
    asked = {
        "integration_id": integration_id,
        "since": since,
        "until": until,
        "client_id": client_id,
        "installation_id": installation_id,
        "event_id": event_id,
        "endpoint": endpoint,
        "error": error,
        "status_from": statuses[0] if statuses else None,
        "status_to": statuses[1] if statuses else None,
        "limit": limit,
    }
    if error is not None:
        return await tx.all(Entry, PAGE_BY_ERROR, **asked)
    if statuses in _RARE:
        return await tx.all(Entry, _RARE[statuses], **asked)
    if (installation_id, event_id, endpoint, statuses) == (None,) * 4:
        return await tx.all(Entry, PAGE_BY_INTEGRATION, **asked)
    found, hours = list[Entry](), await tx.all(datetime, LIST_HOURS, **asked)
    while hours and len(found) < limit:
        left = asked | {"hours": hours[:_AT_ONCE], "limit": limit - len(found)}
        found, hours = found + await tx.all(Entry, PAGE_IN_HOURS, **left), hours[_AT_ONCE:]
    return found


# Serves the search by request id in every console; index api_requests_by_id.
FIND_BY_REQUEST_ID: Final = join(
    _ENTRIES,
    """
     WHERE q.request_id = %(request_id)s
       AND (%(integration_id)s::text IS NULL OR q.integration_id = %(integration_id)s)
     ORDER BY q.at DESC
     LIMIT 50
""",
)


async def find_by_request_id(tx: Tx, request_id: UUID, *, integration_id: str | None = None) -> list[Entry]:
    """The requests that carried this id; an integrator's search names the integration, the operator's doesn't."""
    return await tx.all(Entry, FIND_BY_REQUEST_ID, request_id=request_id, integration_id=integration_id)


# Serves the usage table of a connection's page and of the ledger; index api_requests_by_event.
SUMMARY: Final = """
    SELECT q.integration_id, coalesce(n.name, q.integration_id) AS integration_name, q.installation_id, q.endpoint,
           q.scope, count(*) AS requests, count(*) FILTER (WHERE q.status >= 400) AS refused,
           coalesce(sum(q.rows), 0)::bigint AS rows, coalesce(sum(q.people), 0)::bigint AS people,
           min(q.at) AS first_at, max(q.at) AS last_at
      FROM api_requests q
      LEFT JOIN integrations n ON n.id = q.integration_id
     WHERE q.event_id = %(event_id)s AND q.at >= %(since)s AND q.integration_id IS NOT NULL
       AND (%(installation_id)s::text IS NULL OR q.installation_id = %(installation_id)s)
       AND (%(user_id)s::text IS NULL OR q.user_id = %(user_id)s)
     GROUP BY q.integration_id, n.name, q.installation_id, q.endpoint, q.scope
     ORDER BY max(q.at) DESC, q.endpoint
"""


async def summary(
    tx: Tx, event_id: str, *, since: datetime, installation_id: str | None = None, user_id: str | None = None
) -> list[Use]:
    """What each connection read of an event per endpoint, with the last time; `user_id`: with that person's tokens."""
    return await tx.all(Use, SUMMARY, event_id=event_id, since=since, installation_id=installation_id, user_id=user_id)


# Serves the watch for repeated 429s; index api_requests_limited.
LIST_REFUSED: Final = """
    SELECT q.integration_id, coalesce(max(n.name), q.integration_id) AS integration_name, q.installation_id,
           q.event_id, q.family_id, q.token_kind, count(*) AS refusals, min(q.at) AS first_at, max(q.at) AS last_at
      FROM api_requests q
      LEFT JOIN integrations n ON n.id = q.integration_id
     WHERE q.status = 429 AND q.at >= %(since)s AND q.family_id IS NOT NULL
     GROUP BY q.integration_id, q.installation_id, q.event_id, q.family_id, q.token_kind
    HAVING count(*) >= %(least)s
     ORDER BY count(*) DESC
"""


async def list_refused(tx: Tx, *, since: datetime, least: int) -> list[Refusals]:
    """Tokens refused by their limits at least so often since then."""
    return await tx.all(Refusals, LIST_REFUSED, since=since, least=least)
