"""Both flows from the first redirect to the last token, as an integration and its people take them."""

import httpx

from tests.oauth import given
from tests.oauth.given import Speaker


async def test_an_organizer_connects_and_the_integration_refreshes_and_gives_back(
    badges: Speaker, ada: httpx.AsyncClient, con: given.Convention
) -> None:
    tokens = await badges.tokens(ada, "program.read", scope="event.read participants.read program.read")
    assert tokens["scope"] == "event.read participants.read program.read"
    assert await badges.is_live(tokens["access_token"])
    again = (await badges.refresh(tokens["refresh_token"])).json()
    assert (await badges.refresh(tokens["refresh_token"])).json() == again
    gone = await badges.token(path="/oauth/revoke", token=again["refresh_token"])
    assert (gone.status_code, await badges.is_live(again["access_token"])) == (200, False)


async def test_a_participant_signs_in_where_the_organizers_have_connected(
    badges: Speaker, ada: httpx.AsyncClient, cyd: httpx.AsyncClient, con: given.Convention
) -> None:
    early = await badges.authorize(cyd, scope="profile.read")
    assert given.is_shown(early)
    assert "doesn&#39;t use this integration" in early.text
    await badges.tokens(ada)
    tokens = await badges.tokens(cyd, "event.attendance", scope="profile.read event.attendance")
    assert (tokens["scope"], tokens["user_id"]) == ("profile.read event.attendance", con.people["Cyd"])


async def test_without_an_event_the_person_chooses_among_her_own(
    badges: Speaker, ada: httpx.AsyncClient, mallory: httpx.AsyncClient, con: given.Convention
) -> None:
    page = await badges.authorize(ada, event_id=None)
    assert page.text.count("event_id=evt_") == 1
    assert f"event_id={con.event_id}" in page.text
    assert "None of your events can be connected" in (await badges.authorize(mallory, event_id=None)).text
