"""What goes over the wire: every header, both signatures, through a rotation; debounce, held and in-flight bounds."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from revento.contract import topics
from revento.kernel import ids
from revento.webhooks import signing
from revento.webhooks.outbox import actions as outbox
from revento.webhooks.outbox.shapes import BrokenPayload
from tests.webhooks import world
from tests.webhooks.conftest import NOTHING_LEFT, dispatching, until


async def test_every_header_of_the_contract_is_there_and_the_body_never_changes(db, con, receiver) -> None:
    receiver.answers[:] = [500]
    async with dispatching(db):
        await world.happen(db, con, title="Früh – 早い")
        first, second = await receiver.count(2)
    secret = con.connections[0].secret
    for n, got in enumerate((first, second), 1):
        timestamp = got.headers["X-Revento-Timestamp"]
        assert abs(int(timestamp) - datetime.now(UTC).timestamp()) < 60
        assert got.headers["Content-Type"] == "application/json"
        assert got.headers["User-Agent"] == "Revento-Webhooks/1"
        assert got.headers["X-Revento-Event"] == "event.updated"
        assert (got.attempt, got.sequence) == (n, 1)
        assert "X-Revento-Replay" not in got.headers
        assert "X-Revento-Signature-Previous" not in got.headers
        expected = hmac.new(secret.encode(), timestamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
        assert got.headers["X-Revento-Signature"] == f"sha256={expected}"
        assert got.headers["webhook-id"] == got.id
        assert got.headers["webhook-timestamp"] == timestamp
        assert Webhook(secret).verify(got.body, got.headers) == got.json
    assert first.body == second.body
    assert first.id == second.id
    assert set(first.json) == {"id", "type", "occurred_at", "event_id", "organization_id", "data"}


async def test_openssl_verifies_the_documented_recipe(db, con, receiver) -> None:
    async with dispatching(db):
        await world.happen(db, con)
        (got,) = await receiver.count(1)
    openssl = await asyncio.create_subprocess_exec(
        *("openssl", "dgst", "-sha256", "-hmac", con.connections[0].secret),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await openssl.communicate(got.headers["X-Revento-Timestamp"].encode() + b"." + got.body)
    assert got.headers["X-Revento-Signature"] == "sha256=" + said.decode().split()[-1]


async def test_during_a_rotation_both_secrets_verify_and_afterwards_only_the_new_one(db, con, receiver) -> None:
    old, new = con.connections[0].secret, signing.new_secret()
    now = datetime.now(UTC)
    async with db.tx() as tx:
        client = con.connections[0].client_id
        await tx.run("UPDATE signing_secrets SET expires_at = %(at)s", at=now + timedelta(days=1))
        await world.add_secret(tx, client, new, ids.new("sig"), at=now + timedelta(seconds=1))
    async with dispatching(db):
        await world.happen(db, con)
        await until(db, NOTHING_LEFT)
        (during,) = receiver.got
        async with db.tx() as tx:
            await tx.run("UPDATE signing_secrets SET ended_at = now() WHERE expires_at IS NOT NULL")
        await world.happen(db, con)
        await until(db, NOTHING_LEFT)
    for secret in (old, new):
        assert Webhook(secret).verify(during.body, during.headers)
    timestamp = int(during.headers["X-Revento-Timestamp"])
    assert during.headers["X-Revento-Signature"] == signing.sign(new, timestamp, during.body)
    assert during.headers["X-Revento-Signature-Previous"] == signing.sign(old, timestamp, during.body)
    after = receiver.got[1]
    assert "X-Revento-Signature-Previous" not in after.headers
    assert Webhook(new).verify(after.body, after.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(after.body, after.headers)


async def test_of_many_changes_within_the_quiet_time_the_first_and_the_last_are_told(db, con, receiver) -> None:
    async with dispatching(db):
        for n in range(5):
            async with db.tx() as tx:
                await outbox.put(
                    tx,
                    topics.EVENT_UPDATED,
                    event_id=con.event_id,
                    organization_id=con.organization_id,
                    data=world.event_updated(con, title=f"state {n}"),
                    now=datetime.now(UTC),
                    debounce=timedelta(seconds=3),
                )
            await receiver.count(1)
        await receiver.count(2, within=20)
        await until(db, NOTHING_LEFT)
    assert [one.json["data"]["title"] for one in receiver.got] == ["state 0", "state 4"]
    assert [one.sequence for one in receiver.got] == [1, 2]


async def test_a_payload_that_breaks_its_schema_is_not_stored(db, con) -> None:
    async with db.tx() as tx:
        with pytest.raises(BrokenPayload):
            await outbox.put(
                tx,
                topics.EVENT_UPDATED,
                event_id=con.event_id,
                organization_id=con.organization_id,
                data=world.event_updated(con, title=5),  # pyright: ignore[reportArgumentType]
                now=datetime.now(UTC),
            )
        assert await tx.one(int, "SELECT count(*) FROM messages") == 0


async def test_what_is_held_while_the_organizer_pauses_comes_afterwards_in_order(db, con, receiver) -> None:
    async with db.tx() as tx:
        await tx.run("UPDATE installations SET paused_at = now()")
    async with dispatching(db):
        await world.happen(db, con, 3)
        await until(db, "SELECT count(*) = 3 FROM deliveries WHERE state = 4")
        assert receiver.got == []
        async with db.tx() as tx:
            await tx.run("UPDATE installations SET paused_at = NULL")
        await receiver.count(3, within=20)
    assert [one.attempt for one in receiver.got] == [1, 1, 1]
    assert sorted(one.sequence for one in receiver.got) == [1, 2, 3]


async def test_a_receiver_that_hangs_has_at_most_its_places_and_others_do_not_wait_for_it(db, con, receiver) -> None:
    receiver.hold = asyncio.Event()
    async with db.tx() as tx:
        other = await world.make(tx)
        await world.connect(tx, other, receiver.url.replace("hook", "other"))
    async with dispatching(db):
        await world.happen(db, con, 20)
        await receiver.count(1)
        await world.happen(db, other)
        await receiver.until(lambda one: any(got.path == "/other" for got in one.got))
        hanging = [one for one in receiver.got if one.path == "/hook"]
        assert len(hanging) <= 4
        receiver.hold.set()
        await until(db, NOTHING_LEFT, within=30)
    assert len(receiver.got) == 21
