"""Figures, metrics, and the alarm on old snapshots."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import yaml

from revento.kernel.jobs import queries as jobs
from revento.kernel.jobs import queue
from revento.webhooks.figures import actions as figures
from revento.webhooks.figures import queries
from tests import visits
from tests.api.conftest import serve
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until
from tests.webhooks.test_console import the_endpoints

ALERTS = Path(__file__).parents[2] / "deploy" / "prometheus-alerts.yml"


async def test_an_endpoint_is_shown_with_its_day_and_week_in_figures(db, con, receiver) -> None:
    receiver.answers[:] = [200, 200, 500, 500]
    async with dispatching(db, ladder=(0, 0)):
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
    async with db.tx() as tx:
        (no,) = await the_endpoints(tx, con)
        found = await figures.of(tx, [no], now=datetime.now(UTC))
        nothing = await figures.of(tx, [], now=datetime.now(UTC))
    assert (found.day.succeeded, found.day.failed, found.day.rate) == (2, 2, 0.5)
    assert found.week == found.day
    assert found.day.p50_ms is not None
    assert found.day.p95_ms is not None
    assert found.day.p50_ms <= found.day.p95_ms
    assert len(found.hours) == 24
    assert found.hours[-1] == (2, 2)
    assert (found.waiting, found.dead) == (0, 1)
    assert (nothing.week.rate, nothing.week.p50_ms, nothing.waiting, nothing.dead) == (None, None, 0, 0)
    assert nothing.hours == [(0, 0)] * 24


async def test_what_is_outstanding_is_seen_before_any_dispatcher_runs(db, con) -> None:
    async with db.tx() as tx:
        (before,) = (await queries.engine(tx),)
    assert (before.unrouted, before.ready, before.queue_age_s) == (0, 0, 0)
    await world.happen(db, con, 2)
    async with db.tx() as tx:
        after = await queries.engine(tx)
    assert after.unrouted == 2
    assert after.unrouted_age_s > 0


async def test_metrics_show_the_engine_and_every_dispatcher(db, con, receiver, database_url, tmp_path, clock) -> None:
    async with dispatching(db) as dispatcher:
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
        await until(db, "SELECT EXISTS (SELECT FROM dispatchers WHERE figures->'states'->>'delivered' = '3')")
        async for client in serve(database_url, tmp_path, clock):
            text = (await client.get("/metrics")).text
    for line in (
        "revento_database_up 1.0",
        "revento_webhook_queue_age_seconds 0.0",
        "revento_webhook_dead_letters 0.0",
        'revento_webhook_deliveries{state="ready"} 0.0',
        'revento_webhook_endpoints{state="active"} 1.0',
        f'revento_webhook_tries_total{{dispatcher="{dispatcher.id}",outcome="ok"}} 3.0',
        f'revento_webhook_results_total{{dispatcher="{dispatcher.id}",result="delivered"}} 3.0',
        f'revento_webhook_try_seconds_count{{dispatcher="{dispatcher.id}"}} 3.0',
    ):
        assert line in text.splitlines(), line


UNWELL = """
    INSERT INTO endpoints (client_id, integration_id, shard, state, reason, paused_at, breaker_level, breaker_until,
                           failing_since)
    VALUES (%(client_id)s, %(integration_id)s, 0, %(state)s, CASE WHEN %(state)s = 'paused' THEN 'gone' END,
            CASE WHEN %(state)s IN ('paused', 'probing') THEN now() END, %(level)s,
            now() + %(until)s * interval '1 minute', CASE WHEN %(fails)s THEN now() - interval '1 hour' END)
    RETURNING no
"""
STATES = (
    ("withheld", "withheld", 0, None, False),
    ("paused", "paused", 3, None, True),
    ("probing", "probing", 3, None, True),
    ("active", "failing", 0, None, True),
    ("active", "half_open", 2, -1, True),
    ("active", "open", 2, 10, True),
    ("active", None, 0, None, False),
)


async def test_metrics_and_the_operators_page_name_each_receiver_that_is_not_well(
    db, con, database_url, tmp_path, clock
) -> None:
    wanted: list[str] = []
    async with db.tx() as tx:
        for state, shown, level, until_min, fails in STATES:
            made = await world.connect(tx, con, None)
            known = {"client_id": made.client_id, "integration_id": made.integration_id}
            no = await tx.one(int, UNWELL, **known, state=state, level=level, until=until_min, fails=fails)
            labels = f'{{client_id="{made.client_id}",endpoint="{no}",state="{shown}"}}'
            wanted += [f"revento_webhook_endpoint_state{labels} 1.0"] if shown else []
        few = [one.state for one in await queries.list_troubled(tx, limit=3)]
    async with visits.opened(database_url, clock, tmp_path) as site:
        olga = await site.person("Olga Operator", operator=True)
        lines = (await olga.get("/metrics")).text.splitlines()
        page = (await olga.get("/operator/health")).text
    assert sorted(line for line in lines if line.startswith("revento_webhook_endpoint_state{")) == sorted(wanted)
    assert {"revento_webhook_breakers_open 1.0", "revento_webhook_breakers_half_open 1.0"} <= set(lines)
    assert few == ["half_open", "open", "failing"]
    rows = page[page.index('aria-labelledby="troubled"') : page.index('aria-labelledby="dispatchers"')]
    assert rows.count("<tr>") == 1 + len(wanted)
    for words in ("Breaker open", "Breaker half open", "Failing", "Paused", "it answered 410", "Being probed"):
        assert words in rows, words
    assert "1 half open" in page


async def test_a_dispatcher_that_ended_without_a_word_is_not_counted_as_running(
    db, con, database_url, tmp_path, clock
) -> None:
    async with dispatching(db):
        await until(db, "SELECT EXISTS (SELECT FROM dispatchers)")
        async with db.tx() as tx:
            await tx.run(
                """INSERT INTO dispatchers (id, host, pid, seen_at, figures)
                   VALUES ('gone', 'elsewhere', 1, now() - interval '6 seconds', '{"routed": 7}')"""
            )
        async for client in serve(database_url, tmp_path, clock):
            lines = await metrics_with(client, "revento_webhook_dispatchers 1.0")
    assert 'revento_webhook_routed_total{dispatcher="gone"} 7.0' in lines


async def metrics_with(client: httpx.AsyncClient, line: str) -> list[str]:
    """The metrics once they have that line: what held up this process held up its dispatcher too."""
    async with asyncio.timeout(60):
        while True:
            lines = (await client.get("/metrics")).text.splitlines()
            if line in lines:
                return lines
            await asyncio.sleep(0.1)


async def test_job_workers_and_late_jobs_are_seen(db, database_url, tmp_path, clock) -> None:
    async with db.tx() as tx:
        await queue.defer(tx, "nobody.knows")
        await queue.defer(tx, "nobody.knows", at=datetime.now(UTC) + timedelta(hours=1))
        await tx.run("UPDATE procrastinate_events SET at = at - interval '10 minutes'")
        await tx.run(
            """INSERT INTO procrastinate_workers (last_heartbeat)
               VALUES (now() - interval '20 seconds'), (now() - interval '40 seconds')"""
        )
        seen = await jobs.sight(tx)
    assert (seen.workers, seen.waiting, seen.running, seen.failed) == (1, 2, 0, 0)
    assert 600 <= seen.late_s < 660
    async for client in serve(database_url, tmp_path, clock):
        assert "revento_jobs_workers 1.0" in (await client.get("/metrics")).text.splitlines()


async def test_every_alert_asks_for_a_metric_that_exists(db, database_url, tmp_path, clock) -> None:
    async for client in serve(database_url, tmp_path, clock):
        text = (await client.get("/metrics")).text
    known = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    assert len(rules) >= 8
    for rule in rules:
        words = rule["expr"].replace("(", " ").replace("[", " ").replace("{", " ").split()
        asked = {word for word in words if word.startswith("revento_")}
        assert asked <= known | {f"{name}_total" for name in known}, rule["alert"]


async def test_an_old_snapshot_is_seen(db, database_url) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM messages")
        await until(db, "SELECT pg_sleep(0.3) IS NOT NULL")
        async with db.tx() as tx:
            assert (await queries.engine(tx)).oldest_snapshot_s >= 0.3
    async with db.tx() as tx:
        assert (await queries.engine(tx)).oldest_snapshot_s < 0.3


async def test_what_began_after_the_question_has_no_negative_age(db, con, database_url) -> None:
    async with db.tx() as tx:
        assert await tx.one(int, "SELECT 1") == 1
        await world.happen(db, con)
        with psycopg.connect(database_url) as other:
            other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            other.execute("SELECT count(*) FROM messages")
            seen = await queries.engine(tx)
    assert (seen.unrouted, seen.unrouted_age_s, seen.queue_age_s, seen.oldest_snapshot_s) == (1, 0, 0, 0)
