"""The pull feed over HTTP, as an integration without a reachable receiver uses it."""

import asyncio
import base64
import time
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook

from revento.contract import limits
from revento.kernel import ids, secrets
from revento.webhooks import signing
from tests.api.conftest import serve
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until

BASE = "/api/v1/integration"


@pytest.fixture
async def api(database_url, tmp_path, clock):
    environ = {"REVENTO_SECRET_KEY": world.SECRET_KEY}
    async for client in serve(database_url, tmp_path, clock, environ=environ):
        yield client


@pytest.fixture
async def unreachable(db):
    """A connection that declares types but names no address."""
    async with db.tx() as tx:
        made = await world.make(tx)
        await world.connect(tx, made, None)
    return made


async def credentials(db, con) -> tuple[str, str]:
    """A client secret, as its owner got it."""
    secret = secrets.new_secret(limits.CLIENT_SECRET_PREFIX)
    client = con.connections[0].client_id
    async with db.tx() as tx:
        await tx.run(
            """INSERT INTO client_secrets (id, client_id, hash, hint, created_at)
               VALUES (%(id)s, %(client)s, %(hash)s, 'abcd', %(now)s)""",
            id=ids.new("sec"),
            client=client,
            hash=secrets.sha256(secret),
            now=datetime.now(UTC),
        )
    return client, secret


async def test_what_cannot_be_pushed_is_pulled_signed_and_acknowledged(db, api, unreachable, clock) -> None:
    who = await credentials(db, unreachable)
    made = await world.happen(db, unreachable, 3)
    async with dispatching(db):
        await until(db, "SELECT count(*) = 3 FROM deliveries WHERE state = 4")
    page = (await api.get(f"{BASE}/deliveries", params={"limit": 2}, auth=who)).json()
    assert page["has_more"] is True
    rest = (await api.get(f"{BASE}/deliveries", params={"cursor": page["next_cursor"]}, auth=who)).json()
    assert rest["has_more"] is False
    items = page["data"] + rest["data"]
    assert [one["sequence"] for one in items] == [1, 2, 3]
    secret = unreachable.connections[0].secret
    for item, message in zip(items, made, strict=True):
        body, headers = base64.b64decode(item["body"]), item["headers"]
        assert Webhook(secret).verify(body, headers)["id"] == message
        timestamp = int(headers["X-Revento-Timestamp"])
        assert timestamp == int(clock.now().timestamp())
        assert headers["X-Revento-Signature"] == signing.sign(secret, timestamp, body)
        assert headers["X-Revento-Delivery-Id"] == item["id"]
    mine = [one["id"] for one in items]
    noted = await api.post(f"{BASE}/deliveries/ack", json={"ids": [*mine, str(unreachable_id())]}, auth=who)
    assert noted.json() == {"acknowledged": mine, "unknown": [str(unreachable_id())]}
    assert (await api.post(f"{BASE}/deliveries/ack", json={"ids": mine}, auth=who)).json()["acknowledged"] == mine
    empty = (await api.get(f"{BASE}/deliveries", auth=who)).json()
    assert empty == {"data": [], "next_cursor": None, "has_more": False}
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT state FROM delivery_log") == ["acknowledged"] * 3


def unreachable_id() -> object:
    return "00000000-0000-4000-8000-000000000000"


async def test_an_acknowledged_delivery_is_not_pushed_any_more(db, api, con, receiver) -> None:
    who = await credentials(db, con)
    receiver.then = 500
    async with dispatching(db, ladder=(0, 1, 1, 60)):
        await world.happen(db, con)
        await receiver.count(1)
        (item,) = (await api.get(f"{BASE}/deliveries", auth=who)).json()["data"]
        assert item["state"] == "waiting"
        await api.post(f"{BASE}/deliveries/ack", json={"ids": [item["id"]]}, auth=who)
        await until(db, NOTHING_LEFT)
        tries = len(receiver.got)
        await asyncio.sleep(1.5)
        assert len(receiver.got) == tries


async def test_pushed_ones_are_listed_until_acknowledged_unless_only_open_ones_are_asked_for(db, api, con) -> None:
    who = await credentials(db, con)
    async with dispatching(db):
        await world.happen(db, con)
        await until(db, NOTHING_LEFT)
    (item,) = (await api.get(f"{BASE}/deliveries", auth=who)).json()["data"]
    assert item["state"] == "delivered"
    assert (await api.get(f"{BASE}/deliveries", params={"only": "open"}, auth=who)).json()["data"] == []
    await api.post(f"{BASE}/deliveries/ack", json={"ids": [item["id"]]}, auth=who)
    assert (await api.get(f"{BASE}/deliveries", auth=who)).json()["data"] == []
    async with db.tx() as tx:
        assert await tx.all(str, "SELECT state FROM delivery_log") == ["delivered"]


async def test_a_long_poll_answers_as_soon_as_something_comes(db, api, unreachable) -> None:
    who = await credentials(db, unreachable)
    async with dispatching(db):
        asking = asyncio.create_task(api.get(f"{BASE}/deliveries", params={"wait": 15}, auth=who, timeout=20))
        await asyncio.sleep(0.5)
        assert not asking.done()
        await world.happen(db, unreachable)
        async with asyncio.timeout(8):
            assert len((await asking).json()["data"]) == 1


async def test_a_long_poll_ends_with_nothing_after_its_time(db, api, unreachable) -> None:
    who = await credentials(db, unreachable)
    begun = time.monotonic()
    answer = await api.get(f"{BASE}/deliveries", params={"wait": 1}, auth=who)
    assert time.monotonic() - begun > 0.9
    assert answer.json()["data"] == []


async def test_nobody_pulls_what_a_paused_or_ended_connection_would_not_be_sent(db, api, unreachable) -> None:
    who = await credentials(db, unreachable)
    await world.happen(db, unreachable)
    async with dispatching(db):
        await until(db, "SELECT count(*) = 1 FROM deliveries WHERE state = 4")
    assert len((await api.get(f"{BASE}/deliveries", auth=who)).json()["data"]) == 1
    for change in (
        "paused_at = now()",
        "paused_at = NULL, state = 'ended', ended_at = now(), end_reason = 'organizer_disconnected'",
    ):
        async with db.tx() as tx:
            await tx.run("UPDATE installations SET " + change)
        assert (await api.get(f"{BASE}/deliveries", auth=who)).json()["data"] == []


async def test_without_the_right_secret_nothing_is_shown(db, api, unreachable) -> None:
    client, _ = await credentials(db, unreachable)
    for asking in (
        {},
        {"auth": ("cli_nobody", "rev_secret_x")},
        {"auth": (client, "rev_secret_wrong")},
        {"headers": {"Authorization": "Bearer abc"}},
        {"headers": {"Authorization": "Basic !!!"}},
        {"headers": {"Authorization": "Basic bm9jb2xvbg=="}},
    ):
        answer = await api.get(f"{BASE}/deliveries", **asking)
        assert answer.status_code == 401
        assert answer.json()["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert set(answer.json()) == {"error", "message", "request_id"}


async def test_wrong_parameters_and_bodies_are_named(db, api, unreachable) -> None:
    who = await credentials(db, unreachable)
    for query, field in (
        ("wait=21", "wait"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("only=some", "only"),
        ("cursor=x", "cursor"),
    ):
        answer = await api.get(f"{BASE}/deliveries?{query}", auth=who)
        assert answer.status_code == 400
        assert answer.json()["field"] == field
        assert answer.json()["error"] == ("invalid_cursor" if field == "cursor" else "invalid_request")
    for body in (b"", b"[]", b'{"ids":["x"]}', b'{"ids":5}'):
        answer = await api.post(f"{BASE}/deliveries/ack", content=body, auth=who)
        assert (answer.status_code, answer.json()["field"]) == (400, "ids")


async def test_anothers_cursor_and_deliveries_are_of_no_use(db, api, unreachable) -> None:
    async with db.tx() as tx:
        other = await world.make(tx)
        await world.connect(tx, other, None)
    await world.happen(db, unreachable)
    await world.happen(db, other)
    async with dispatching(db):
        await until(db, "SELECT count(*) = 2 FROM deliveries WHERE state = 4")
    who, they = await credentials(db, unreachable), await credentials(db, other)
    mine = (await api.get(f"{BASE}/deliveries", auth=who)).json()
    theirs = (await api.get(f"{BASE}/deliveries", auth=they)).json()
    assert mine["data"][0]["id"] != theirs["data"][0]["id"]
    stolen = await api.get(f"{BASE}/deliveries", params={"cursor": theirs["next_cursor"]}, auth=who)
    assert stolen.json()["error"] == "invalid_cursor"
    taken = await api.post(f"{BASE}/deliveries/ack", json={"ids": [theirs["data"][0]["id"]]}, auth=who)
    assert taken.json()["acknowledged"] == []


async def test_the_feed_has_sixty_requests_a_minute(db, api, unreachable, clock) -> None:
    who = await credentials(db, unreachable)
    for _ in range(60):
        assert (await api.get(f"{BASE}/installations", auth=who)).status_code == 200
    refused = await api.get(f"{BASE}/installations", auth=who)
    assert (refused.status_code, refused.json()["error"]) == (429, "rate_limit_exceeded")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    clock.pass_(seconds=61)
    assert (await api.get(f"{BASE}/installations", auth=who)).status_code == 200


async def test_connections_are_listed(db, api, unreachable) -> None:
    page = (await api.get(f"{BASE}/installations", auth=await credentials(db, unreachable))).json()
    (one,) = page["data"]
    assert one["id"] == unreachable.connections[0].installation_id
    assert (one["event_id"], one["status"], one["ended_at"]) == (unreachable.event_id, "active", None)
    assert one["scopes"] == world.SCOPES


async def test_deletion_duties_are_listed_and_confirmed_by_their_own_client_only(db, api, unreachable) -> None:
    async with db.tx() as tx:
        other = await world.make(tx)
        await world.connect(tx, other, None)
        connection = unreachable.connections[0]
        duty = ids.new("del")
        await tx.run(
            """INSERT INTO deletion_requests (id, event_id, organization_id, integration_id, installation_id, subject,
                                              reason, opened_at, deadline_at)
               VALUES (%(id)s, %(event)s, %(org)s, %(integration)s, %(installation)s, 'event',
                       'organizer_disconnected', now(), now() + interval '30 days')""",
            id=duty,
            event=unreachable.event_id,
            org=unreachable.organization_id,
            integration=connection.integration_id,
            installation=connection.installation_id,
        )
    who, they = await credentials(db, unreachable), await credentials(db, other)
    (listed,) = (await api.get(f"{BASE}/deletions", auth=who)).json()["data"]
    assert (listed["deletion_id"], listed["subject"], listed["confirmed_at"]) == (duty, "event", None)
    assert (await api.get(f"{BASE}/deletions", auth=they)).json()["data"] == []
    assert (await api.post(f"{BASE}/deletions/{duty}/confirm", auth=they)).status_code == 404
    receipt: httpx.Response = await api.post(f"{BASE}/deletions/{duty}/confirm", auth=who)
    assert receipt.status_code == 200
    assert receipt.json()["confirmed_at"] is not None
    again = await api.post(f"{BASE}/deletions/{duty}/confirm", auth=who)
    assert again.json() == receipt.json()
