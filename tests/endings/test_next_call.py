"""After each cause of contract §2.5: what the integration is told on its next call, and what it still receives."""

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from revento.endings import archive_event, disconnect, expire, leave, lose_status, suspend, unpublish
from revento.identity.proofs import Operator
from revento.integrations.deletions import queries as deletions
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from tests import visits
from tests.integrations import given
from tests.integrations.connected import KEYS, Connected, connected
from tests.webhooks import receivers, world
from tests.webhooks.conftest import LOOPBACK, NOTHING_LEFT, dispatching, until

ROUTED = "SELECT NOT EXISTS (SELECT FROM message_queue)"  # what a suspension holds back stays in `deliveries`
KINDS = ["event.updated", "data.deletion_required", "integration.suspended", "integration.resumed"]


async def by_disconnecting(tx: Tx, story: Connected, now: datetime) -> None:
    await disconnect.disconnect(tx, await story.manager(tx), story.installation.id, why="No more", now=now)


async def by_archiving(tx: Tx, story: Connected, now: datetime) -> None:
    await archive_event.archive_event(tx, await story.organizer(tx), now=now)


async def by_losing_status(tx: Tx, story: Connected, now: datetime) -> None:
    await lose_status.lose_status(tx, Operator(story.ada), story.organization_id, note="Dissolved.", now=now)


async def by_unpublishing(tx: Tx, story: Connected, now: datetime) -> None:
    await unpublish.unpublish(tx, story.ada, story.client.integration_id, note="Abandoned.", now=now)


async def by_suspending(tx: Tx, story: Connected, now: datetime) -> None:
    await suspend.suspend(tx, story.ada, story.client.integration_id, reason="It hammers.", now=now)


async def by_expiring(tx: Tx, story: Connected, now: datetime) -> None:
    long_over = """
        UPDATE events SET starts_at = %(now)s - interval '92 days', ends_at = %(now)s - interval '91 days'
         WHERE id = %(id)s
    """
    await tx.run(long_over, now=now, id=story.event_id)
    await tx.run("UPDATE installations SET ends_at = %(now)s WHERE id = %(id)s", now=now, id=story.installation.id)
    assert (await expire.look(tx, base_url="http://x", now=now))[0] == 1


async def by_cutting(tx: Tx, story: Connected, now: datetime) -> None:
    await leave.cut(tx, story.cyd, story.grant.id, now=now)


async def by_deleting_the_account(tx: Tx, story: Connected, now: datetime) -> None:
    await leave.delete_account(tx, story.cyd, now=now)


# Cause -> what does it, whether installation tokens die, the subject of the duty that it opens.
CAUSES: dict[str, tuple[Any, bool, str | None]] = {
    "organizer_disconnected": (by_disconnecting, True, "event"),
    "event_archived": (by_archiving, True, "event"),
    "organization_status_lost": (by_losing_status, True, "event"),
    "integration_unpublished": (by_unpublishing, True, "event"),
    "installation_expired": (by_expiring, True, "event"),
    "integration_suspended": (by_suspending, True, None),
    "participant_disconnected": (by_cutting, False, "participant"),
    "account_deleted": (by_deleting_the_account, False, "participant"),
}


class Api:
    """An integration's calls."""

    def __init__(self, http: httpx.AsyncClient, story: Connected) -> None:
        self.http, self.story = http, story

    async def told(self, token: str, path: str) -> tuple[int, str | None, str | None]:
        """Status, code and reason."""
        answer = await self.http.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        body = answer.json()
        if answer.status_code == 401:
            assert body["revoked_at"].endswith("Z")
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        return answer.status_code, body.get("error"), body.get("reason")

    async def event(self) -> tuple[int, str | None, str | None]:
        """By the installation token."""
        return await self.told(self.story.install.access_token, f"/events/{self.story.event_id}")

    async def profile(self) -> tuple[int, str | None, str | None]:
        """By the user token."""
        return await self.told(self.story.user.access_token, "/me/profile")

    async def refresh(self, token: str) -> httpx.Response:
        """Trades a refresh token."""
        own = {"client_id": self.story.client.id, "client_secret": self.story.made.client_secret}
        return await self.http.post("/oauth/token", data=own | {"grant_type": "refresh_token", "refresh_token": token})


async def make(db: Database, now: datetime, url: str) -> Connected:
    async with db.tx() as tx:
        declared = {"webhook_url": url, "declared_webhook_event_types": KINDS, "allowed": LOOPBACK}
        return await connected(tx, now=now, **declared)


async def settled(db: Database, receiver: receivers.Receiver) -> None:
    """What went before is delivered and forgotten: the clock stands, so it counts as of the connection's moment."""
    async with dispatching(db, box=given.BOX):
        await until(db, NOTHING_LEFT, within=60)
    receiver.got.clear()


async def happen(db: Database, story: Connected) -> None:
    """The event changes."""
    await world.happen(db, world.World(story.ada, story.organization_id, story.event_id))


@pytest.mark.parametrize("reason", CAUSES)
async def test_a_cause_is_told_on_the_next_call_and_nothing_but_its_duty_is_delivered_any_more(
    database_url: str, clock: Clock, tmp_path: Path, reason: str
) -> None:
    act, ends_installation, subject = CAUSES[reason]
    suspended, dead = reason == "integration_suspended", (401, "token_revoked", reason)
    own = {"REVENTO_SECRET_KEY": KEYS.roots[0].decode()}
    async with visits.opened(database_url, clock, tmp_path, **own) as site, receivers.listening() as receiver:
        http, now = (await site.anybody()).client, clock.now()
        story = await make(site.db, now, receiver.url)
        api = Api(http, story)
        await settled(site.db, receiver)
        assert (await api.event(), await api.profile()) == ((200, None, None), (200, None, None))
        async with site.db.tx() as tx:
            await act(tx, story, now)
        assert await api.event() == (dead if ends_installation else (200, None, None))
        assert await api.profile() == dead
        refused = await api.refresh(story.user.refresh_token)
        assert refused.json()["error"] == ("unauthorized_client" if suspended else "invalid_grant")
        assert ("Keep this refresh token" in refused.json()["error_description"]) is suspended
        if ends_installation and not suspended:
            assert (await api.refresh(story.install.refresh_token)).json()["error"] == "invalid_grant"
        await happen(site.db, story)
        async with dispatching(site.db, box=given.BOX):
            await until(site.db, ROUTED if suspended else NOTHING_LEFT, within=60)
            await receiver.count(1, within=60)
        arrived = [one.json for one in receiver.got]
        due = ["data.deletion_required"] if subject else ["integration.suspended"]
        assert sorted(one["type"] for one in arrived) == due + ([] if ends_installation else ["event.updated"])
        if subject:
            (duty,) = (one["data"] for one in arrived if one["type"] == "data.deletion_required")
            async with site.db.tx() as tx:
                (kept,) = await deletions.list_by_event(tx, story.event_id)
            assert (kept.deadline_at - now).days == 30
            assert duty == {
                "deletion_id": kept.id,
                "subject": subject,
                "participant_id": None,
                "user_id": story.cyd if subject == "participant" else None,
                "reason": reason,
                "deadline_at": kept.deadline_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }


async def test_a_lifted_suspension_gives_back_refreshing_reading_and_webhooks_without_a_new_consent(
    database_url: str, clock: Clock, tmp_path: Path
) -> None:
    own = {"REVENTO_SECRET_KEY": KEYS.roots[0].decode()}
    async with visits.opened(database_url, clock, tmp_path, **own) as site, receivers.listening() as receiver:
        story = await make(site.db, clock.now(), receiver.url)
        api = Api((await site.anybody()).client, story)
        await settled(site.db, receiver)
        async with site.db.tx() as tx:
            await by_suspending(tx, story, clock.now())
        await happen(site.db, story)
        async with site.db.tx() as tx:
            await suspend.resume(tx, story.ada, story.client.integration_id, now=clock.now())
        dead = (401, "token_revoked", "integration_suspended")
        assert (await api.event(), await api.profile()) == (dead, dead)  # access tokens stay dead
        for kept, look in ((story.install, api.event), (story.user, api.profile)):
            fresh = await api.refresh(kept.refresh_token)
            assert fresh.status_code == 200, fresh.text
            path = f"/events/{story.event_id}" if look == api.event else "/me/profile"
            assert await api.told(fresh.json()["access_token"], path) == (200, None, None)
        await happen(site.db, story)
        async with dispatching(site.db, box=given.BOX):
            await until(site.db, NOTHING_LEFT, within=60)
        types = [one.json["type"] for one in receiver.got]
        assert sorted(types) == ["event.updated", "event.updated", "integration.resumed", "integration.suspended"]
