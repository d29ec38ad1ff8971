"""Promise: whoever asks at the same moment as others is answered as if she had asked alone (docs/adr/013)."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import httpx

from tests.api import world as worlds
from tests.api.conftest import Api
from tests.api.conftest import api as api
from tests.api.conftest import world as world
from tests.api.world import World

EVENTS = 4
PEOPLE = 7
ROUNDS = 5


async def _asked(world: World) -> list[tuple[str, str]]:
    """(path, token) over several events: what may be read, what was ended, what is another's, what never was."""
    found = [("/me/profile", "rev_user_nonsense")]
    for number in range(EVENTS):
        async with world.db.tx() as tx:
            event = await worlds.add_event(tx, world, title=f"Con {number}")
            installation = await worlds.install(tx, world, event)
            here = replace(world, event_id=event, installation_id=installation)
            people = [await worlds.add_person(tx, here) for _ in range(PEOPLE)]
        token = await worlds.installation_token(here)
        late = await worlds.installation_token(here, expires_at=world.now - timedelta(seconds=1))
        poor = await worlds.installation_token(here, scopes=["event.read"])
        mine = await worlds.user_token(here, people[0]["user_id"])
        found += [(f"/events/{event}/participants?limit={limit}", token) for limit in (2, 5, 50)]
        found += [(f"/events/{event}/participants", one) for one in (late, poor, mine)]
        found += [(f"/events/{event}", token), ("/me/profile", mine), ("/me/application", mine)]
        found += [(f"/events/{world.event_id}/participants", token)]
    return found


def _told(answer: httpx.Response) -> tuple[int, bytes]:
    """What was answered, but for the id that every answer has of its own."""
    return answer.status_code, answer.content.replace(answer.headers["x-revento-request-id"].encode(), b"")


async def test_promise_neighbours_in_time_never_see_each_other(api: Api, world: World) -> None:
    asked = await _asked(world)
    alone = {one: _told(await api.read(*one)) for one in asked}
    assert {status for status, _ in alone.values()} == {200, 401, 403}
    assert len({body for status, body in alone.values() if status == 200}) == EVENTS * 6
    order = random.Random(7)
    for _ in range(ROUNDS):
        order.shuffle(asked)
        answers = await asyncio.gather(*[api.read(*one) for one in asked])
        for one, answer in zip(asked, answers, strict=True):
            assert _told(answer) == alone[one], one
