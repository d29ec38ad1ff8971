"""SQL of the delivery log. Every statement takes the endpoints that the asker may see, and filters by them."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from revento.kernel import ids
from revento.kernel.db import Row, Tx
from revento.webhooks.console.models import LIVE, Endpoint, Entry, Search, SecretThen, Told, TopicUse, Try

# Serves the pages of an integration's developers (client_ids), of an organizer (installation_id) and the command line.
LIST_ENDPOINTS = """
    SELECT e.no, e.client_id, e.integration_id, e.installation_id, e.event_id, e.organization_id, e.state, e.reason,
           e.paused_at, e.next_probe_at, e.most_in_flight, e.rate_per_s, e.fail_streak, e.breaker_level,
           e.breaker_until, e.not_before, e.failing_since, e.warned_at, e.last_success_at, e.last_failure_at,
           e.last_seq, nullif(f.document->>'webhook_url', '') AS url
      FROM endpoints e
      JOIN clients c ON c.id = e.client_id
      JOIN manifests f ON f.id = c.manifest_id
     WHERE (%(client_ids)s::text[] IS NULL OR e.client_id = ANY (%(client_ids)s))
       AND (%(integration_id)s::text IS NULL OR e.integration_id = %(integration_id)s)
       AND (%(installation_id)s::text IS NULL OR e.installation_id = %(installation_id)s)
       AND (%(event_id)s::text IS NULL OR e.event_id = %(event_id)s)
     ORDER BY e.no
"""


async def list_endpoints(
    tx: Tx,
    *,
    client_ids: list[str] | None = None,
    integration_id: str | None = None,
    installation_id: str | None = None,
    event_id: str | None = None,
) -> list[Endpoint]:
    """The receivers to which all that is given applies, oldest first. At least one of the four must be given."""
    if client_ids is None and integration_id is None and installation_id is None and event_id is None:
        raise ValueError("whose endpoints?")
    return await tx.all(
        Endpoint,
        LIST_ENDPOINTS,
        client_ids=client_ids,
        integration_id=integration_id,
        installation_id=installation_id,
        event_id=event_id,
    )


async def list_every_endpoint(tx: Tx) -> list[Endpoint]:
    """Every receiver there is: for the operator only."""
    return await tx.all(
        Endpoint, LIST_ENDPOINTS, client_ids=None, integration_id=None, installation_id=None, event_id=None
    )


# A time range as a range of numbers, a little too wide. A tick holds the number reached before its minute began.
BOUNDS = """
    SELECT coalesce((SELECT no FROM delivery_ticks WHERE minute <= %(since)s::timestamptz - interval '1 minute'
                      ORDER BY minute DESC LIMIT 1), 0) AS low,
           coalesce((SELECT no + 1 FROM delivery_ticks WHERE minute >= %(until)s::timestamptz + interval '2 minutes'
                      ORDER BY minute LIMIT 1), 9223372036854775807) AS high
"""

_LIVE_PAGE: Final = """
    SELECT d.no, d.id, d.endpoint_no, e.client_id, e.integration_id, e.installation_id, e.event_id, d.topic,
           d.resource_key, CASE d.state WHEN 0 THEN 'ready' WHEN 1 THEN 'sending' WHEN 3 THEN 'waiting' ELSE 'held' END
           AS state, d.attempts, d.is_replay, d.seq, d.last_status, d.last_error, d.due, d.created_at,
           NULL::timestamptz AS finished_at, NULL::timestamptz AS acknowledged_at, d.message_id, d.message_at
      FROM endpoints e
     CROSS JOIN LATERAL (
           SELECT no, id, endpoint_no, topic, resource_key, state, attempts, is_replay, seq, last_status, last_error,
                  due, created_at, message_id, message_at
             FROM deliveries
            WHERE endpoint_no = e.no AND no < %(before)s AND no > %(low)s AND no < %(high)s
              AND (%(state)s::smallint IS NULL OR state = %(state)s)
              AND (%(topic)s::text IS NULL OR topic = %(topic)s)
              AND (%(resource)s::text IS NULL OR resource_key = %(resource)s)
              AND (%(messages)s::text[] IS NULL OR message_id = ANY (%(messages)s))
              AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
              AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
            ORDER BY no DESC LIMIT %(limit)s
           ) d
     WHERE e.no = ANY (%(endpoint_nos)s)
     ORDER BY d.no DESC LIMIT %(limit)s
"""

_SHOWN: Final = """
    SELECT d.no, d.id, d.endpoint_no, e.client_id, e.integration_id, e.installation_id, e.event_id, d.topic,
           d.resource_key, d.state, d.attempts, d.is_replay, d.seq, d.last_status, d.last_error,
           NULL::timestamptz AS due, d.created_at, d.finished_at, d.acknowledged_at, d.message_id, d.message_at
"""
_ROWS: Final = """
           SELECT no, id, endpoint_no, topic, resource_key, state, attempts, is_replay, seq, last_status, last_error,
                  created_at, finished_at, acknowledged_at, message_id, message_at
             FROM delivery_log
            WHERE no < %(before)s AND no > %(low)s AND no < %(high)s
              AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
              AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
              AND (%(finished)s::timestamptz IS NULL OR finished_at >= %(finished)s)
"""
_LOG_HEAD: Final = _SHOWN + " FROM endpoints e CROSS JOIN LATERAL (" + _ROWS + " AND endpoint_no = e.no"
_LOG_TAIL: Final = """
            ORDER BY no DESC LIMIT %(limit)s
           ) d
     WHERE e.no = ANY (%(endpoint_nos)s)
     ORDER BY d.no DESC LIMIT %(limit)s
"""
_AND_STATE: Final = " AND (%(state)s::text IS NULL OR state = %(state)s)"
_AND_TOPIC: Final = " AND (%(topic)s::text IS NULL OR topic = %(topic)s)"
_AND_MESSAGES: Final = " AND (%(messages)s::text[] IS NULL OR message_id = ANY (%(messages)s))"
# One statement for each index that can lead; what else is asked for filters the rows that it finds. A resource has few
# deliveries, so all are found first: in order from each endpoint, the planner would read whole logs for them.
_BY_RESOURCE: Final = (
    "WITH d AS MATERIALIZED ("
    + _ROWS
    + " AND resource_key = ANY (%(resources)s::text[]) AND endpoint_no = ANY (%(endpoint_nos)s)"
    + _AND_MESSAGES
    + _AND_STATE
    + _AND_TOPIC
    + ")"
    + _SHOWN
    + " FROM d JOIN endpoints e ON e.no = d.endpoint_no ORDER BY d.no DESC LIMIT %(limit)s"
)
_BY_STATE: Final = _LOG_HEAD + " AND state = %(state)s AND state <> 'delivered'" + _AND_TOPIC + _LOG_TAIL
_BY_TOPIC: Final = _LOG_HEAD + " AND topic = %(topic)s" + _AND_STATE + _LOG_TAIL
_BY_ENDPOINT: Final = _LOG_HEAD + _AND_STATE + _LOG_TAIL

HIGHEST: Final = 9223372036854775807


class _Bounds(Row, frozen=True):
    low: int
    high: int


async def page(tx: Tx, endpoint_nos: list[int], search: Search, *, before: int = HIGHEST, limit: int) -> list[Entry]:
    """Deliveries of these endpoints that answer `search`, newest first, older than number `before`.

    Fast whatever the log's size: each filter that leaves few rows has an index that leads.
    """
    if not endpoint_nos:
        return []
    messages: list[_Asked] | None = None
    if search.message_id is not None:
        messages = await _list_named(tx, search.message_id)
    elif search.request_id is not None:
        messages = await tx.all(_Asked, LIST_ASKED, request_id=search.request_id)
    if messages is not None and not messages:
        return []
    bounds = await tx.one(_Bounds, BOUNDS, since=search.since, until=search.until)
    params: dict[str, Any] = {
        "endpoint_nos": endpoint_nos,
        "before": before,
        "low": bounds.low,
        "high": bounds.high,
        "since": search.since,
        "finished": search.since,  # nothing is over before it began: partitions from before then need no look
        "until": search.until,
        "topic": search.topic,
        "messages": None if messages is None else [one.id for one in messages],
        "limit": limit,
    }
    found: list[Entry] = []
    if search.state is None or search.state in LIVE:
        state = None if search.state is None else LIVE[search.state]
        found += await tx.all(Entry, _LIVE_PAGE, state=state, resource=search.resource_id, **params)
    if search.state not in LIVE:
        found += await _logged(tx, search, messages, params)
    return sorted(found, key=lambda one: -one.no)[:limit]


async def _logged(tx: Tx, search: Search, messages: "list[_Asked] | None", params: dict[str, Any]) -> list[Entry]:
    params = params | {"state": search.state}
    if messages is not None or search.resource_id is not None:
        resources = {one.resource_key for one in messages or ()} or {search.resource_id}
        if search.resource_id is not None:
            resources &= {search.resource_id}
        return await tx.all(Entry, _BY_RESOURCE, resources=sorted(one for one in resources if one), **params)
    if search.state not in (None, "delivered"):
        return await tx.all(Entry, _BY_STATE, **params)
    if search.topic is not None:
        return await tx.all(Entry, _BY_TOPIC, **params)
    if search.since is None and search.until is None and params["before"] == HIGHEST:
        newest = await _newest(tx, params)
        if len(newest) == params["limit"]:
            return newest
    return await tx.all(Entry, _BY_ENDPOINT, **params)


_DAY: Final = timedelta(days=1)
_WIDER: Final = timedelta(minutes=10)  # than bounds are


async def _newest(tx: Tx, params: dict[str, Any]) -> list[Entry]:
    """The newest rows, if they are of the last day: from its partitions alone, instead of every endpoint in each."""
    since = await tx.one(datetime, "SELECT now() - %(day)s::interval", day=_DAY)
    bounds = await tx.one(_Bounds, BOUNDS, since=since, until=None)
    return await tx.all(Entry, _BY_ENDPOINT, **params | {"low": bounds.low, "finished": since - _WIDER})


class _Asked(Row, frozen=True):
    id: str
    resource_key: str


# The primary key leads with the time, which the id begins with: near it first, for a debounced one within a day.
LIST_NAMED = """
    SELECT id, resource_key FROM messages WHERE created_at BETWEEN %(since)s AND %(until)s AND id = %(id)s
"""
_NEAR: Final = (timedelta(minutes=1), timedelta(minutes=1))
_FAR: Final = (timedelta(hours=1), timedelta(days=1))


async def _list_named(tx: Tx, id: str) -> list[_Asked]:
    at = ids.made_at(id)
    near = await tx.all(_Asked, LIST_NAMED, id=id, since=at - _NEAR[0], until=at + _NEAR[1])
    return near or await tx.all(_Asked, LIST_NAMED, id=id, since=at - _FAR[0], until=at + _FAR[1])


# Index messages_by_request.
LIST_ASKED = "SELECT id, resource_key FROM messages WHERE request_id = %(request_id)s"

# Indexes deliveries_by_id, delivery_log_by_id.
FIND = """
    SELECT d.no, d.id, d.endpoint_no, e.client_id, e.integration_id, e.installation_id, e.event_id, d.topic,
           d.resource_key, d.state, d.attempts, d.is_replay, d.seq, d.last_status, d.last_error, d.due, d.created_at,
           d.finished_at, d.acknowledged_at, d.message_id, d.message_at
      FROM (SELECT no, id, endpoint_no, topic, resource_key,
                   CASE state WHEN 0 THEN 'ready' WHEN 1 THEN 'sending' WHEN 3 THEN 'waiting' ELSE 'held' END AS state,
                   attempts, is_replay, seq, last_status, last_error, due, created_at, NULL::timestamptz AS finished_at,
                   NULL::timestamptz AS acknowledged_at, message_id, message_at
              FROM deliveries WHERE id = %(id)s
             UNION ALL
            SELECT no, id, endpoint_no, topic, resource_key, state, attempts, is_replay, seq, last_status, last_error,
                   NULL, created_at, finished_at, acknowledged_at, message_id, message_at
              FROM delivery_log WHERE id = %(id)s) d
      JOIN endpoints e ON e.no = d.endpoint_no
     WHERE e.no = ANY (%(endpoint_nos)s)
"""


async def find(tx: Tx, endpoint_nos: list[int], id: UUID) -> Entry | None:
    """One delivery of these endpoints."""
    return await tx.maybe(Entry, FIND, endpoint_nos=endpoint_nos, id=id)


FIND_MESSAGE = """
    SELECT id, request_id, occurred_at, created_at, body FROM messages WHERE created_at = %(at)s AND id = %(id)s
"""


async def find_message(tx: Tx, id: str, at: datetime) -> Told | None:
    """The message behind a delivery, unless it is older than retention."""
    return await tx.maybe(Told, FIND_MESSAGE, id=id, at=at)


LIST_TRIES = """
    SELECT n, at, timestamp_s, signed_sha256, outcome, status, detail, answer, latency_ms
      FROM attempts WHERE endpoint_no = %(endpoint_no)s AND no = %(no)s
     ORDER BY n, at
"""


async def list_tries(tx: Tx, endpoint_no: int, no: int) -> list[Try]:
    """Every recorded try of a delivery, oldest first; index attempts_by_delivery."""
    return await tx.all(Try, LIST_TRIES, endpoint_no=endpoint_no, no=no)


# Looks at the newest of each type at the receivers that answered last: index delivery_log_by_topic. Of a type that is
# accepted at all, one of so many has been.
LIST_TOPIC_USE = """
    SELECT t.name AS topic, max(r.created_at) AS last_made_at,
           max(r.finished_at) FILTER (WHERE r.state IN ('delivered', 'acknowledged')) AS last_accepted_at
      FROM unnest(%(topics)s::text[]) AS t (name)
      LEFT JOIN (SELECT no FROM endpoints WHERE client_id = %(client_id)s
                  ORDER BY greatest(last_success_at, last_failure_at) DESC NULLS LAST, no DESC LIMIT 20) e ON true
      LEFT JOIN LATERAL (
           (SELECT l.state, l.created_at, l.finished_at FROM delivery_log l
             WHERE l.endpoint_no = e.no AND l.topic = t.name ORDER BY l.no DESC LIMIT 50)
            UNION ALL
           (SELECT 'waiting', d.created_at, NULL FROM deliveries d
             WHERE d.endpoint_no = e.no AND d.topic = t.name ORDER BY d.no DESC LIMIT 1)) r ON true
     GROUP BY t.name
"""


async def list_topic_use(tx: Tx, client_id: str, topics: list[str]) -> list[TopicUse]:
    """Which of the declared types a client's receivers were sent and accepted within retention."""
    return await tx.all(TopicUse, LIST_TOPIC_USE, client_id=client_id, topics=topics)


LIST_SECRETS = """
    SELECT id, sealed, created_at, least(ended_at, expires_at) AS over_at
      FROM signing_secrets WHERE client_id = %(client_id)s
     ORDER BY created_at DESC, id DESC
"""


async def list_secrets(tx: Tx, client_id: str) -> list[SecretThen]:
    """Every signing secret that a client ever had, newest first."""
    return await tx.all(SecretThen, LIST_SECRETS, client_id=client_id)


TICK = """
    INSERT INTO delivery_ticks (minute, no)
    SELECT date_trunc('minute', now()) + interval '1 minute', last_value FROM deliveries_no_seq
        ON CONFLICT (minute) DO UPDATE SET no = greatest(delivery_ticks.no, excluded.no)
"""


async def tick(tx: Tx) -> None:
    """Notes how far the numbering has come by now, for searches by time. To be called some times a minute."""
    await tx.run(TICK)
