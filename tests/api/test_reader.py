"""The hot paths' connections: few, shared in turn, never lost."""

import asyncio

import pytest

from revento.kernel.reader import Reader, ReaderUnreachable

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
