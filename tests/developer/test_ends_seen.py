"""Every cause of contract §2.5, triggered on the page of whoever causes it, and what the integrator sees of it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from revento.kernel.db import Database
from revento.web.shared import words
from revento.webhooks.fanout import actions as fanout
from tests.conftest import MovableClock
from tests.integrations import given
from tests.integrations.connected import Connected, connected, letters
from tests.visits import Site, Visitor, opened

WHY = "It asks every second."


class Cause(msgspec.Struct, frozen=True):
    """Who presses what, and what follows."""

    who: str
    path: str
    reason: str
    form: dict[str, str] = {}
    kills: tuple[str, ...] = ("install", "user")
    topic: str = "data.deletion_required"
    subject: str = "event"
    mail: str = "was disconnected"
    page: str = "/deletions"
    says: str = ""


CAUSES = [
    Cause("ada", "/organizer/events/{event}/integrations/{installation}/disconnect", "organizer_disconnected"),
    Cause("ada", "/organizer/events/{event}/archive", "event_archived"),
    Cause("olga", "/operator/organizations/{organization}/lose-status", "organization_status_lost", {"reason": WHY}),
    Cause("olga", "/operator/integrations/{integration}/unpublish", "integration_unpublished", {"reason": WHY}),
    Cause(
        "olga",
        "/operator/integrations/{integration}/suspend",
        "integration_suspended",
        {"reason": WHY},
        topic="integration.suspended",
        subject="",
        mail="BadgePress is suspended",
        page="",
        says=WHY,
    ),
    Cause(
        "cyd",
        "/my-data/integrations/{installation}/cut",
        "participant_disconnected",
        kills=("user",),
        subject="participant",
        mail="",
    ),
    Cause("cyd", "/my-data/delete", "account_deleted", {"word": "DELETE"}, ("user",), subject="participant", mail=""),
]


@pytest.fixture
async def site(database_url: str, clock: MovableClock, tmp_path: Path) -> AsyncGenerator[Site]:
    async with opened(database_url, clock, tmp_path) as made:
        yield made


@pytest.fixture
async def story(db: Database, clock: MovableClock) -> Connected:
    types = ["application.approved", "data.deletion_required", "integration.suspended"]
    async with db.tx() as tx:
        made = await connected(tx, now=clock.now(), declared_webhook_event_types=types)
        await given.application(tx, made.ada, made.cyd, made.event_id, now=clock.now())
    return made


async def people(site: Site, story: Connected) -> dict[str, Visitor]:
    (eve,) = await site.rows(str, "SELECT user_id FROM integration_members")
    return {
        "ada": await site.as_user(story.ada),
        "cyd": await site.as_user(story.cyd),
        "eve": await site.as_user(eve),
        "olga": await site.person("Olga Operator", operator=True),
    }


async def asked(site: Site, story: Connected) -> dict[str, dict[str, str]]:
    """What the API says to each token."""
    nobody = (await site.anybody()).client
    tokens = {"install": story.install.access_token, "user": story.user.access_token}
    paths = {"install": f"/api/v1/events/{story.event_id}", "user": "/api/v1/me/profile"}
    answers = {
        kind: await nobody.get(paths[kind], headers={"Authorization": f"Bearer {token}"})
        for kind, token in tokens.items()
    }
    return {kind: answer.json() | {"status": answer.status_code} for kind, answer in answers.items()}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.reason)
async def test_an_end_is_seen_at_the_api_in_a_webhook_by_mail_and_in_the_console(
    site: Site, story: Connected, cause: Cause
) -> None:
    who = await people(site, story)
    assert {kind: said["status"] for kind, said in (await asked(site, story)).items()} == {"install": 200, "user": 200}
    names = {"event": story.event_id, "installation": story.installation.id, "organization": story.organization_id}
    path = cause.path.format(**names, integration=story.client.integration_id)
    answer = await who[cause.who].post(path, dict(cause.form))
    assert answer.status_code == 303, answer.text[:2000]
    for kind, said in (await asked(site, story)).items():
        if kind not in cause.kills:
            assert said["status"] == 200
            continue
        assert (said["status"], said["error"], said["reason"]) == (401, "token_revoked", cause.reason)
        assert said["revoked_at"] == site.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    await told(site, story, cause)
    await shown(who["eve"], story, cause)


async def told(site: Site, story: Connected, cause: Cause) -> None:
    """The webhook is on its way, and the developers have a letter."""
    async with site.db.tx() as tx:
        await fanout.route(tx)
        bodies = await tx.all(str, "SELECT convert_from(body, 'utf8') FROM messages WHERE topic = %(t)s", t=cause.topic)
        mails = await letters(tx)
    (body,) = [msgspec.json.decode(each) for each in bodies]
    if cause.subject:
        assert (body["data"]["subject"], body["data"]["reason"]) == (cause.subject, cause.reason)
    else:
        assert (body["data"]["integration_id"], body["data"]["reason"]) == (story.client.integration_id, WHY)
    if cause.mail:
        assert any(each.startswith("eve-") and cause.mail in each for each in mails), mails


async def shown(eve: Visitor, story: Connected, cause: Cause) -> None:
    """The console: the delivery, and the page that says what to do."""
    base = f"/developer/integrations/{story.client.integration_id}"
    assert cause.topic in (await eve.get(f"{base}/deliveries")).text
    page = (await eve.get(f"{base}{cause.page}")).text
    assert (cause.says or words.ENDED[cause.reason]) in page
    assert words.ENDED[cause.reason] in (await eve.get(f"{base}/tokens")).text


async def test_a_lifted_suspension_is_told_and_the_last_refresh_token_counts_again(
    site: Site, story: Connected
) -> None:
    who = await people(site, story)
    base = f"/operator/integrations/{story.client.integration_id}"
    auth = (story.made.client_id, story.made.client_secret)
    refresh = {"grant_type": "refresh_token", "refresh_token": story.install.refresh_token}
    nobody = (await site.anybody()).client
    assert (await who["olga"].post(f"{base}/suspend", {"reason": WHY})).status_code == 303
    assert (await nobody.post("/oauth/token", data=refresh, auth=auth)).status_code == 400
    assert (await who["olga"].post(f"{base}/resume")).status_code == 303
    answer = await nobody.post("/oauth/token", data=refresh, auth=auth)
    assert answer.status_code == 200, answer.text
    assert (await asked(site, story))["install"]["reason"] == "integration_suspended"
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await nobody.get(f"/api/v1/events/{story.event_id}", headers=bearer)).status_code == 200
