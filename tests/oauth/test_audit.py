"""What happened to tokens is shown to the integrator, to the organizers and to the operator: to each her own part."""

import httpx

from tests.oauth import given
from tests.oauth.given import Speaker
from tests.visits import Site


async def test_each_audience_sees_its_own_part_of_the_token_audit(
    badges: Speaker, rival: Speaker, ada: httpx.AsyncClient, con: given.Convention, site: Site
) -> None:
    tokens = await badges.tokens(ada)
    await badges.refresh(tokens["refresh_token"])
    eve = (await site.as_user(con.people["Eve"])).client
    theirs = {"client_id": con.rival.client_id, "redirect_uri": "https://rival.example/cb"}
    await rival.code(eve, event_id=con.other_event_id, **theirs)
    ivo, olga = await site.as_user(con.people["Ivo"]), await site.person("Olga", operator=True)

    own = (await ada.get(f"/organizer/events/{con.event_id}/integrations/tokens")).text
    assert [word in own for word in ("consent.approved", "token.issued", "token.refreshed", "Badges", "Rival")] == [
        *(True, True, True, True, False)
    ]
    assert (await eve.get(f"/organizer/events/{con.event_id}/integrations/tokens")).status_code == 404
    filtered = await ada.get(f"/organizer/events/{con.event_id}/integrations/tokens?action=token.refreshed")
    assert filtered.text.count('class="lead">Access renewed') == 1
    assert 'class="lead">Access issued' not in filtered.text

    mine = (await ivo.get(f"/developer/integrations/{con.badges.id}/tokens")).text
    assert ("token.refreshed" in mine, con.event_id in mine, con.other_event_id in mine) == (True, True, False)

    assert ("127.0.0.1" in mine, "127.0.0.1" in own) == (True, False)  # its servers' addresses, and nobody's home

    every = (await olga.get("/operator/tokens")).text
    assert ("Badges" in every, "Rival" in every) == (True, True)
    found = (await olga.get(f"/operator/tokens?q={con.rival.client_id}")).text
    assert ("consent.approved" in found, "Badges" in found) == (True, False)
    assert (await ivo.get("/operator/tokens")).status_code == 404


async def test_the_audit_pages_page_by_their_last_row(
    badges: Speaker, ada: httpx.AsyncClient, con: given.Convention, site: Site
) -> None:
    token = (await badges.tokens(ada))["refresh_token"]
    for _ in range(55):
        token = (await badges.refresh(token)).json()["refresh_token"]
    olga = await site.person("Olga", operator=True)
    for browser, path, renewed, issued in (
        (ada, f"/organizer/events/{con.event_id}/integrations/tokens", ">Access renewed</th>", ">Access issued</th>"),
        (olga.client, "/operator/tokens", ">token.refreshed</small>", ">token.issued</small>"),
    ):
        first = await browser.get(path)
        older = first.text.partition("?before=")[2].partition('"')[0]
        second = await browser.get(f"{path}?before={older}")
        assert (first.text.count(renewed), second.text.count(renewed)) == (50, 5)
        assert issued in second.text
