"""The examination that goes on after listing, against a real receiver: probed, warned, paused; a live test by hand."""

import hashlib
import hmac

import pytest

from revento.integrations.credentials.models import Client
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.webhooks.care import actions as care
from revento.webhooks.fanout import actions as fanout
from revento.workers import examine
from revento.workers.tools import Tools
from tests.conftest import MovableClock
from tests.integrations import given
from tests.integrations.connected import KEYS
from tests.visits import Site, Visitor
from tests.webhooks.receivers import Got, Receiver, listening


@pytest.fixture
async def receiver():
    async with listening() as made:
        yield made


TYPES = ["application.submitted"]


class Listed:
    """An integration in production, connected to an event; its webhooks go to the receiver."""

    client: Client
    secret: str


@pytest.fixture
async def listed(db: Database, clock: MovableClock, receiver: Receiver) -> Listed:
    made, now = Listed(), clock.now()
    async with db.tx() as tx:
        ada = await given.user(tx, "Ada", now=now)
        org = await given.organization(tx, ada, now=now)
        event = await given.event(tx, ada, org, now=now)
        registered, made.client = await given.registered(
            tx,
            ada,
            now=now,
            organization_id=org,
            environment="production",
            kind="in_house",
            declared_webhook_event_types=TYPES,
        )
        made.secret = registered.webhook_secret or ""
        await given.connect(tx, await given.manager(tx, ada, event), made.client, now=now)
        await given.application(tx, ada, await given.user(tx, "Cyd", now=now), event, now=now)
        await fanout.route(tx)  # the first message makes the receiver
        await tx.run(
            "UPDATE manifests SET document = jsonb_set(document, '{webhook_url}', to_jsonb(%(url)s::text))",
            url=receiver.url,
        )
    return made


def tools(db: Database, clock: MovableClock) -> Tools:
    return Tools(Settings.read({"DATABASE_URL": db.url}, env="development"), db, clock, KEYS, given.BOX)


def is_signed(got: Got, secret: str) -> bool:
    stamp = got.headers["X-Revento-Timestamp"].encode()
    right = hmac.new(secret.encode(), stamp + b"." + got.body, hashlib.sha256).hexdigest()
    return got.headers["X-Revento-Signature"] == f"sha256={right}"


async def letters(db: Database) -> list[str]:
    async with db.tx() as tx:
        return await tx.all(str, "SELECT subject FROM mails WHERE subject LIKE '%%accepts forged%%' ORDER BY id")


async def states(db: Database) -> list[str]:
    async with db.tx() as tx:
        return await tx.all(str, "SELECT state FROM endpoints WHERE installation_id IS NOT NULL")


async def test_a_sound_endpoint_is_probed_every_three_days_and_left_in_peace(
    db: Database, clock: MovableClock, receiver: Receiver, listed: Listed
) -> None:
    receiver.then = 401
    assert await examine.examine(tools(db, clock)) == {listed.client.id: "none"}
    forged, stale = receiver.got
    ages = [clock.now().timestamp() - int(each.headers["X-Revento-Timestamp"]) for each in (forged, stale)]
    assert (is_signed(forged, listed.secret), is_signed(stale, listed.secret)) == (False, True)
    assert ages == [0, 900]
    clock.pass_(days=2)
    assert await examine.examine(tools(db, clock)) == {}
    clock.pass_(days=1)
    assert await examine.examine(tools(db, clock)) == {listed.client.id: "none"}
    assert await letters(db) == []


async def test_one_that_accepts_them_is_warned_by_mail_and_paused_when_it_goes_on(
    db: Database, clock: MovableClock, receiver: Receiver, listed: Listed
) -> None:
    for days, step in ((0, "warned"), (3, "paused")):
        clock.pass_(days=days)
        assert await examine.examine(tools(db, clock)) == {listed.client.id: step}
        assert await states(db) == [{"warned": "active", "paused": "paused"}[step]]
    assert await letters(db) == [
        "BadgePress accepts forged messages",
        "BadgePress accepts forged messages: webhooks paused",
    ]
    async with db.tx() as tx:  # nor is it said to have answered 410 Gone, as others that are paused
        assert await care.round(tx, base_url="http://x", now=clock.now()) == 0


async def test_one_that_was_repaired_in_time_is_not_paused(
    db: Database, clock: MovableClock, receiver: Receiver, listed: Listed
) -> None:
    for answer, step in ((200, "warned"), (401, "none"), (200, "warned")):
        receiver.then = answer
        assert await examine.examine(tools(db, clock)) == {listed.client.id: step}
        clock.pass_(days=3)
    assert await states(db) == ["active"]


async def test_a_reviewers_live_test_shows_what_it_saw_and_nothing_follows(
    db: Database, site: Site, olga: Visitor, clock: MovableClock, receiver: Receiver, listed: Listed
) -> None:
    done = await examine.examine(tools(db, clock), client_id=listed.client.id)
    assert done == {listed.client.id: "none"}
    assert (await letters(db), await states(db)) == ([], ["active"])
    page = (await olga.get(f"/operator/integrations/{listed.client.integration_id}")).text
    assert "accepted" in page
    clock.pass_(days=3)
    assert await examine.examine(tools(db, clock)) == {listed.client.id: "warned"}
