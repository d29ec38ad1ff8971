"""Dead letters, replays and pauses, pressed on their pages, with a dispatcher and a receiver at work."""

import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from revento.kernel.clock import Clock
from revento.kernel.db import Database, Json
from revento.kernel.ids import UserId
from tests.integrations import given
from tests.visits import Site, Visitor, opened
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, con, dispatching, receiver, until
from tests.webhooks.receivers import Receiver
from tests.webhooks.test_replays import REPLAYED

__all__ = ["con", "receiver"]
NUMBER = re.compile(r"/endpoints/(\d+)/pause")
CHOICE = re.compile(r'name="ids" value="([0-9a-f-]{36})"')


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncGenerator[Site]:
    """With the key that the world's signing secrets are sealed with."""
    async with opened(database_url, Clock(), tmp_path, REVENTO_SECRET_KEY=world.SECRET_KEY) as made:
        yield made


@pytest.fixture
async def ruben(site: Site, con: world.World, receiver: Receiver) -> Visitor:
    """He develops what is connected."""
    async with site.db.tx() as tx:
        await tx.run(
            """INSERT INTO integration_members (integration_id, user_id, role, created_at)
               VALUES (%(id)s, %(user)s, 'developer', now())""",
            id=con.connections[0].integration_id,
            user=con.user_id,
        )
        whole = given.document(webhook_url=receiver.url, declared_webhook_event_types=world.EVERYTHING)
        await tx.run("UPDATE manifests SET document = %(document)s", document=Json(whole))
    return await site.as_user(UserId(con.user_id))


def base(con: world.World) -> str:
    return f"/developer/integrations/{con.connections[0].integration_id}"


async def test_chosen_dead_letters_are_sent_again_under_their_ids(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    receiver.answers[:] = [500, 500, 500]
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
        page = (await ruben.get(f"{base(con)}/dead-letters")).text
        ids = CHOICE.findall(page)
        assert sorted(ids) == sorted(each.id for each in receiver.got)
        drift = (await ruben.get(f"{base(con)}/manifest")).text
        assert (drift.count("Never accepted"), drift.count("never sent")) == (1, len(world.EVERYTHING) - 1)
        answer = await ruben.post(f"{base(con)}/dead-letters/resend", {"ids": ids[:2]})
        assert answer.headers["location"] == f"{base(con)}/dead-letters"
        await receiver.count(5, within=20)
        await until(db, NOTHING_LEFT)
    assert "Never accepted" not in (await ruben.get(f"{base(con)}/manifest")).text
    again = receiver.got[3:]
    assert {each.id for each in again} == set(ids[:2])
    assert [each.headers.get("X-Revento-Replay") for each in again] == [None, None]
    assert CHOICE.findall((await ruben.get(f"{base(con)}/dead-letters")).text) == ids[2:]


async def test_all_dead_letters_that_a_search_found_are_sent_again_with_one_press(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    receiver.answers[:] = [500, 500, 500]
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
    dead, resend = f"{base(con)}/dead-letters", f"{base(con)}/dead-letters/resend"
    page = (await ruben.get(f"{dead}?q=act_moss")).text
    assert "No dead letter answers this search." in page
    assert (await ruben.post(f"{resend}?q=act_moss", {"all": "yes"})).status_code == 303
    found = (await ruben.get(dead)).text
    assert (len(CHOICE.findall(found)), f'action="{resend}"' in found) == (3, True)
    assert (await ruben.post(resend, {"all": "yes"})).status_code == 303
    assert CHOICE.findall((await ruben.get(dead)).text) == []
    assert await site.rows(int, "SELECT count(*) FROM deliveries") == [3]


async def test_a_replay_is_ordered_and_shows_its_progress(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 3)
        await until(db, NOTHING_LEFT)
        order = {"hours": "1", "state": "all", "topic": "", "installation_id": "", "rate_per_s": "1000"}
        assert (await ruben.post(f"{base(con)}/replays", order | {"rate_per_s": "0"})).status_code == 422
        assert (await ruben.post(f"{base(con)}/replays", order)).status_code == 303
        await receiver.count(6, within=20)
        await until(db, REPLAYED)
    assert [each.headers.get("X-Revento-Replay") for each in receiver.got] == [None] * 3 + ["true"] * 3
    page = (await ruben.get(f"{base(con)}/replays")).text
    assert "3 / 3" in page


async def test_a_replay_may_be_of_the_time_between_two_moments(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
        async with site.db.tx() as tx:
            await tx.run("UPDATE delivery_log SET created_at = created_at - interval '3 hours' WHERE seq = 1")
        now = datetime.now(UTC)
        order = {"state": "delivered", "rate_per_s": "1000", "until": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}"}
        wrong = await ruben.post(f"{base(con)}/replays", order | {"since": f"{now:%Y-%m-%dT%H:%M}"})
        assert (wrong.status_code, "The end must be after the beginning" in wrong.text) == (422, True)
        assert (await ruben.post(f"{base(con)}/replays", order)).status_code == 303
        await receiver.count(3, within=20)
        await until(db, REPLAYED)
        await until(db, NOTHING_LEFT)
    assert [each.sequence for each in receiver.got] == [1, 2, 1]


async def test_what_came_before_a_connection_is_sent_when_its_developer_asks(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    late, page = con.connections[0].installation_id, f"{base(con)}/replays"
    order = {"state": "before", "hours": "24", "rate_per_s": "1000"}
    assert f'value="{late}"' in (await ruben.get(page)).text, "a connection that was never sent anything"
    for change, say in (
        ({}, "Choose the event."),
        ({"installation_id": late, "since": "2099-01-01T00:00"}, "connected before that"),
    ):
        wrong = await ruben.post(page, order | change)
        assert (wrong.status_code, say in wrong.text) == (422, True)
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con, 2)
        await until(db, NOTHING_LEFT)
        async with site.db.tx() as tx:
            await tx.run("UPDATE messages SET created_at = created_at - interval '3 hours'")
        assert (await ruben.post(page, order | {"installation_id": late})).status_code == 303
        await receiver.count(4, within=20)
        await until(db, REPLAYED)
    assert [each.headers.get("X-Revento-Replay") for each in receiver.got] == [None] * 2 + ["true"] * 2
    assert "What came before the connection" in (await ruben.get(page)).text


async def test_a_paused_receiver_gets_nothing_until_it_is_resumed(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    page = f"{base(con)}/installations"
    async with dispatching(db, ladder=(0,)):
        await world.happen(db, con)
        await receiver.count(1, within=20)
        found = NUMBER.search((await ruben.get(page)).text)
        assert found is not None
        pause = f"{base(con)}/endpoints/{found[1]}/pause"
        assert (await ruben.post(pause)).headers["location"] == page
        assert "Resume webhooks" in (await ruben.get(page)).text
        await world.happen(db, con, 2)
        await until(db, "SELECT count(*) = 2 FROM deliveries WHERE state = 4", within=20)
        assert len(receiver.got) == 1
        assert (await ruben.post(pause.replace("/pause", "/resume"))).status_code == 303
        await receiver.count(3, within=20)


async def test_a_test_is_sent_the_real_way(
    db: Database, site: Site, ruben: Visitor, con: world.World, receiver: Receiver
) -> None:
    async with dispatching(db, ladder=(0,)):
        await ruben.post(f"{base(con)}/deliveries/test", {"endpoint": "", "message": "Is anybody there?"})
        (got,) = await receiver.count(1, within=20)
        await until(db, NOTHING_LEFT)
    assert (got.json["type"], got.json["data"]["message"]) == ("webhook.test", "Is anybody there?")
    assert "webhook.test" in (await ruben.get(f"{base(con)}/deliveries?topic=webhook.test")).text
