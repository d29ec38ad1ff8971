"""Five hundred people, twenty places, one moment: against the real server over real sockets."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from revento.events.program import queries as activities
from revento.kernel.db import Database, Row
from revento.kernel.secrets import Keys, load_or_create_key
from revento.web.shared import visitor

from ..browser.story import convention
from ..conftest import MovableClock
from .cast import Person, crowd

PEOPLE, PLACES = 500, 20
AT_ONCE = 150  # open sockets; the rest of the clicks stands in line behind them


class Seat(Row, frozen=True):
    user_id: str
    state: str
    place: int


async def knock(client: aiohttp.ClientSession, path: str, person: Person, key: bytes) -> int:
    """One click, from the person's own session; who is told to come back in a moment does so."""
    headers = {"cookie": f"revento_session={person.cookie}", "sec-fetch-site": "same-origin"}
    form = {"csrf_token": visitor.csrf_token(key, person.cookie)}
    status = 503
    while status == 503:
        async with client.post(path, data=form, headers=headers, allow_redirects=False) as answer:
            status = answer.status
    return status


@pytest.mark.slow
async def test_promise_a_rush_fills_exactly_the_places_and_lines_the_rest_up(
    db: Database, site: str, clock: MovableClock, tmp_path: Path
) -> None:
    story = await convention(db, clock, ())
    id = story.activities["Dice Design"]
    async with db.tx() as tx:
        people = await crowd(tx, PEOPLE, now=clock.now(), event_id=story.event_id)
        await tx.run("UPDATE activities SET capacity = %(n)s WHERE id = %(id)s", n=PLACES, id=id)
    key = Keys(load_or_create_key(tmp_path)).current("csrf")
    path = f"{site}/events/{story.event_id}/activities/{id}/sign-up"
    twice = [person for person in people[:60] for _ in range(2)] + people[60:]  # some click twice
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as client:
        answers = await asyncio.gather(*(knock(client, path, person, key) for person in twice))
    assert Counter(answers) == {303: len(twice)}
    async with db.tx() as tx:
        seats = await tx.all(
            Seat,
            """SELECT p.user_id, s.state, s.place FROM activity_signups s JOIN participants p ON p.id = s.participant_id
                WHERE s.activity_id = %(id)s ORDER BY s.place""",
            id=id,
        )
        found = await activities.find_activity(tx, story.event_id, id)
    assert {seat.user_id for seat in seats} == {person.id for person in people}
    assert len(seats) == PEOPLE
    assert [seat.state for seat in seats] == ["going"] * PLACES + ["waiting"] * (PEOPLE - PLACES)
    assert found is not None
    assert (found.signup_count, found.waitlist_count) == (PLACES, PEOPLE - PLACES)
