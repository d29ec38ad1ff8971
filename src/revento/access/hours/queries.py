"""SQL of the API by the hour."""

from datetime import datetime
from typing import Any

from revento.access.hours.models import ByEndpoint, ByInstallation, Hour, Offender, ScopeUse, Sum
from revento.contract.limits import ABUSE_REFUSALS, ABUSE_WINDOW_S
from revento.kernel.db import Json, Tx

ADD = """
    INSERT INTO api_hours AS h (integration_id, hour, client_id, installation_id, endpoint, version, scope, requests,
                                refused, rejected, limited, failed, people, latency, last_at)
    SELECT integration_id, hour, client_id, installation_id, endpoint, version, scope, requests, refused, rejected,
           limited, failed, people, ARRAY(SELECT jsonb_array_elements_text(latency)::integer), last_at
      FROM jsonb_to_recordset(%(rows)s)
        AS r (integration_id text, hour timestamptz, client_id text, installation_id text, endpoint text,
              version text, scope text, requests integer, refused integer, rejected integer, limited integer,
              failed integer, people bigint, latency jsonb, last_at timestamptz)
    ON CONFLICT (integration_id, hour, client_id, installation_id, endpoint, version, scope) DO UPDATE
       SET requests = h.requests + excluded.requests, refused = h.refused + excluded.refused,
           rejected = h.rejected + excluded.rejected, limited = h.limited + excluded.limited,
           failed = h.failed + excluded.failed, people = h.people + excluded.people,
           latency = ARRAY(SELECT a + b FROM unnest(h.latency, excluded.latency) WITH ORDINALITY AS u (a, b, place)
                            ORDER BY place),
           last_at = greatest(h.last_at, excluded.last_at)
"""


async def add(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Adds sums to their hours, in one statement."""
    await tx.run(ADD, rows=Json(rows))


# Serve the developer console; primary key of api_hours.
LIST_HOURS = """
    SELECT hour, sum(requests)::bigint AS requests, sum(refused)::bigint AS refused, sum(limited)::bigint AS limited
      FROM api_hours
     WHERE integration_id = %(integration_id)s AND hour >= %(since)s
       AND (%(client_id)s::text IS NULL OR client_id = %(client_id)s)
     GROUP BY hour ORDER BY hour
"""


async def list_hours(tx: Tx, integration_id: str, *, since: datetime, client_id: str | None = None) -> list[Hour]:
    """An integration's hours; those without requests are missing."""
    return await tx.all(Hour, LIST_HOURS, integration_id=integration_id, since=since, client_id=client_id)


SUM_UP = """
    SELECT coalesce(sum(requests), 0)::bigint AS requests, coalesce(sum(refused), 0)::bigint AS refused,
           coalesce(sum(rejected), 0)::bigint AS rejected, coalesce(sum(limited), 0)::bigint AS limited,
           coalesce(sum(failed), 0)::bigint AS failed, max(last_at) FILTER (WHERE limited > 0) AS last_limited_at
      FROM api_hours
     WHERE integration_id = %(integration_id)s AND hour >= %(since)s
       AND (%(client_id)s::text IS NULL OR client_id = %(client_id)s)
"""


async def sum_up(tx: Tx, integration_id: str, *, since: datetime, client_id: str | None = None) -> Sum:
    """An integration's requests since then."""
    return await tx.one(Sum, SUM_UP, integration_id=integration_id, since=since, client_id=client_id)


LIST_BY_INSTALLATION = """
    SELECT installation_id, sum(requests)::bigint AS requests, sum(limited)::bigint AS limited, max(last_at) AS last_at
      FROM api_hours
     WHERE integration_id = %(integration_id)s AND hour >= %(since)s AND installation_id <> ''
     GROUP BY installation_id
"""


async def list_by_installation(tx: Tx, integration_id: str, *, since: datetime) -> list[ByInstallation]:
    """An integration's requests by connection."""
    return await tx.all(ByInstallation, LIST_BY_INSTALLATION, integration_id=integration_id, since=since)


# Serves the developer's overview: a look into api_hours_by_use for each connection and scope, not a month of hours.
# A connection that was only ever refused used nothing.
LIST_SCOPES = """
    SELECT s.scope, count(*) AS installations
      FROM unnest(%(scopes)s::text[]) AS s (scope)
     CROSS JOIN installations i
     CROSS JOIN LATERAL (SELECT FROM api_hours h
                          WHERE h.installation_id = i.id AND h.scope = s.scope AND h.hour >= %(since)s
                            AND h.requests > h.refused
                          ORDER BY h.hour DESC LIMIT 1) AS used
     WHERE i.integration_id = %(integration_id)s
     GROUP BY s.scope
"""


async def list_scopes(tx: Tx, integration_id: str, scopes: list[str], *, since: datetime) -> list[ScopeUse]:
    """Which of these scopes an integration used, and on how many connections."""
    return await tx.all(ScopeUse, LIST_SCOPES, integration_id=integration_id, scopes=scopes, since=since)


# Serves the operator's page of platform health; index api_hours_by_hour.
LIST_BY_ENDPOINT = """
    SELECT s.endpoint, s.requests, s.refused, s.failed,
           ARRAY(SELECT sum(u.n)::integer
                   FROM api_hours o CROSS JOIN LATERAL unnest(o.latency) WITH ORDINALITY AS u (n, bucket)
                  WHERE o.endpoint = s.endpoint AND o.hour >= %(since)s
                  GROUP BY u.bucket ORDER BY u.bucket) AS latency
      FROM (SELECT endpoint, sum(requests)::bigint AS requests, sum(refused)::bigint AS refused,
                   sum(failed)::bigint AS failed
              FROM api_hours WHERE hour >= %(since)s GROUP BY endpoint) s
     ORDER BY s.requests DESC
     LIMIT 50
"""


async def list_by_endpoint(tx: Tx, *, since: datetime) -> list[ByEndpoint]:
    """Every endpoint since then, the busiest first."""
    return await tx.all(ByEndpoint, LIST_BY_ENDPOINT, since=since)


# Serves the operator's abuse queue; indexes api_requests_limited and api_hours_by_hour. `most`: in any ten minutes.
LIST_OFFENDERS = """
    WITH limited AS (
         SELECT w.integration_id, max(w.n) AS most, count(*) AS limited, max(w.at) AS last_at
           FROM (SELECT r.integration_id, r.at,
                        count(*) OVER (PARTITION BY r.integration_id ORDER BY r.at
                                       RANGE BETWEEN make_interval(secs => %(window_s)s) PRECEDING AND CURRENT ROW) AS n
                   FROM api_requests r
                  WHERE r.status = 429 AND r.at >= %(since)s AND r.integration_id IS NOT NULL) w
          GROUP BY w.integration_id
         HAVING max(w.n) >= %(least)s),
    rejected AS (
         SELECT h.integration_id, sum(h.rejected)::bigint AS rejected, max(h.last_at) AS last_at
           FROM api_hours h
          WHERE h.hour >= %(since)s
          GROUP BY h.integration_id
         HAVING sum(h.rejected) >= %(least)s)
    SELECT n.id AS integration_id, n.name, n.state, coalesce(l.most, 0) AS most, coalesce(l.limited, 0) AS limited,
           coalesce(r.rejected, 0) AS rejected, greatest(l.last_at, r.last_at) AS last_at
      FROM limited l
      FULL JOIN rejected r ON r.integration_id = l.integration_id
      JOIN integrations n ON n.id = coalesce(l.integration_id, r.integration_id)
     ORDER BY coalesce(l.limited, 0) + coalesce(r.rejected, 0) DESC, n.id
     LIMIT 100
"""


async def list_offenders(tx: Tx, *, since: datetime) -> list[Offender]:
    """Integrations that their limits refused 100 times within ten minutes, or whose tokens were rejected as often."""
    return await tx.all(Offender, LIST_OFFENDERS, since=since, least=ABUSE_REFUSALS, window_s=ABUSE_WINDOW_S)


DROP_OLD = "DELETE FROM api_hours WHERE hour < %(before)s"


async def drop_old(tx: Tx, *, before: datetime) -> int:
    """Forgets old hours; how many rows."""
    return await tx.run(DROP_OLD, before=before)
