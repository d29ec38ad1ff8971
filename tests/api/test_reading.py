"""What integrations read, held against the shapes that webhooks use."""

from datetime import timedelta

import msgspec

from revento.contract.v1 import participant as wire
from revento.events.participants import queries as participants
from revento.events.participants import shapes
from tests.api import world as worlds
from tests.api.conftest import Api
from tests.api.world import World


async def test_the_participant_list_says_what_the_shapes_say(api: Api, world: World, token: str) -> None:
    answer = await api.read(f"/events/{world.event_id}/participants", token)
    async with world.db.tx() as tx:
        rows = [await participants.get(tx, world.event_id, one["id"]) for one in world.people]
    expected = [msgspec.to_builtins(shapes.participant(row)) for row in rows]
    assert answer.status_code == 200
    assert answer.json() == {"data": expected, "next_cursor": None, "has_more": False}
    assert [list(one) for one in answer.json()["data"]] == [list(wire.Participant.__struct_fields__)] * 3


async def test_a_person_reads_her_profile_and_her_application(api: Api, world: World) -> None:
    cyd = world.people[0]
    token = await worlds.user_token(world, cyd["user_id"])
    profile = await api.read("/me/profile", token)
    application = await api.read("/me/application", token)
    assert profile.json() == {
        "id": cyd["user_id"],
        "name": "Ada Lovelace",
        "email": f"{cyd['user_id']}@example.org",
        "email_verified": True,
        "locale": "en",
    }
    assert application.json()["id"] == cyd["application_id"]
    assert list(application.json()) == list(wire.MyApplication.__struct_fields__)


async def test_pages_follow_each_other_and_the_last_says_so(api: Api, world: World, token: str) -> None:
    async with world.db.tx() as tx:
        for _ in range(4):
            world.people.append(await worlds.add_person(tx, world))
    seen, path = [], f"/events/{world.event_id}/participants?limit=3"
    cursor = ""
    for _ in range(5):
        page = (await api.read(path + cursor, token)).json()
        seen += [one["id"] for one in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == [one["id"] for one in world.people]


async def test_every_endpoint_answers_its_token(api: Api, world: World, token: str) -> None:
    base = f"/events/{world.event_id}"
    for path in ("", "/participants", "/program", "/activities", "/threads", "/locations", "/registration-waves"):
        answer = await api.read(base + path, token)
        assert (path, answer.status_code) == (path, 200), answer.text
    one = await api.read(f"{base}/participants/{world.people[0]['id']}", token)
    assert one.json()["id"] == world.people[0]["id"]


async def test_what_was_read_is_in_the_ledger(api: Api, world: World, token: str) -> None:
    answer = await api.read(f"/events/{world.event_id}/participants", token)
    from revento.access import queries
    from revento.workers import ledger

    await ledger.flush(world.db, api.services.ledger)
    async with world.db.tx() as tx:
        since, until = world.now - timedelta(hours=1), world.now + timedelta(hours=1)
        entries = await queries.page_by_event(tx, world.event_id, since=since, until=until)
        uses = await queries.summary(tx, world.event_id, since=since)
        mine = await queries.page_about(
            tx, world.event_id, user_id="usr_x", participant_id=world.people[0]["id"], since=since, until=until
        )
    assert [(one.endpoint, one.people, one.status) for one in entries] == [
        ("/api/v1/events/{event_id}/participants", 3, 200)
    ]
    assert str(entries[0].request_id) == answer.headers["x-revento-request-id"]
    assert [(use.integration_name, use.requests, use.people) for use in uses] == [("Badge Printer", 1, 3)]
    assert len(mine) == 1
