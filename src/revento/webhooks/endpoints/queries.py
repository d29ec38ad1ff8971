"""SQL of endpoints: health, hours, pauses, shards."""

from datetime import datetime

from revento.kernel.db import Row, Tx
from revento.webhooks.endpoints.health import Health

# `version` fences: whoever pauses or resumes by hand raises it, and what a dispatcher still remembers is void.
SET_HEALTH = """
    WITH ordered AS MATERIALIZED (
        SELECT no FROM endpoints WHERE no = ANY (%(nos)s::bigint[]) ORDER BY no FOR NO KEY UPDATE
    )
    UPDATE endpoints e
       SET state = h.state, reason = h.reason, in_flight_now = h.in_flight_now, fail_streak = h.fail_streak,
           recent = h.recent, recent_count = h.recent_count, breaker_level = h.breaker_level,
           breaker_until = h.breaker_until, not_before = h.not_before, paused_at = h.paused_at,
           next_probe_at = h.next_probe_at, failing_since = h.failing_since,
           warned_at = CASE WHEN h.failing_since IS NULL THEN NULL ELSE e.warned_at END,
           last_success_at = h.last_success_at, last_failure_at = h.last_failure_at
      FROM unnest(%(nos)s::bigint[], %(versions)s::integer[], %(states)s::text[], %(reasons)s::text[],
                  %(in_flights)s::smallint[], %(streaks)s::integer[], %(recents)s::integer[], %(counts)s::smallint[],
                  %(levels)s::smallint[], %(untils)s::timestamptz[], %(not_befores)s::timestamptz[],
                  %(pauseds)s::timestamptz[], %(probes)s::timestamptz[], %(sinces)s::timestamptz[],
                  %(successes)s::timestamptz[], %(failures)s::timestamptz[])
           AS h (no, version, state, reason, in_flight_now, fail_streak, recent, recent_count, breaker_level,
                 breaker_until, not_before, paused_at, next_probe_at, failing_since, last_success_at, last_failure_at)
      JOIN ordered o ON o.no = h.no
     WHERE e.no = h.no AND e.version = h.version
"""


async def set_health(tx: Tx, changed: dict[int, tuple[int, Health]]) -> int:
    """Writes the health of endpoints by number, each with the version it was read at; how many were still current."""
    nos = sorted(changed)
    rows = [changed[no][1] for no in nos]
    return await tx.run(
        SET_HEALTH,
        nos=nos,
        versions=[changed[no][0] for no in nos],
        states=[row.state for row in rows],
        reasons=[row.reason for row in rows],
        in_flights=[row.in_flight_now for row in rows],
        streaks=[row.fail_streak for row in rows],
        recents=[row.recent for row in rows],
        counts=[row.recent_count for row in rows],
        levels=[row.breaker_level for row in rows],
        untils=[row.breaker_until for row in rows],
        not_befores=[row.not_before for row in rows],
        pauseds=[row.paused_at for row in rows],
        probes=[row.next_probe_at for row in rows],
        sinces=[row.failing_since for row in rows],
        successes=[row.last_success_at for row in rows],
        failures=[row.last_failure_at for row in rows],
    )


ADD_HOURS = """
    INSERT INTO endpoint_hours AS h (endpoint_no, hour, succeeded, failed, latency)
    SELECT endpoint_no, hour, succeeded, failed, string_to_array(latency, ',')::integer[]
      FROM unnest(%(nos)s::bigint[], %(hours)s::timestamptz[], %(succeeded)s::integer[], %(failed)s::integer[],
                  %(latencies)s::text[]) AS t (endpoint_no, hour, succeeded, failed, latency)
    ON CONFLICT (endpoint_no, hour) DO UPDATE
       SET succeeded = h.succeeded + excluded.succeeded,
           failed = h.failed + excluded.failed,
           latency = ARRAY(SELECT a + b FROM unnest(h.latency, excluded.latency) AS u (a, b))
"""


class Hour(Row, frozen=True):
    """An endpoint's tries within one hour; `latency` counts the successful ones per bucket of `figures.BUCKETS_MS`."""

    endpoint_no: int
    hour: datetime
    succeeded: int
    failed: int
    latency: list[int]


async def add_hours(tx: Tx, hours: list[Hour]) -> None:
    """Adds tries to the hourly figures. One row per endpoint and hour in `hours`."""
    ordered = sorted(hours, key=lambda one: (one.endpoint_no, one.hour))
    await tx.run(
        ADD_HOURS,
        nos=[one.endpoint_no for one in ordered],
        hours=[one.hour for one in ordered],
        succeeded=[one.succeeded for one in ordered],
        failed=[one.failed for one in ordered],
        latencies=[",".join(map(str, one.latency)) for one in ordered],
    )


LIST_WITHHELD = """
    SELECT no, client_id, installation_id FROM endpoints WHERE state = 'withheld' ORDER BY no
"""


class Withheld(Row, frozen=True):
    """An endpoint that gets nothing for the time being."""

    no: int
    client_id: str
    installation_id: str | None


async def list_withheld(tx: Tx) -> list[Withheld]:
    """Every endpoint that has no address, is suspended or was paused by the organizer; index endpoints_troubled."""
    return await tx.all(Withheld, LIST_WITHHELD)


SET_PAUSED = """
    UPDATE endpoints
       SET state = 'paused', reason = %(reason)s, paused_at = %(now)s, next_probe_at = %(next_probe_at)s,
           version = version + 1
     WHERE no = %(no)s AND state <> 'paused'
"""


async def set_paused(tx: Tx, no: int, *, reason: str, next_probe_at: datetime | None, now: datetime) -> bool:
    """Pauses; whether it was not paused already."""
    return await tx.run(SET_PAUSED, no=no, reason=reason, next_probe_at=next_probe_at, now=now) == 1


SET_ACTIVE = """
    UPDATE endpoints
       SET state = 'active', reason = NULL, paused_at = NULL, next_probe_at = NULL, not_before = NULL,
           breaker_level = 0, breaker_until = NULL, fail_streak = 0, recent = 0, recent_count = 0, in_flight_now = 1,
           failing_since = NULL, warned_at = NULL, version = version + 1
     WHERE no = %(no)s AND state IN ('active', 'paused', 'probing')
"""


async def set_active(tx: Tx, no: int) -> bool:
    """Resumes with a clean record; whether it could (a withheld one cannot)."""
    return await tx.run(SET_ACTIVE, no=no) == 1


SET_PACE = """
    UPDATE endpoints
       SET most_in_flight = %(most_in_flight)s, rate_per_s = %(rate_per_s)s,
           in_flight_now = least(in_flight_now, %(most_in_flight)s), version = version + 1
     WHERE no = %(no)s
"""


async def set_pace(tx: Tx, no: int, *, most_in_flight: int, rate_per_s: float | None) -> bool:
    """Sets how many requests may be in flight and (optional) how many begin per second; whether it exists."""
    return await tx.run(SET_PACE, no=no, most_in_flight=most_in_flight, rate_per_s=rate_per_s) == 1
