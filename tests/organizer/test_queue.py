"""The review queue keeps its filter through whatever comes of a decision."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from revento.endings import archive_event
from revento.identity import proofs
from tests.browser import story as stories

QUERY = "q=Voices"  # Marcus, Tomasz and Hana answered that, in this order
OTHERS = ("Leila Haddad", "Elif Demir")


@pytest.fixture
async def season(db, clock) -> stories.Convention:
    """Eight people have applied."""
    return await stories.convention(db, clock)


def version(page) -> str:
    return re.findall(r'name="version" value="(\d+)"', page.text)[0]


def shows_the_filtered_queue(page) -> None:
    """The list beside it is still the filtered one, and every form carries the filter on."""
    assert "Tomasz Wieczorek" in page.text
    assert [name for name in OTHERS if name in page.text] == []
    assert set(re.findall(r'name="query" value="([^"]*)"', page.text)) == {QUERY}


async def test_the_queue_stays_filtered_through_refused_decisions_next_ones_and_undo(app, season) -> None:
    ada, bo = [await app.as_user(season.people[name]) for name in ("Ada Moss", "Bo Reed")]
    at = f"/organizer/events/{season.event_id}/applications/{season.applications['Marcus Oyelaran']}"
    page = await ada.get(f"{at}?{QUERY}")
    shows_the_filtered_queue(page)
    said = {"version": version(page), "decision": "revision_requested", "note": "", "query": QUERY}
    answer = await ada.post(f"{at}/decide", said)
    assert answer.status_code == 422
    shows_the_filtered_queue(answer)
    assert (await bo.post(f"{at}/decide", said | {"decision": "approved"})).status_code == 303
    answer = await ada.post(f"{at}/decide", said | {"decision": "rejected"})
    assert answer.status_code == 409
    shows_the_filtered_queue(answer)
    answer = await ada.post(f"{at}/reopen", {"query": QUERY})
    assert answer.headers["location"] == f"{at}?{QUERY}"

    # The next one is the next of the filtered queue: behind this one, not the first that waits.
    base, ids = f"/organizer/events/{season.event_id}/applications", season.applications
    shown = await ada.get(f"{base}/{ids['Tomasz Wieczorek']}?{QUERY}")
    said = {"version": version(shown), "decision": "approved", "note": "", "then_next": "1", "query": QUERY}
    answer = await ada.post(f"{base}/{ids['Tomasz Wieczorek']}/decide", said)
    assert answer.headers["location"] == f"{base}/{ids['Hana Sato']}?{QUERY}"
    undo = re.findall(r'action="([^"]+/undo[^"]+)"', (await ada.get(answer.headers["location"])).text)[0]
    undo = undo.replace("&amp;", "&")
    assert parse_qs(urlsplit(undo).query)["q"] == ["Voices"]
    answer = await ada.post(undo)
    assert answer.headers["location"] == f"{base}/{ids['Tomasz Wieczorek']}?{QUERY}"
    for name, next_name in (("Hana Sato", "Marcus Oyelaran"), ("Marcus Oyelaran", "Tomasz Wieczorek")):
        said["version"] = version(await ada.get(f"{base}/{ids[name]}?{QUERY}"))
        answer = await ada.post(f"{base}/{ids[name]}/decide", said)
        assert answer.headers["location"] == f"{base}/{ids[next_name]}?{QUERY}"
    for deed in ("assign", "notes"):
        answer = await ada.post(f"{base}/{ids['Hana Sato']}/{deed}", {"query": QUERY, "text": "Fine", "to": ""})
        assert answer.headers["location"] == f"{base}/{ids['Hana Sato']}?{QUERY}"
    answer = await ada.post(f"{base}/bulk", {"query": QUERY, "decision": "approved"})
    assert answer.headers["location"] == f"{base}?{QUERY}"


async def test_nobody_waits_for_a_decision_in_an_archived_event(app, db, clock, season) -> None:
    ada = await app.as_user(season.people["Ada Moss"])
    base = f"/organizer/events/{season.event_id}"
    assert "wait for a decision" in (await ada.get(base)).text
    async with db.tx() as tx:
        organizer = await proofs.as_organizer(tx, season.people["Ada Moss"], season.event_id)
        await archive_event.archive_event(tx, organizer, now=clock.now())
    overview, home = await ada.get(base), await ada.get("/organizer")
    assert "Nothing needs you" in overview.text
    assert "wait for a decision" not in overview.text + home.text
    assert "Nobody waits for a decision." in home.text
