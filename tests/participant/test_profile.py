"""What a person changes of herself in an event is told to integrations: her name, her role, shared answers."""

from pathlib import Path

import msgspec

from revento.contract.v1.wire import stamp
from revento.events.program import actions as program
from revento.events.program import queries
from revento.events.program.models import Host
from revento.events.reviews import actions as reviews
from revento.identity import proofs
from revento.kernel.db import Database
from revento.kernel.ids import ParticipantId
from revento.web.organizer.program import facts_of
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


async def test_a_hosts_new_name_reaches_her_activities_and_is_told_where_it_shows(
    db: Database, clock: MovableClock, database_url: str, tmp_path: Path
) -> None:
    story = await convention(db, clock, ("Leila Haddad",))
    linked = ("Dice Design", "Map Drawing", "Synths for Beginners")
    async with db.tx() as tx:
        host = ParticipantId(await tx.one(str, "SELECT id FROM participants"))
        planner = await proofs.as_planner(tx, story.people["Ada Moss"], story.event_id)
        for title in (*linked, "Quiet Reading"):
            activity = await queries.lock_activity(tx, story.event_id, story.activities[title])
            hosts = (Host("Bo Reed"), Host("Leila Haddad", host if title in linked else None))
            facts = msgspec.structs.replace(facts_of(activity), hosts=hosts)
            await program.edit_activity(tx, planner, activity.id, facts, now=clock.now())
        before = len(await messages(tx, "activity.updated"))
        looked_at = (await queries.lock_activity(tx, story.event_id, story.activities["Dice Design"])).version
    form = f"/events/{story.event_id}/application"
    clock.pass_(minutes=5)
    async with visits.opened(database_url, clock, tmp_path) as site:
        leila = await site.as_user(story.people["Leila Haddad"])
        for _ in range(2):
            assert (await leila.post(f"{form}/name", {"display_name": "Captain Lei"})).status_code == 303
        sent = {"role": "participant", "display_name": "Captain Lei", "q-about": "A lantern made of bees."}
        assert (await leila.post(form, sent)).status_code == 303
    async with db.tx() as tx:
        shown = {each.title: each for each in await queries.list_activities(tx, story.event_id, drafts=True)}
        data = [msgspec.json.decode(each)["data"] for each in await messages(tx, "activity.updated")]
    names = {title: [host.display_name for host in shown[title].hosts] for title in (*linked, "Quiet Reading")}
    assert names.pop("Quiet Reading") == ["Bo Reed", "Leila Haddad"]
    assert set(map(tuple, names.values())) == {("Bo Reed", "Captain Lei")}
    told = {each["title"]: each for each in data if each["hosts"][-1]["display_name"] == "Captain Lei"}
    assert (set(told), len(data)) == ({"Dice Design", "Map Drawing"}, before + 2)
    for each in told.values():
        assert each["changed_fields"] == ["hosts"]
        assert each["previous"]["hosts"][-1] == {"participant_id": host, "display_name": "Leila Haddad"}
        assert each["updated_at"] == stamp(clock.now())
    assert shown["Dice Design"].version == looked_at + 1
