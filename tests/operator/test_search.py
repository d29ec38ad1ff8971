"""The operator finds anything by its id, and everything that a request caused by the request's."""

import os
import subprocess
import sys
from uuid import uuid4

from revento.kernel.db import Database
from revento.webhooks.fanout import actions as fanout
from revento.workers import seal_audit
from tests.browser.story import convention
from tests.conftest import MovableClock
from tests.integrations import given
from tests.integrations.connected import connected
from tests.operator.test_audit import tools, write
from tests.visits import Site, Visitor


async def test_an_id_of_any_kind_is_found_and_opens_a_page(
    db: Database, site: Site, olga: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
        await given.application(tx, story.ada, story.cyd, story.event_id, now=clock.now())
        await fanout.route(tx)
    world = await convention(db, clock)
    ada = await site.as_user(story.ada)
    await ada.post(f"/organizer/events/{story.event_id}/integrations/{story.installation.id}/disconnect")
    async with db.tx() as tx:
        ids = {
            "Organization": story.organization_id,
            "Person": story.cyd,
            "Integration": story.client.integration_id,
            "Client": story.client.id,
            "Connection": story.installation.id,
            "Event": story.event_id,
            "Deletion duty": await tx.one(str, "SELECT id FROM deletion_requests"),
            "Application": await tx.one(str, "SELECT id FROM applications LIMIT 1"),
            "Participant": await tx.one(str, "SELECT id FROM participants LIMIT 1"),
            "Activity": next(iter(world.activities.values())),
            "Thread": await tx.one(str, "SELECT id FROM threads LIMIT 1"),
            "Location": await tx.one(str, "SELECT id FROM locations LIMIT 1"),
            "Registration wave": await tx.one(str, "SELECT id FROM registration_waves LIMIT 1"),
            "Deed": await tx.one(str, "SELECT subject FROM audit_log WHERE action = 'integration.ended' LIMIT 1"),
        }
    for kind, id in ids.items():
        page = (await olga.get("/operator/search", params={"q": id})).text
        assert (kind, id in page and kind in page) == (kind, True)
        link = page.split('class="strong cover" href="')[1].split('"')[0]
        assert (kind, (await olga.get(link)).status_code) == (kind, 200)


async def test_a_request_id_finds_the_request_and_what_it_caused(
    db: Database, site: Site, olga: Visitor, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
    id = str(uuid4())
    ada = await site.as_user(story.ada)
    path = f"/organizer/events/{story.event_id}/integrations/{story.installation.id}/disconnect"
    await ada.post(path, headers={"X-Revento-Request-Id": id})
    page = (await olga.get("/operator/search", params={"q": id})).text
    assert "integration.ended" in page
    assert (f'href="/operator/tokens?q={id}"' in page, "Access ended" in page) == (True, True)
    async with db.tx() as tx:
        await tx.run(
            """INSERT INTO api_requests (at, request_id, integration_id, method, endpoint, path, status, duration_ms)
               VALUES (now(), %(id)s, %(integration)s, 'GET', '/x', '/api/v1/events/evt_1', 403, 1)""",
            id=id,
            integration=story.client.integration_id,
        )
    assert "GET /api/v1/events/evt_1" in (await olga.get("/operator/search", params={"q": id})).text


async def test_the_chain_is_verified_with_one_command(db: Database, clock: MovableClock, tmp_path) -> None:
    def verify() -> subprocess.CompletedProcess[str]:
        environ = {"DATABASE_URL": db.url, "REVENTO_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
        command = [sys.executable, "-m", "revento.cli", "audit", "verify", "--json"]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)

    await write(db, clock, "a.one", "a.two")
    await seal_audit.seal(tools(db, clock))
    whole = verify()
    assert (whole.returncode, '"rows": 2' in whole.stdout) == (0, True), whole.stderr
    async with db.tx() as tx:
        await tx.run("UPDATE audit_log SET actor = 'usr_eve' WHERE action = 'a.one'")
    broken = verify()
    assert broken.returncode == 1
    assert "the audit log was changed" in broken.stderr
