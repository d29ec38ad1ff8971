"""The delivery log, one delivery in full, dead letters and sending again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from structlog.contextvars import bound_contextvars

from revento.kernel import ids
from revento.webhooks import signing
from revento.webhooks.console import actions, queries
from revento.webhooks.console.models import Search
from revento.webhooks.dead_letters import actions as dead_letters
from revento.webhooks.dead_letters import queries as letters
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until


async def the_endpoints(tx, con) -> list[int]:
    return [one.no for one in await queries.list_endpoints(tx, client_ids=[con.connections[0].client_id])]


async def search(db, con, *, limit: int = 50, before: int = queries.HIGHEST, **what: object):
    async with db.tx() as tx:
        return await queries.page(tx, await the_endpoints(tx, con), Search(**what), before=before, limit=limit)


@pytest.fixture
async def told(db, con, receiver):
    """One delivered, one dead, one still waiting; the second was caused by a request that we know."""
    receiver.answers[:] = [200, 500, 500, 503]
    async with dispatching(db, ladder=(0, 0)):
        await world.happen(db, con)
        await until(db, NOTHING_LEFT)
        with bound_contextvars(request_id="01890000-aaaa-7bbb-8ccc-000000000001"):
            await world.happen(db, con)
        await until(db, NOTHING_LEFT)
    async with dispatching(db, ladder=(0, 60, 60)):
        await world.happen(db, con)
        await until(db, "SELECT EXISTS (SELECT FROM deliveries WHERE state = 3)")
    return con


async def test_the_log_shows_live_and_finished_deliveries_newest_first(db, told) -> None:
    found = await search(db, told)
    assert [(one.seq, one.state, one.attempts, one.last_status) for one in found] == [
        (3, "waiting", 1, 503),
        (2, "dead", 2, 500),
        (1, "delivered", 1, 200),
    ]
    assert {one.event_id for one in found} == {told.event_id}


async def test_the_log_is_searched_by_everything_that_people_know(db, told) -> None:
    everything = await search(db, told)
    second = everything[1]
    for what, seqs in (
        ({"state": "dead"}, [2]),
        ({"state": "delivered"}, [1]),
        ({"state": "waiting"}, [3]),
        ({"state": "held"}, []),
        ({"topic": "event.updated"}, [3, 2, 1]),
        ({"topic": "activity.updated"}, []),
        ({"topic": "event.updated", "state": "delivered"}, [1]),
        ({"resource_id": told.event_id}, [3, 2, 1]),
        ({"resource_id": told.event_id, "state": "dead"}, [2]),
        ({"resource_id": "act_nothing"}, []),
        ({"request_id": "01890000-aaaa-7bbb-8ccc-000000000001"}, [2]),
        ({"request_id": "01890000-aaaa-7bbb-8ccc-000000000002"}, []),
        ({"message_id": second.message_id}, [2]),
        ({"message_id": ids.new("evt_delivery")}, []),
        ({"since": second.created_at}, [3, 2]),
        ({"until": second.created_at}, [1]),
        ({"since": datetime.now(UTC) + timedelta(minutes=5)}, []),
    ):
        assert [one.seq for one in await search(db, told, **what)] == seqs, what


async def test_the_log_is_paged_by_number(db, told) -> None:
    first = await search(db, told, limit=2)
    assert [one.seq for one in first] == [3, 2]
    assert [one.seq for one in await search(db, told, limit=2, before=first[-1].no)] == [1]


async def test_nobody_finds_another_ones_delivery(db, told) -> None:
    (entry, *_) = await search(db, told)
    async with db.tx() as tx:
        other = await world.connect(tx, await world.make(tx), "https://example.org/hook")
        assert await queries.list_endpoints(tx, client_ids=[other.client_id]) == []
        assert await queries.find(tx, [], entry.id) is None
        assert await actions.detail(tx, world.BOX, [entry.endpoint_no + 1], entry.id) is None
        with pytest.raises(ValueError, match="whose"):
            await queries.list_endpoints(tx)


async def test_one_delivery_shows_every_try_with_the_headers_that_were_sent(db, told, receiver) -> None:
    (entry,) = await search(db, told, state="dead")
    async with db.tx() as tx:
        detail = await actions.detail(tx, world.BOX, await the_endpoints(tx, told), entry.id)
    assert detail is not None
    assert detail.message is not None
    assert detail.message.request_id == "01890000-aaaa-7bbb-8ccc-000000000001"
    sent = [one for one in receiver.got if one.id == str(entry.id)]
    assert detail.message.body == sent[0].body
    assert [one.tried.status for one in detail.attempts] == [500, 500]
    assert [one.tried.answer for one in detail.attempts] == ["said the receiver"] * 2
    assert all(one.is_exact for one in detail.attempts)
    for shown, got in zip(detail.attempts, sent, strict=True):
        assert shown.headers == {name: got.headers[name] for name in shown.headers}
        assert "X-Revento-Signature" in shown.headers


async def test_headers_of_old_tries_are_shown_with_the_secret_of_then(db, told, receiver) -> None:
    (entry,) = await search(db, told, state="dead")
    async with db.tx() as tx:
        client = told.connections[0].client_id
        await tx.run("UPDATE signing_secrets SET ended_at = now() WHERE client_id = %(c)s", c=client)
        await world.add_secret(tx, client, signing.new_secret(), ids.new("sig"), at=datetime.now(UTC))
        detail = await actions.detail(tx, world.BOX, await the_endpoints(tx, told), entry.id)
    assert detail is not None
    sent = next(one for one in receiver.got if one.id == str(entry.id))
    assert detail.attempts[0].headers["X-Revento-Signature"] == sent.headers["X-Revento-Signature"]


async def test_a_dead_letter_is_sent_again_under_its_own_id(db, told, receiver) -> None:
    (entry,) = await search(db, told, state="dead")
    async with db.tx() as tx:
        endpoints = await the_endpoints(tx, told)
        assert await letters.count(tx, endpoints) == 1
        assert await dead_letters.resend(tx, endpoints, [entry.id]) == 1
        assert await letters.count(tx, endpoints) == 0
    async with dispatching(db):
        await receiver.until(lambda one: [got.attempt for got in one.got if got.id == str(entry.id)] == [1, 2, 3])
        await until(db, "SELECT EXISTS (SELECT FROM delivery_log WHERE id = %(id)s)", id=entry.id)
    (again,) = [one for one in await search(db, told) if one.id == entry.id]
    assert (again.state, again.attempts, again.seq) == ("delivered", 3, entry.seq)
    assert receiver.got[-1].headers.get("X-Revento-Replay") is None


async def test_a_waiting_one_goes_at_once_when_sent_again(db, told, receiver) -> None:
    (entry,) = await search(db, told, state="waiting")
    async with db.tx() as tx:
        assert await dead_letters.resend(tx, await the_endpoints(tx, told), [entry.id]) == 1
    async with dispatching(db):
        await until(db, NOTHING_LEFT)
    assert receiver.got[-1].id == str(entry.id)


async def test_others_deliveries_are_not_sent_again(db, told) -> None:
    (entry,) = await search(db, told, state="dead")
    async with db.tx() as tx:
        assert await dead_letters.resend(tx, [entry.endpoint_no + 1], [entry.id]) == 0
        assert await dead_letters.resend(tx, await the_endpoints(tx, told), [UUID(int=4)]) == 0
