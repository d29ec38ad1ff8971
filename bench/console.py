"""How fast the developer's and the operator's pages answer with long logs.

One integration with 50 connections; its logs are filled by SQL to 10,000, 100,000 and 1,000,000 deliveries (with as
many attempts and messages) and as many API requests, over 30 days, one in 100 dead, one in 50 refused. Each page is
asked `REVENTO_BENCH_N` times in process (routing, statements, template; no socket), in turn with all others. Prints p50
and p95 of each page for each size, as a section of RESULTS.md. `REVENTO_BENCH_SIZES` are the sizes.
"""

import asyncio
import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from tests.integrations import given
from tests.integrations.connected import Connected, connected
from tests.visits import Site, Visitor, opened

from bench.tools import machine
from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.ids import UserId
from revento.kernel.partitions import queries as partitions
from revento.webhooks.retention.actions import PARTITIONED

SIZES = [int(size) for size in os.environ.get("REVENTO_BENCH_SIZES", "10000,100000,1000000").split(",")]
ROUNDS = int(os.environ.get("REVENTO_BENCH_N", "12"))
CONNECTIONS = 50
# What is measured only reads; filling need not wait for the disk.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
GOAL_MS = 150
DAYS = 30

# The router makes a receiver with its first message; here they are there from the start.
RECEIVERS = """
    INSERT INTO endpoints (client_id, integration_id, installation_id, event_id, organization_id, shard)
    SELECT client_id, integration_id, id, event_id, organization_id, 0 FROM installations
"""
EMPTY = """
    TRUNCATE messages, delivery_log, attempts, delivery_ticks, endpoint_hours, api_requests, api_hours, audit_log,
             token_audit
"""
MESSAGES = """
    INSERT INTO messages (created_at, id, topic, event_id, organization_id, resource_key, request_id, body, occurred_at)
    SELECT at, 'evt_delivery_' || n, topic, events[1 + n %% array_length(events, 1)], 'org_1', 'app_' || n %% 5000,
           gen_random_uuid()::text, '{}', at
      FROM (SELECT n, now() - make_interval(secs => (%(most)s - n) * 2591000.0 / %(most)s) AS at,
                   %(events)s::text[] AS events,
                   (ARRAY['application.submitted', 'application.approved', 'participant.registered',
                          'activity.updated'])[1 + n %% 4] AS topic
              FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n) r
"""
DELIVERIES = """
    INSERT INTO delivery_log (finished_at, endpoint_no, no, id, state, attempts, is_replay, seq, message_id, message_at,
                              topic, resource_key, last_status, last_error, created_at)
    SELECT at, nos[1 + n %% array_length(nos, 1)], n, gen_random_uuid(),
           CASE WHEN n %% 100 = 7 THEN 'dead' ELSE 'delivered' END, CASE WHEN n %% 100 = 7 THEN 10 ELSE 1 END, false, n,
           'evt_delivery_' || n, at, topic, 'app_' || n %% 5000, CASE WHEN n %% 100 = 7 THEN 500 ELSE 204 END, NULL, at
      FROM (SELECT n, now() - make_interval(secs => (%(most)s - n) * 2591000.0 / %(most)s) AS at,
                   %(nos)s::bigint[] AS nos,
                   (ARRAY['application.submitted', 'application.approved', 'participant.registered',
                          'activity.updated'])[1 + n %% 4] AS topic
              FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n) r
"""
ATTEMPTS = """
    INSERT INTO attempts (at, endpoint_no, no, n, timestamp_s, signed_sha256, outcome, status, answer, latency_ms)
    SELECT finished_at, endpoint_no, no, 1, extract(epoch FROM finished_at)::bigint, sha256('x'), 'ok', 204, 'ok', 40
      FROM delivery_log WHERE no BETWEEN %(low)s AND %(high)s
"""
TICKS = """
    INSERT INTO delivery_ticks (minute, no)
    SELECT date_trunc('minute', created_at), max(no) FROM delivery_log GROUP BY 1
    ON CONFLICT (minute) DO UPDATE SET no = excluded.no
"""
HOURS = """
    INSERT INTO endpoint_hours (endpoint_no, hour, succeeded, failed, latency)
    SELECT endpoint_no, date_trunc('hour', finished_at), count(*) FILTER (WHERE state = 'delivered'),
           count(*) FILTER (WHERE state = 'dead'), ARRAY[0,0,0,count(*)::integer,0,0,0,0,0,0,0,0]
      FROM delivery_log GROUP BY 1, 2
    ON CONFLICT (endpoint_no, hour) DO UPDATE SET succeeded = excluded.succeeded, failed = excluded.failed
"""
REQUESTS = """
    INSERT INTO api_requests (at, request_id, integration_id, client_id, installation_id, event_id, token_kind, method,
                              endpoint, path, scope, version, status, error, rows, people, duration_ms)
    SELECT now() - make_interval(secs => (%(most)s - n) * 2591000.0 / %(most)s), gen_random_uuid(), %(integration)s,
           %(client)s, installs[1 + n %% array_length(installs, 1)], events[1 + n %% array_length(events, 1)],
           'installation', 'GET', '/api/v1/events/{event_id}/participants', '/api/v1/events/x/participants',
           'participants.read', 'v1', CASE WHEN n %% 10000 = 3 THEN 500 WHEN n %% 50 = 3 THEN 429 ELSE 200 END,
           CASE WHEN n %% 10000 = 3 THEN 'internal_error' WHEN n %% 50 = 3 THEN 'rate_limit_exceeded' END, 25, 25, 3
      FROM (SELECT n, %(installs)s::text[] AS installs, %(events)s::text[] AS events
              FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n) r
"""
API_HOURS = """
    INSERT INTO api_hours (integration_id, hour, client_id, installation_id, endpoint, version, scope, requests,
                           refused, rejected, limited, failed, people, latency, last_at)
    SELECT integration_id, date_trunc('hour', at), client_id, installation_id, endpoint, version, scope, count(*),
           count(*) FILTER (WHERE status >= 400), 0, count(*) FILTER (WHERE status = 429),
           count(*) FILTER (WHERE status >= 500), sum(people), ARRAY[0,0,0,count(*)::integer,0,0,0,0,0,0,0,0,0,0,0],
           max(at)
      FROM api_requests GROUP BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (integration_id, hour, client_id, installation_id, endpoint, version, scope) DO UPDATE
       SET requests = excluded.requests, limited = excluded.limited
"""
AUDIT = """
    INSERT INTO audit_log (at, actor, action, subject, integration_id, event_id)
    SELECT now() - make_interval(secs => (%(high)s - n)), 'usr_1', 'application.approved', 'app_' || n, NULL,
           events[1 + n %% array_length(events, 1)]
      FROM (SELECT n, %(events)s::text[] AS events FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n) r
"""
TOKENS = """
    INSERT INTO token_audit (at, actor, action, client_id, integration_id, installation_id, event_id, scopes)
    SELECT now() - make_interval(secs => (%(high)s - n)), %(client)s, 'token.refreshed', %(client)s, %(integration)s,
           installs[1 + n %% array_length(installs, 1)], events[1 + n %% array_length(events, 1)], ARRAY['event.read']
      FROM (SELECT n, %(installs)s::text[] AS installs, %(events)s::text[] AS events
              FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n) r
"""
ANY_DELIVERY = "SELECT id::text FROM delivery_log WHERE no = (SELECT max(no) - 3 FROM delivery_log)"
ANY_REQUEST = "SELECT request_id::text FROM api_requests ORDER BY at DESC OFFSET 5 LIMIT 1"


class World(msgspec.Struct):
    """The integration, and what its rows hang on."""

    story: Connected
    events: list[str]
    installs: list[str]
    nos: list[int]


def main() -> None:
    """Fills, measures, fills anew with ten times as much."""
    machine.measured(_measure, NOT_DURABLE)


async def _measure(url: str, folder: Path) -> None:
    async with opened(url, Clock(), folder, REVENTO_LOG_LEVEL="WARNING") as site:
        world = await _world(site)
        eve = await site.as_user(await _developer(site))
        olga = await site.person("Olga Operator", operator=True)
        found = dict[str, list[tuple[float, float]]]()
        for size in SIZES:
            began = time.perf_counter()
            await _fill(site, world, size)
            print(f"filled {size:,} in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            for name, times in (await _ask(site, world, eve, olga)).items():
                every = sorted(times)
                p50, p95 = statistics.median(every), every[min(len(every) - 1, int(len(every) * 0.95))]
                found.setdefault(name, []).append((p50 * 1000, p95 * 1000))
    print(await asyncio.to_thread(_section, found))


def _section(found: dict[str, list[tuple[float, float]]]) -> str:
    """The figures as a section of RESULTS.md."""
    commit = machine.commit()
    worst = max(figures[-1][1] for figures in found.values())
    missed = [name for name, figures in found.items() if figures[-1][1] >= GOAL_MS]
    told = f"Missed by: {', '.join(missed)}." if missed else "Every page keeps to it."
    lines = [
        "## console",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {os.cpu_count()} cores. Pages in process (routing,",
        f"statements, template; no socket), {ROUNDS} rounds, p50 / p95 in ms, by how many deliveries, attempts,",
        f"messages and API requests are in the logs. Goal: p95 < {GOAL_MS} ms with the most.",
        f"Slowest there: {worst:.0f} ms. {told}",
        "",
        "| page | " + " | ".join(f"{size:,}" for size in SIZES) + " |",
        "|---|" + "---:|" * len(SIZES),
    ]
    for name, figures in sorted(found.items()):
        lines.append(f"| {name} | " + " | ".join(f"{p50:.1f} / {p95:.1f}" for p50, p95 in figures) + " |")
    return "\n".join(lines)


async def _developer(site: Site) -> UserId:
    (id,) = await site.rows(str, "SELECT user_id FROM integration_members")
    return UserId(id)


async def _world(site: Site) -> World:
    now = datetime.now(UTC) - timedelta(days=DAYS + 1)
    async with site.db.tx() as tx:
        for table in (*PARTITIONED, "api_requests"):
            for days in range(-DAYS - 1, 2):
                await partitions.create_day(tx, table, (datetime.now(UTC) + timedelta(days=days)).date())
        story = await connected(tx, now=now)
        for n in range(CONNECTIONS - 1):
            event = await given.event(tx, story.ada, story.organization_id, now=now, title=f"Convention {n:02}")
            await given.connect(tx, await given.manager(tx, story.ada, event), story.client, now=now)
        await tx.run(RECEIVERS)
        return World(
            story,
            await tx.all(str, "SELECT event_id FROM installations ORDER BY id"),
            await tx.all(str, "SELECT id FROM installations ORDER BY id"),
            await tx.all(int, "SELECT no FROM endpoints WHERE installation_id IS NOT NULL ORDER BY no"),
        )


async def _fill(site: Site, world: World, size: int) -> None:
    span = {"low": 1, "high": size, "most": size}
    whose = {"integration": world.story.client.integration_id, "client": world.story.client.id}
    where = {"events": world.events, "installs": world.installs}
    async with site.db.tx() as tx:
        await tx.run("SET LOCAL statement_timeout = 0")  # a million rows take their time
        await tx.run(EMPTY)
        await tx.run(MESSAGES, **span, events=world.events)
        await tx.run(DELIVERIES, **span, nos=world.nos)
        await tx.run(ATTEMPTS, low=1, high=size)
        await tx.run(REQUESTS, **span, **whose, **where)
        tenth = {"low": 1, "high": size // 10}
        await tx.run(AUDIT, **tenth, events=world.events)
        await tx.run(TOKENS, **tenth, **whose, **where)
        for statement in (TICKS, HOURS, API_HOURS):
            await tx.run(statement)
    async with site.db.tx() as tx:
        await tx.run("SET LOCAL statement_timeout = 0")
        await tx.run("ANALYZE")


async def _ask(site: Site, world: World, eve: Visitor, olga: Visitor) -> dict[str, list[float]]:
    async with site.db.tx() as tx:
        pages = await _pages(tx, world)
    found: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(ROUNDS + 2):
        for name, path in pages.items():
            visitor = olga if name.startswith("operator") else eve
            began = time.perf_counter()
            answer = await visitor.get(path)
            spent = time.perf_counter() - began
            assert answer.status_code == 200, (name, answer.status_code)
            if turn > 1:  # the first two fill caches
                found[name].append(spent)
    return found


async def _pages(tx: Tx, world: World) -> dict[str, str]:
    base = f"/developer/integrations/{world.story.client.integration_id}"
    delivery, request = await tx.one(str, ANY_DELIVERY), await tx.one(str, ANY_REQUEST)
    event, installation = world.events[7], world.installs[7]
    week = (datetime.now(UTC) - timedelta(days=7)).date()
    log, asked = f"{base}/deliveries", f"{base}/requests"
    developer = {
        "overview": base,
        "deliveries": log,
        "deliveries, of one topic": f"{log}?topic=activity.updated",
        "deliveries, of one event": f"{log}?event={event}",
        "deliveries, dead": f"{log}?state=dead",
        "deliveries, retrying": f"{log}?state=waiting",
        "deliveries, before a week": f"{log}?until={week}",
        "deliveries, of one resource": f"{log}?q=app_4711",
        "delivery": f"{log}/{delivery}",
        "dead letters": f"{base}/dead-letters",
        "replays": f"{base}/replays",
        "requests": asked,
        "requests, 5xx": f"{asked}?status=5",
        "requests, 429": f"{asked}?status=429",
        "requests, a rare error": f"{asked}?error=internal_error",
        "requests, an error that never was": f"{asked}?error=invalid_cursor",
        "requests, of one event": f"{asked}?event={event}",
        "requests, of one installation": f"{asked}?q={installation}",
        "requests, of an endpoint never called": f"{asked}?endpoint=/api/v1/me/profile",
        "requests, by request id": f"{asked}?q={request}",
        "tokens": f"{base}/tokens",
        "tokens, refused": f"{base}/tokens?action=token.refused",
        "installations": f"{base}/installations",
        "my integrations": "/developer",
    }
    operator = {
        "overview": "/operator",
        "health": "/operator/health",
        "abuse": "/operator/abuse",
        "integrations": "/operator/integrations",
        "integration": f"/operator/integrations/{world.story.client.integration_id}",
        "deprecations": "/operator/deprecations",
        "audit": "/operator/audit",
        "audit, of one deed that never was": "/operator/audit?action=moss.grown",
        "search, a delivery": f"/operator/search?q={delivery}",
        "search, a request": f"/operator/search?q={request}",
        "search, a name": "/operator/search?q=badge",
    }
    return {f"developer: {name}": path for name, path in developer.items()} | {
        f"operator: {name}": path for name, path in operator.items()
    }
