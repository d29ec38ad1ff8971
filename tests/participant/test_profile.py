"""What a person changes of herself in an event is told to integrations: her name, her role, shared answers."""

from pathlib import Path

import msgspec

from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.kernel.db import Database
from tests import visits
from tests.browser.story import convention
from tests.conftest import MovableClock
from tests.integrations.connected import messages

TOLD = "participant.profile_updated"


async def test_a_new_name_and_a_shared_answer_are_told(
    db: Database, clock: MovableClock, database_url: str, tmp_path: Path
) -> None:
    story = await convention(db, clock, ("Leila Haddad",))
    form, told = f"/events/{story.event_id}/application", list[tuple[str, list[str]]]()
    async with db.tx() as tx:
        await tx.run("UPDATE form_fields SET is_shared = key = 'about'")
    async with visits.opened(database_url, clock, tmp_path) as site:
        leila = await site.as_user(story.people["Leila Haddad"])
        sent = {"role": "participant", "display_name": "Leila Haddad", "q-about": "A lantern made of bees."}
        for change, changed in (
            ({}, ["custom_form_fields"]),
            ({}, None),
            ({"display_name": " Lei "}, ["display_name"]),
        ):
            assert (await leila.post(form, sent | change)).status_code == 303
            told += [("Lei" if "display_name" in change else "Leila Haddad", changed)] if changed else []
        async with db.tx() as tx:
            ada = await proofs.as_reviewer(tx, story.people["Ada Moss"], story.event_id)
            await reviews.approve(tx, ada, story.applications["Leila Haddad"], now=clock.now())
        page = (await leila.get(form)).text
        assert ("Change your name here" in page, "Send again" in page) == (True, False)
        for name in ("Captain Lei", "Captain Lei", "  "):
            assert (await leila.post(f"{form}/name", {"display_name": name})).headers["location"] == form
        assert "Captain Lei" in (await leila.get(form)).text
        stranger = await site.as_user(story.people["Ada Moss"])
        assert (await stranger.post(f"{form}/name", {"display_name": "X"})).status_code == 404
    async with db.tx() as tx:
        data = [msgspec.json.decode(each)["data"] for each in await messages(tx, TOLD)]
        submitted = len(await messages(tx, "application.submitted"))
    assert [(each["display_name"], each["changed_fields"]) for each in data] == [
        *told,
        ("Captain Lei", ["display_name"]),
    ]
    assert submitted == 4
