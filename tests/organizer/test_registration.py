"""The form builder: questions are added, changed, put in order and taken away."""

import html
import re

import pytest

QUESTION = {"label": "Favourite track", "type": "text", "options": "", "help_text": ""}


@pytest.fixture
async def form(app, story):
    """Ada at the form of her event, with three questions."""
    ada = await app.as_user(story.ada)
    base = f"/organizer/events/{story.event_id}/forms"
    for key in ("track", "meals", "arrival"):
        assert (await ada.post(f"{base}/fields", QUESTION | {"key": key})).status_code == 303
    return ada, base


async def order(app, story) -> list[str]:
    sql = "SELECT key FROM form_fields WHERE event_id = %(id)s ORDER BY position, key"
    return await app.rows(str, sql, id=story.event_id)


async def test_questions_are_asked_in_the_order_that_the_organizer_gives_them(app, story, form) -> None:
    ada, base = form
    assert await order(app, story) == ["track", "meals", "arrival"]
    page = (await ada.get(base)).text
    ways = [way for way in re.findall(r'action="[^"]+/fields/(\w+/\w+)"', page) if not way.endswith("drop")]
    assert ways == ["track/down", "meals/up", "meals/down", "arrival/up"]
    for way in ("arrival/up", "track/down", "track/down", "track/down"):  # the last one is at the end already
        assert (await ada.post(f"{base}/fields/{way}")).status_code == 303
    assert await order(app, story) == ["arrival", "meals", "track"]
    changed = QUESTION | {"key": "arrival", "known": "arrival", "label": "When do you come?"}
    assert (await ada.post(f"{base}/fields", changed)).status_code == 303
    assert await order(app, story) == ["arrival", "meals", "track"]
    assert (await ada.post(f"{base}/fields/nothing/up")).status_code == 404
    assert (await ada.post(f"{base}/fields/track/sideways")).status_code == 404


async def test_adding_a_question_never_changes_one_that_is_there(app, story, form) -> None:
    ada, base = form
    answer = await ada.post(f"{base}/fields", QUESTION | {"key": "meals", "label": "Another"})
    assert answer.status_code == 422
    assert "There is a question with this key already" in answer.text
    assert 'value="Another"' in answer.text
    labels = await app.rows(str, "SELECT label FROM form_fields WHERE key = 'meals'")
    assert labels == ["Favourite track"]
    assert (await ada.post(f"{base}/fields/meals/drop")).status_code == 303
    assert await order(app, story) == ["track", "arrival"]


async def test_integrations_hear_of_the_questions_that_they_see(app, story, form) -> None:
    ada, base = form
    said = """SELECT data->'changed_fields' = '["custom_form_field_definitions"]'
                     AND jsonb_path_query_array(data, '$.custom_form_field_definitions[*].key') = %(keys)s::jsonb
                FROM (SELECT convert_from(body, 'utf8')::jsonb->'data' AS data FROM messages
                       WHERE topic = 'event.updated' ORDER BY id DESC LIMIT 1) AS told"""
    count = "SELECT count(*) FROM messages WHERE topic = 'event.updated'"
    known = await app.rows(int, count)
    shared = QUESTION | {"known": "meals", "key": "meals", "is_shared": "1"}
    for fields, path, more, keys in (
        (shared, "", 1, '["meals"]'),
        (shared, "", 0, '["meals"]'),
        (QUESTION | {"key": "track", "known": "track", "label": "Nobody's business"}, "", 0, '["meals"]'),
        (QUESTION | {"key": "first", "is_shared": "1"}, "", 1, '["meals", "first"]'),
        ({}, "/first/up", 0, '["meals", "first"]'),
        ({}, "/first/up", 1, '["first", "meals"]'),
        ({}, "/first/drop", 1, '["meals"]'),
        (QUESTION | {"key": "meals", "known": "meals"}, "", 1, "[]"),
    ):
        assert (await ada.post(f"{base}/fields{path}", fields)).status_code == 303
        known = [known[0] + more]
        assert await app.rows(int, count) == known, (fields, path)
        assert await app.rows(bool, said, keys=keys) == [True], (fields, path)


async def test_a_page_that_visitors_do_not_get_to_see_needs_the_organizer(app, db, story) -> None:
    ada, home = await app.as_user(story.ada), f"/organizer/events/{story.event_id}"
    form = {"title": "Ticket desk", "kind": "webview", "url": "https://tickets.example/", "visibility": "everyone"}
    assert (await ada.post(f"{home}/pages", form | {"is_published": "1"})).status_code == 303
    for found, words in (("refuses", "Ticket desk is not shown"), ("silent", "Ticket desk doesn't load")):
        assert words not in html.unescape((await ada.get(home)).text)
        async with db.tx() as tx:
            await tx.run("UPDATE webview_pages SET looked_at = now(), found = %(found)s", found=found)
        assert words in html.unescape((await ada.get(home)).text)
