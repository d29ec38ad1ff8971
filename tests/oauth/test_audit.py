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
    (installation,) = await site.rows(
        str, "SELECT id FROM installations WHERE client_id = %(id)s", id=con.badges.client_id
    )
    request, family = [
        (await site.rows(str, f"SELECT {column} FROM token_audit WHERE {column} IS NOT NULL LIMIT 1"))[0]
        for column in ("request_id", "family_id")
    ]
    for words, hits in (
        (con.event_id, 3),
        (installation, 3),
        (request.upper(), 1),
        (family, 2),
        ("127.0.0.1", 4),
        ("10.9.8.7", 0),
        ("evt_moss", 0),
    ):
        page = (await olga.get("/operator/tokens", params={"q": words})).text
        assert (words, page.count("data-row>")) == (words, hits)
    assert (await ivo.get("/operator/tokens")).status_code == 404


async def test_a_developer_searches_the_tokens_by_what_she_holds_in_her_hand(
    badges: Speaker, ada: httpx.AsyncClient, con: given.Convention, site: Site
) -> None:
    token = (await badges.tokens(ada))["refresh_token"]
    for _ in range(2):
        token = (await badges.refresh(token)).json()["refresh_token"]
    (request,) = await site.rows(
        str, "SELECT request_id FROM token_audit WHERE action = 'token.refreshed' ORDER BY id DESC LIMIT 1"
    )
    (installation,) = await site.rows(str, "SELECT id FROM installations")
    ivo = await site.as_user(con.people["Ivo"])

    async def found(q: str, more: str = "") -> dict[str, int]:
        page = (await ivo.get(f"/developer/integrations/{con.badges.id}/tokens?q={q}{more}")).text
        every = {
            each: page.count(f">{each}</small>") for each in ("consent.approved", "token.issued", "token.refreshed")
        }
        return {name: n for name, n in every.items() if n}

    all_of_it = {"consent.approved": 1, "token.issued": 1, "token.refreshed": 2}
    assert await found("") == all_of_it
    assert await found(request.upper()) == {"token.refreshed": 1}
    assert await found(con.event_id) == await found(installation) == all_of_it
    assert await found(installation, "&action=token.issued") == {"token.issued": 1}
    # The consent came from the same address as the servers' calls; but where a person was is nobody's to search.
    assert await found("127.0.0.1") == {"token.issued": 1, "token.refreshed": 2}
    for nothing in ("10.9.8.7", con.other_event_id, "badges", "00000000-0000-4000-8000-000000000000"):
        assert await found(nothing) == {}
    answer = await ivo.get(f"/developer/integrations/{con.badges.id}/tokens?q=badges")
    assert "Search by the id of a request, an event or an installation" in answer.text


async def test_the_audit_pages_page_by_their_last_row(
    badges: Speaker, ada: httpx.AsyncClient, con: given.Convention, site: Site
) -> None:
    token = (await badges.tokens(ada))["refresh_token"]
    for _ in range(55):
        token = (await badges.refresh(token)).json()["refresh_token"]
    olga, ivo = await site.person("Olga", operator=True), await site.as_user(con.people["Ivo"])
    developers = f"/developer/integrations/{con.badges.id}/tokens"
    for browser, path, renewed, issued in (
        (ivo.client, developers, ">token.refreshed</small>", ">token.issued</small>"),
        (
            ada,
            f"/organizer/events/{con.event_id}/integrations/tokens",
            'class="lead">Access renewed',
            'class="lead">Access issued',
        ),
        (olga.client, "/operator/tokens", ">token.refreshed</small>", ">token.issued</small>"),
    ):
        first = await browser.get(path)
        older = first.text.partition("?before=")[2].partition('"')[0]
        second = await browser.get(f"{path}?before={older}")
        assert (first.text.count(renewed), second.text.count(renewed)) == (50, 5)
        assert issued in second.text
