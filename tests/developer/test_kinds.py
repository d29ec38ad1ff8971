"""Teams, kinds, and a manifest that asks for more: who must consent anew, while the old grant goes on."""

import re

import msgspec

from revento.kernel.db import Database
from tests.conftest import MovableClock
from tests.integrations import given
from tests.integrations.connected import connected
from tests.visits import Site, Visitor

from .conftest import registered
from .test_console import fields

MORE = {
    "required": ["event.read", "participants.read", "program.read"],
    "optional": [],
    "purposes": {
        "event.read": "To print the title.",
        "participants.read": "To print names.",
        "program.read": "To print the program.",
    },
}


async def test_a_manifest_that_asks_for_more_names_who_consents_anew_and_the_old_grant_goes_on(
    db: Database, site: Site, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        story = await connected(tx, now=clock.now())
    (eve,) = await site.rows(str, "SELECT user_id FROM integration_members")
    visitor, nobody = await site.as_user(eve), (await site.anybody()).client
    base = f"/developer/integrations/{story.client.integration_id}"
    document = msgspec.json.encode(given.document(scopes=MORE)).decode()
    seen = await visitor.post(f"{base}/manifest", {"as": "json", "document": document})
    for words in ("1 connected event has to consent again", "Northlight Con", "Newly required:", "program.read"):
        assert words in seen.text
    versions = "SELECT count(*) FROM manifests"
    assert await site.rows(int, versions) == [1]
    done = await visitor.post(f"{base}/manifest", {"as": "json", "document": document, "confirm": "yes"})
    assert done.status_code == 303, done.text[:1000]
    bearer = {"Authorization": f"Bearer {story.install.access_token}"}
    path = f"/api/v1/events/{story.event_id}"
    assert (await nobody.get(f"{path}/participants", headers=bearer)).status_code == 200
    refused = await nobody.get(f"{path}/activities", headers=bearer)
    assert (refused.status_code, refused.json()["required_scope"]) == (403, "program.read")
    refresh = {"grant_type": "refresh_token", "refresh_token": story.install.refresh_token}
    auth = (story.made.client_id, story.made.client_secret)
    assert (await nobody.post("/oauth/token", data=refresh, auth=auth)).json()[
        "scope"
    ] == "event.read participants.read"
    ada = await site.as_user(story.ada)
    page = (await ada.get(f"/organizer/events/{story.event_id}/integrations/{story.installation.id}")).text
    assert "waits for consent to program.read" in (await visitor.get(f"{base}/installations")).text
    assert "It asks for more now" in page
    assert "To print the program." in page


async def test_each_role_of_a_team_may_do_what_it_says(site: Site, ruben: Visitor) -> None:
    made = await registered(site, ruben)
    base = f"/developer/integrations/{made.id}"
    dana, vera = await site.person("Dana Developer"), await site.person("Vera Viewer")
    for person, role in ((dana, "developer"), (vera, "viewer")):
        email = f"{'dana' if person is dana else 'vera'}@example.test"
        assert (await ruben.post(f"{base}/team", {"email": email, "role": role})).status_code == 303
    mails = await site.rows(str, "SELECT recipient FROM mails ORDER BY recipient")
    assert mails == ["dana@example.test", "vera@example.test"]
    may = {}
    for name, person in (("owner", ruben), ("developer", dana), ("viewer", vera)):
        may[name] = (
            (await person.get(base)).status_code,
            (await person.post(f"{base}/credentials/rotate")).status_code,
            (await person.post(f"{base}/team", {"email": "nobody@example.test", "role": "viewer"})).status_code,
        )
    assert may == {"owner": (200, 200, 422), "developer": (200, 200, 403), "viewer": (200, 403, 403)}
    assert (await ruben.post(f"{base}/team/{vera.user_id}")).status_code == 303
    assert (await vera.get(base)).status_code == 404


async def test_in_house_ones_and_scripts_work_at_once_for_their_verified_organization_only(
    db: Database, site: Site, clock: MovableClock
) -> None:
    async with db.tx() as tx:
        ada, bo = await given.user(tx, "Ada", now=clock.now()), await given.user(tx, "Bo", now=clock.now())
        mine = await given.organization(tx, ada, now=clock.now())
        theirs = await given.organization(tx, bo, now=clock.now())
        event = await given.event(tx, ada, mine, now=clock.now())
        other = await given.event(tx, bo, theirs, now=clock.now())
    visitor, stranger = await site.as_user(ada), await site.as_user(bo)
    https = {
        "connect_url": "https://badges.example/connect",
        "redirect_uris": "https://badges.example/callback",
        "webhook_url": "https://badges.example/hook",
    }
    for kind in ("in_house", "script"):
        form = fields(kind=kind, name=f"Own {kind}", where=mine, **https)
        answer = await visitor.post("/developer/integrations", form)
        assert answer.status_code == 200, re.findall(r'class="error".*?</p>', answer.text, re.S)
        assert "rev_secret_" in answer.text
        assert (await stranger.post("/developer/integrations", form)).status_code == 403
    states = await site.rows(str, "SELECT kind || ' ' || state FROM integrations ORDER BY kind")
    assert states == ["in_house published", "script published"]
    shown = (await visitor.get(f"/organizer/events/{event}/integrations/catalogue")).text
    assert "Own in_house" in shown
    assert "Own " not in (await stranger.get(f"/organizer/events/{other}/integrations/catalogue")).text
    (id,) = await site.rows(str, "SELECT id FROM integrations WHERE kind = 'in_house'")
    page = (await visitor.get(f"/developer/integrations/{id}/submission")).text
    assert "Only public integrations are reviewed" in page
    public = fields(kind="public", where=mine, **https)
    assert (await visitor.post("/developer/integrations", public)).status_code == 422
