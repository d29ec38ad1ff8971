"""Five hundred people, twenty places, one moment: against the real server over real sockets."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest

from revento.events.program import queries as activities
from revento.kernel.db import Database, Row
from revento.kernel.secrets import Keys, load_or_create_key
from revento.web.shared import visitor

from ..browser.story import convention
from ..conftest import MovableClock
from .cast import Person, approved, crowd

PEOPLE, PLACES = 500, 20


class Seat(Row, frozen=True):
    user_id: str
    state: str
    place: int


async def knock(client: httpx.AsyncClient, path: str, person: Person, key: bytes) -> int:
    """One click, from the person's own session; who is told to come back in a moment does so."""
    headers = {"cookie": f"revento_session={person.cookie}", "sec-fetch-site": "same-origin"}
    form = {"csrf_token": visitor.csrf_token(key, person.cookie)}
    for _ in range(20):
        answer = await client.post(path, data=form, headers=headers, follow_redirects=False)
        if answer.status_code != 503:
            break
        await asyncio.sleep(0.2)
    return answer.status_code


@pytest.mark.slow
async def test_promise_a_rush_fills_exactly_the_places_and_lines_the_rest_up(
    db: Database, site: str, clock: MovableClock, tmp_path: Path
) -> None:
    story = await convention(db, clock, ())
    id = story.activities["Dice Design"]
    async with db.tx() as tx:
        people = await crowd(tx, PEOPLE, now=clock.now())
        await tx.run("UPDATE registration_waves SET capacity = NULL")
        await approved(tx, story, [person.id for person in people], now=clock.now())
        await tx.run("UPDATE activities SET capacity = %(n)s WHERE id = %(id)s", n=PLACES, id=id)
    key = Keys(load_or_create_key(tmp_path)).current("csrf")
    path = f"{site}/events/{story.event_id}/activities/{id}/sign-up"
    limits = httpx.Limits(max_connections=120)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        twice = [person for person in people[:60] for _ in range(2)] + people[60:]  # some click twice
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
