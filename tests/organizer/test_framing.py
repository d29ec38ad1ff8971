"""A webview whose server forbids the frame, or does not answer: found out beside it, told to both sides (§7)."""

from collections.abc import AsyncGenerator

import pytest

from revento.endings import suspend
from revento.events.webview_pages import framing
from revento.kernel.config import Settings
from revento.workers import look_at_pages
from revento.workers.tools import Tools
from tests.integrations import given
from tests.integrations.connected import KEYS
from tests.webhooks.receivers import Receiver, listening

OURS = "https://revento.example"
POLICY = "content-security-policy"


@pytest.mark.parametrize(
    ("headers", "forbids"),
    [
        ({}, None),
        ({"x-frame-options": "DENY"}, "X-Frame-Options: DENY"),
        ({"x-frame-options": "sameorigin"}, "X-Frame-Options: sameorigin"),
        ({"x-frame-options": "ALLOW-FROM https://a.example"}, None),  # no browser knows it any more
        ({"x-frame-options": "DENY", POLICY: f"frame-ancestors {OURS}"}, None),  # the newer header makes it void
        ({POLICY: "default-src 'self'"}, None),
        ({POLICY: "frame-ancestors 'none'"}, "Content-Security-Policy: frame-ancestors 'none'"),
        ({POLICY: "img-src *; FRAME-ANCESTORS 'self'"}, "Content-Security-Policy: frame-ancestors 'self'"),
        ({POLICY: "frame-ancestors"}, "Content-Security-Policy: frame-ancestors 'none'"),
        ({POLICY: "frame-ancestors *"}, None),
        ({POLICY: "frame-ancestors https:"}, None),
        ({POLICY: "frame-ancestors http:"}, None),
        ({POLICY: "frame-ancestors data:"}, "Content-Security-Policy: frame-ancestors data:"),
        ({POLICY: "frame-ancestors revento.example"}, None),
        ({POLICY: "frame-ancestors *.example"}, None),
        ({POLICY: "frame-ancestors *.revento.example"}, "Content-Security-Policy: frame-ancestors *.revento.example"),
        ({POLICY: "frame-ancestors http://revento.example"}, None),
        ({POLICY: "frame-ancestors https://revento.example:443/any"}, None),
        (
            {POLICY: "frame-ancestors https://revento.example:8443"},
            "Content-Security-Policy: frame-ancestors https://revento.example:8443",
        ),
        (  # two headers, or one with a comma: each has to let it
            {POLICY: f"frame-ancestors {OURS}, frame-ancestors 'self'"},
            "Content-Security-Policy: frame-ancestors 'self'",
        ),
    ],
)
def test_headers_are_read_as_a_browser_reads_them(headers, forbids) -> None:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    assert framing.why_not_framed("https://badges.example/map", raw, own_origin=OURS) == forbids


def test_what_a_page_behind_sign_in_says_to_strangers_is_not_held_against_it() -> None:
    def read(status: int, *, asks_sign_in: bool, **headers: str) -> str:
        raw = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        url = "https://badges.example/map"
        return framing.read(url, status, raw, own_origin=OURS, asks_sign_in=asks_sign_in).found

    assert read(401, asks_sign_in=True) == "unknown"
    assert read(401, asks_sign_in=False) == "fails"
    assert read(302, asks_sign_in=True, location="https://sso.example/") == "unknown"
    assert read(302, asks_sign_in=False, location="https://sso.example/") == "elsewhere"
    assert read(200, asks_sign_in=True, x_frame_options="DENY") == "refuses"
    assert read(500, asks_sign_in=True) == "fails"


@pytest.fixture
async def receiver(db, story) -> AsyncGenerator[Receiver]:
    """A page's server, among the origins that BadgePress declares."""
    sql = "UPDATE manifests SET document = jsonb_set(document, '{webview_origins}', to_jsonb(ARRAY[%(url)s::text]))"
    async with listening() as one:
        async with db.tx() as tx:
            await tx.run(sql, url=one.url.removesuffix("/hook"))
        yield one


@pytest.fixture
def tools(db, clock) -> Tools:
    settings = Settings.read({"DATABASE_URL": db.url, "REVENTO_BASE_URL": OURS}, env="development")
    return Tools(settings, db, clock, KEYS, given.BOX)


async def made(ada, story, url: str) -> str:
    form = {"title": "Map", "kind": "webview", "url": url, "visibility": "everyone", "is_published": "1"}
    form["integration_id"] = story.client.integration_id
    answer = await ada.post(f"/organizer/events/{story.event_id}/pages", form)
    assert answer.status_code == 303
    return answer.headers["location"].removeprefix("/organizer")


async def test_a_page_that_forbids_the_frame_is_told_to_the_organizer_and_to_visitors_until_it_is_mended(
    app, db, clock, story, receiver, tools
) -> None:
    ada, anybody = await app.as_user(story.ada), await app.anybody()
    path = await made(ada, story, receiver.url)
    id = path.rpartition("/")[2]
    assert "We look whether its server lets it be shown here" in (await ada.get(f"/organizer{path}")).text
    assert "<iframe" in (await anybody.get(path)).text  # nothing is known against it
    async with db.tx() as tx:
        (task,) = await tx.all(str, "SELECT task_name FROM procrastinate_jobs WHERE task_name LIKE 'pages.%%'")
    assert task == "pages.look"

    receiver.headers = {"X-Frame-Options": "DENY"}
    assert await look_at_pages.look(tools, one=(story.event_id, id)) == {id: "refuses"}
    assert receiver.got[0].headers["Sec-Fetch-Dest"] == "iframe"
    told = (await ada.get(f"/organizer{path}")).text
    assert '<code class="break">X-Frame-Options: DENY</code>' in told
    assert "Not shown" in (await ada.get(f"/organizer/events/{story.event_id}/pages")).text
    seen = await anybody.get(path)
    assert "<iframe" not in seen.text
    assert "cannot be shown inside this event" in seen.text
    assert f'href="{receiver.url}"' in seen.text  # it can still be opened on its own

    receiver.headers = {"Content-Security-Policy": f"frame-ancestors {OURS}"}
    assert await look_at_pages.look(tools) == {}  # not its turn yet
    clock.pass_(minutes=61)
    assert await look_at_pages.look(tools) == {id: "shown"}
    assert "<iframe" in (await anybody.get(path)).text
    clock.pass_(hours=23)
    assert await look_at_pages.look(tools) == {}
    clock.pass_(hours=1)
    assert await look_at_pages.look(tools) == {id: "shown"}


async def test_a_page_of_a_suspended_integration_shows_nothing_and_everybody_is_told(
    app, db, clock, story, receiver
) -> None:
    ada, anybody = await app.as_user(story.ada), await app.anybody()
    path = await made(ada, story, receiver.url)
    base, integration = f"/organizer/events/{story.event_id}", story.client.integration_id
    async with db.tx() as tx:
        await suspend.suspend(tx, story.ada, integration, reason="It hammers.", now=clock.now())
    seen = await anybody.get(path)
    assert (seen.status_code, "The operator has suspended this integration." in seen.text) == (409, True)
    assert "Its integration is suspended or not connected." in (await ada.get(base)).text
    assert "Not shown" in (await ada.get(f"{base}/pages")).text
    assert "BadgePress is suspended or not connected to this event" in (await ada.get(f"/organizer{path}")).text
    async with db.tx() as tx:
        await suspend.resume(tx, story.ada, integration, now=clock.now())
    assert "<iframe" in (await anybody.get(path)).text
    assert "Its integration is suspended" not in (await ada.get(base)).text


async def test_redirects_are_followed_within_the_origin_and_looked_at_again_by_hand(
    app, db, clock, story, receiver, tools
) -> None:
    ada = await app.as_user(story.ada)
    path = await made(ada, story, receiver.url)
    one = (story.event_id, path.rpartition("/")[2])
    receiver.answers, receiver.headers = [302], {"Location": "/elsewhere"}
    assert await look_at_pages.look(tools, one=one) == {one[1]: "shown"}
    assert [got.path for got in receiver.got] == ["/hook", "/elsewhere"]
    receiver.answers, receiver.headers = [301], {"Location": "http://169.254.169.254/latest"}
    assert (await ada.post(f"/organizer{path}/look")).status_code == 303
    assert "We look whether" in (await ada.get(f"/organizer{path}")).text
    assert await look_at_pages.look(tools) == {one[1]: "elsewhere"}
    assert "leads on to another place, http://169.254.169.254" in (await ada.get(f"/organizer{path}")).text
    receiver.answers, receiver.headers = [302] * 9, {"Location": "/round"}
    assert await look_at_pages.look(tools, one=one) == {one[1]: "fails"}
    receiver.answers, receiver.headers = [404], {}
    assert await look_at_pages.look(tools, one=one) == {one[1]: "fails"}
    assert "answers with the error 404" in (await ada.get(f"/organizer{path}")).text
    anybody = await app.anybody()
    assert "<iframe" in (await anybody.get(path)).text  # people see its error in the frame


async def test_a_silent_server_and_one_that_we_may_not_reach_are_told_apart(
    app, db, clock, story, receiver, tools
) -> None:
    ada = await app.as_user(story.ada)
    path = await made(ada, story, receiver.url)
    id = path.rpartition("/")[2]
    async with db.tx() as tx:
        await tx.run("UPDATE webview_pages SET url = 'https://10.0.0.1/'")
    assert await look_at_pages.look(tools) == {id: "unknown"}
    assert "isn't at a public address" in (await ada.get(f"/organizer{path}")).text
    async with db.tx() as tx:
        await tx.run("UPDATE webview_pages SET url = 'http://127.0.0.1:1/', looked_at = NULL, found = NULL")
    assert await look_at_pages.look(tools) == {id: "silent"}
    assert "Nobody answers at its address" in (await ada.get(f"/organizer{path}")).text
    form = {"title": "Map", "kind": "webview", "url": receiver.url, "visibility": "everyone", "is_published": "1"}
    await ada.post(f"/organizer{path}", form | {"integration_id": story.client.integration_id})
    assert "We look whether" in (await ada.get(f"/organizer{path}")).text  # another address, nothing known
    assert [got.path for got in receiver.got] == []
