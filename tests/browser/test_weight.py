"""Promise: pages are small on the wire, and their compressed size tells no secret."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from revento.kernel.clock import Clock
from revento.web.shared import assets
from tests.visits import CSRF, Site, opened

from .story import convention

LIMIT = 60 * 1024
NEEDED = re.compile(r'(?:href|src)="/static/[0-9a-f]+/([^"]+\.(?:css|js))"')


@pytest.fixture
async def site(database_url: str, clock: Clock, tmp_path: Path) -> AsyncGenerator[Site]:
    async with opened(database_url, clock, tmp_path) as made:
        yield made


async def test_promise_main_pages_weigh_less_than_60_kb_without_images(site: Site) -> None:
    story = await convention(site.db, site.clock)
    visitors = {name: await site.as_user(story.people[name]) for name in ("Ada Moss", "Leila Haddad")}
    visitors["nobody"] = await site.anybody()
    event, desk = f"/events/{story.event_id}", f"/organizer/events/{story.event_id}"
    paths = [("nobody", "/"), ("nobody", "/account/sign-in"), ("nobody", "/guide"), ("nobody", "/api/docs")]
    paths += [
        ("Leila Haddad", path)
        for path in ("/", "/my-data", "/account", event, f"{event}/program", f"{event}/application")
    ]
    paths += [
        ("Ada Moss", path) for path in ("/organizer", desk, f"{desk}/applications", f"{desk}/program", f"{desk}/forms")
    ]
    weights = {}
    for who, path in paths:
        answer = await visitors[who].get(path, headers={"Accept-Encoding": "gzip"}, follow_redirects=True)
        assert (answer.status_code, answer.headers.get("content-encoding")) == (200, "gzip"), path
        needed = [assets.assets()[name] for name in set(NEEDED.findall(answer.text))]
        styles_and_scripts = sum(len(asset.packed or asset.body) for asset in needed)
        weights[path] = int(answer.headers["content-length"]) + styles_and_scripts
    assert {path: weight for path, weight in weights.items() if weight > LIMIT} == {}, weights


async def test_a_page_goes_plain_to_whom_takes_no_gzip(site: Site) -> None:
    visitor = await site.anybody()
    plain = await visitor.get("/account/sign-in", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    packed = await visitor.get("/account/sign-in", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.text.count("<") == plain.text.count("<")


async def test_promise_no_two_answers_carry_the_same_token_and_each_of_them_counts(site: Site) -> None:
    visitor = await site.person("Leila Haddad")
    tokens = [CSRF.findall((await visitor.get("/account")).text)[0] for _ in range(3)]
    assert len({*tokens}) == 3
    for token in tokens:
        answer = await visitor.client.post("/account/language", data={"csrf_token": token, "locale": "en"})
        assert answer.status_code == 303
    stranger = await site.person("Mallory Nobody")
    for wrong in (CSRF.findall((await stranger.get("/account")).text)[0], tokens[0][:-8], "", "é", "A" * 86):
        answer = await visitor.client.post("/account/language", data={"csrf_token": wrong, "locale": "en"})
        assert answer.status_code == 403, wrong
