"""The hot paths' connections: few, shared in turn, never lost."""

import asyncio
from typing import LiteralString
from urllib.parse import urlsplit

import asyncpg
import pytest

from revento.kernel.db import KEEPING_PLANS, Database
from revento.kernel.reader import Reader, ReaderUnreachable
from revento.oauth.bearers import queries as bearers
from revento.oauth.straight import queries as straight

ASKED = "FROM unnest($1::int[]) WITH ORDINALITY AS asked (own, n)"
MINE = f"SELECT asked.own, statement_timestamp(), asked.n {ASKED}"
SHARES = f"SELECT 60 / asked.own, asked.n {ASKED}"
RESTS = f"SELECT asked.own, pg_sleep(0.3)::text, asked.n {ASKED}"
SEVERAL = f"SELECT asked.own, asked.n {ASKED}, generate_series(1, asked.own)"
SLOW = "SELECT pg_sleep(2)::text, $1::int"
QUICK = "SELECT pg_sleep(0.01)::text, $1::int"


async def test_whoever_waits_longest_is_next_though_others_keep_coming(database_url: str) -> None:
    reader, served = Reader(database_url, size=1), []

    async def ask(number: int) -> None:
        await reader.all("SELECT $1::int", number)
        served.append(number)

    async with asyncio.TaskGroup() as coming:
        for number in range(500):
            coming.create_task(ask(number))
            await asyncio.sleep(0 if number % 50 else 0.005)
    await reader.close()
    assert served == list(range(500))


@pytest.mark.parametrize(
    "statement",
    [bearers.FIND, bearers.FIND_WITH_PARTICIPANTS, straight.FIND_REFRESH, straight.FIND_CODE, straight.ROTATE],
    ids=["find", "find_with_participants", "find_refresh", "find_code", "rotate"],
)
async def test_no_hot_statement_reads_a_whole_table_though_it_is_tiny_when_it_is_planned(
    db: Database, statement: LiteralString
) -> None:
    async with db.tx() as tx:
        for name, value in KEEPING_PLANS.items():
            await tx.run("SELECT set_config(%(name)s, %(value)s, true)", name=name, value=value)
        plan = "\n".join(await tx.all(str, "EXPLAIN (GENERIC_PLAN) " + statement))
    assert "Index Scan using" in plan
    assert "Seq Scan" not in plan
    assert "Bitmap Heap Scan on token_families" not in plan


async def test_who_waits_too_long_is_told_and_takes_no_place(database_url: str) -> None:
    reader = Reader(database_url, size=1, wait_s=1)
    await reader.all(QUICK, 0)
    busy = asyncio.create_task(reader.all(SLOW, 1))
    await asyncio.sleep(0)
    with pytest.raises(ReaderUnreachable, match="busy"):
        await reader.all(QUICK, 2)
    await busy
    assert len(await reader.all(QUICK, 3)) == 1
    await reader.close()


async def test_who_goes_away_leaves_the_connection_to_the_next(database_url: str) -> None:
    """While waiting; in the moment in which it was handed over; while the statement runs."""
    reader = Reader(database_url, size=1)
    await reader.all(QUICK, 0)
    first = asyncio.create_task(reader.all(QUICK, 1))
    impatient, unlucky, last = (asyncio.create_task(reader.all(QUICK, number)) for number in (2, 3, 4))
    await asyncio.sleep(0)
    impatient.cancel()
    first.add_done_callback(lambda _: unlucky.cancel())
    assert (await first)[0][1] == 1
    assert (await last)[0][1] == 4
    assert impatient.cancelled()
    assert unlucky.cancelled()
    running = asyncio.create_task(reader.all(SLOW, 5))
    await asyncio.sleep(0.05)
    running.cancel()
    assert (await reader.all(QUICK, 6))[0][1] == 6
    await reader.close()


async def test_those_who_ask_at_the_same_moment_go_in_a_few_statements_and_each_gets_her_own(database_url: str) -> None:
    reader = Reader(database_url)
    rows = await asyncio.gather(*[reader.own(MINE, number) for number in range(100)])
    assert [[row[0] for row in own] for own in rows] == [[number] for number in range(100)]
    assert len({own[0][1] for own in rows}) == 2
    counts = await asyncio.gather(*[reader.own(SEVERAL, number) for number in (3, 0, 1)])
    assert [[row[0] for row in own] for own in counts] == [[3, 3, 3], [], [1]]
    await reader.close()


async def test_what_one_of_them_asks_wrongly_fails_for_her_alone(database_url: str) -> None:
    reader = Reader(database_url)
    answers = await asyncio.gather(*[reader.own(SHARES, own) for own in (1, 0, 6)], return_exceptions=True)
    assert isinstance(answers[1], asyncpg.DivisionByZeroError)
    assert [own[0][0] for own in (answers[0], answers[2]) if not isinstance(own, BaseException)] == [60, 10]
    assert (await reader.own(SHARES, 2))[0][0] == 30
    await reader.close()


async def test_who_goes_away_takes_nothing_from_those_she_asked_with(database_url: str) -> None:
    """Before the statement has begun; all of them; while it is under way."""
    reader = Reader(database_url)
    first, gone, last = (asyncio.create_task(reader.own(MINE, number)) for number in (1, 2, 3))
    await asyncio.sleep(0)
    gone.cancel()
    assert [(await first)[0][0], (await last)[0][0]] == [1, 3]
    lonely = asyncio.create_task(reader.own(MINE, 4))
    await asyncio.sleep(0)
    lonely.cancel()
    left, stays = (asyncio.create_task(reader.own(RESTS, number)) for number in (5, 6))
    await asyncio.sleep(0.05)
    left.cancel()
    assert (await stays)[0][0] == 6
    assert gone.cancelled()
    assert lonely.cancelled()
    assert left.cancelled()
    await reader.close()


async def test_when_the_database_is_gone_all_of_them_are_told(database_url: str) -> None:
    nowhere = Reader(urlsplit(database_url)._replace(path="/nowhere").geturl(), wait_s=1)
    answers = await asyncio.gather(*[nowhere.own(MINE, number) for number in range(3)], return_exceptions=True)
    assert all(isinstance(answer, ReaderUnreachable) for answer in answers)
