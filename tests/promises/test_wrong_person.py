"""Promise: every page and form, asked by whoever must not, is refused and tells nothing (architecture §4.8)."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import AsyncTestClient

from revento import app
from revento.identity.sessions import actions as sessions
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.kernel.ids import UserId
from revento.web.shared import visitor
from tests.browser import story

KEY = "a-key-for-tests-that-nobody-else-uses-32-characters"
AREAS = ("/organizer/", "/operator", "/developer/")
FEWEST = {"/organizer/": 40, "/operator": 10, "/developer/": 20}
# Open to everybody who is signed in: a person makes something of her own there, or looks for it.
OWN = {
    "/organizer",
    "/organizer/events/new",
    "/organizer/events/import",
    "/organizer/organizations",
    "/organizer/organizations/new",
    "/organizer/search",
}
DEVELOPERS_OWN = re.compile(r"^/developer(?!.*\{)")  # addresses without an id list one's own things
SECRETS = ("Leila Haddad", "Mossgarden Days", "Dice Design")


class Walk(msgspec.Struct):
    """The application with a story in it, and whoever walks through it."""

    client: Any
    app: Litestar
    story: story.Convention
    tokens: dict[str, str]
    key: bytes

    def headers(self, who: str | None) -> dict[str, str]:
        """The cookies and the form token of a person, or of nobody."""
        if who is None:
            return {}
        token = self.tokens[who]
        form = visitor.csrf_token(self.key, token)
        return {"cookie": f"revento_session={token}", "x-csrf-token": form}

    def routes(self) -> list[tuple[str, str]]:
        """Every (method, path) of the areas that belong to somebody, filled with ids of the story."""
        found = []
        for route in self.app.routes:
            if isinstance(route, HTTPRoute) and route.path.startswith(AREAS):
                found += [(m, route.path) for m in sorted(route.methods) if m in ("GET", "POST", "PUT", "DELETE")]
        return sorted(set(found))

    def filled(self, path: str) -> str:
        """The path with ids of the story where it has parameters."""
        known = {
            "event_id": self.story.event_id,
            "organization_id": self.story.organization_id,
            "application_id": self.story.applications["Leila Haddad"],
            "activity_id": self.story.activities["Dice Design"],
            "user_id": self.story.people["Leila Haddad"],
        }
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known.get(found[1], "01kdvdna00fsmstms3904sxr90"), path)


@pytest.fixture
async def walk(db: Database, database_url: str, clock: Clock, tmp_path: Path) -> AsyncGenerator[Walk]:
    """The story, and a session for each of its people."""
    told = await story.convention(db, clock, ("Leila Haddad",))
    environ = {"DATABASE_URL": database_url, "REVENTO_DATA_DIR": str(tmp_path), "REVENTO_SECRET_KEY": KEY}
    made = app.build(Settings.read(environ, env="development"), clock=clock)
    tokens: dict[str, str] = {}
    async with db.tx() as tx:
        for name, id in told.people.items():
            opened = await sessions.open_for(tx, UserId(id), address="", user_agent="", now=clock.now())
            tokens[name] = opened.token
    async with AsyncTestClient(made, base_url="http://localhost:8000") as client:
        key = made.state["services"].keys.current("csrf")
        yield Walk(client, made, told, tokens, key)


def _may(who: str, path: str) -> bool:
    """Whether this person may see the page: in Mossgarden Days Ada may everything, Bo reviews, the others nothing."""
    if path in OWN or path.startswith("/organizer/events/import/"):  # a file that somebody sent is hers alone
        return True
    if path.startswith("/developer"):
        return bool(DEVELOPERS_OWN.match(path))
    return path.startswith("/organizer") and who in ("Ada Moss", "Bo Reed")


async def test_promise_every_area_has_routes_to_walk(walk: Walk) -> None:
    found = walk.routes()
    counted = {area: sum(path.startswith(area) for _, path in found) for area in AREAS}
    assert all(counted[area] >= FEWEST[area] for area in AREAS), counted


@pytest.mark.parametrize("who", ["Mallory Nobody", "Leila Haddad"])
async def test_promise_whoever_does_not_belong_there_is_refused(walk: Walk, who: str) -> None:
    wrong = []
    for method, path in walk.routes():
        if _may(who, path):
            continue
        answer = await walk.client.request(
            method, walk.filled(path), headers=walk.headers(who), data={} if method != "GET" else None,
            follow_redirects=False,
        )  # fmt: skip
        if answer.status_code not in (400, 403, 404, 405) or any(secret in answer.text for secret in SECRETS):
            wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("area", ["organizer", "developer"])
async def test_promise_a_search_finds_nothing_of_others(walk: Walk, area: str) -> None:
    ids = (walk.story.event_id, walk.story.organization_id, walk.story.applications["Leila Haddad"])
    for words in ("Leila", "Moss", "Dice", *ids):
        answer = await walk.client.get(f"/{area}/search?q={words}", headers=walk.headers("Mallory Nobody"))
        assert answer.status_code == 200
        assert not any(secret in answer.text for secret in SECRETS)


async def test_promise_the_owner_of_an_event_runs_no_desk_of_the_operator(walk: Walk) -> None:
    asked = [(method, path) for method, path in walk.routes() if path.startswith("/operator")]
    got = {
        (
            await walk.client.request(m, walk.filled(p), headers=walk.headers("Ada Moss"), follow_redirects=False)
        ).status_code
        for m, p in asked
    }
    assert got <= {403, 404}


async def test_promise_nobody_is_led_to_sign_in_and_learns_nothing(walk: Walk) -> None:
    wrong = []
    for method, path in walk.routes():
        if method != "GET":
            continue
        answer = await walk.client.get(walk.filled(path), follow_redirects=False)
        signs_in = answer.status_code == 303 and answer.headers["location"].startswith("/account/sign-in")
        if not signs_in or any(secret in answer.text for secret in SECRETS):
            wrong.append((path, answer.status_code))
    assert wrong == []


async def test_promise_no_form_works_without_its_token(walk: Walk) -> None:
    headers = {"cookie": walk.headers("Ada Moss")["cookie"]}
    wrong = []
    for method, path in walk.routes():
        if method == "GET":
            continue
        answer = await walk.client.request(method, walk.filled(path), headers=headers, data={}, follow_redirects=False)
        if answer.status_code != 403:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


async def test_a_reviewer_decides_but_changes_neither_event_nor_program_nor_connections(walk: Walk) -> None:
    base = f"/organizer/events/{walk.story.event_id}"
    refused = [
        "settings",
        "habits",
        "publish",
        "forms/waves",
        "activities/new",
        f"activities/{walk.story.activities['Dice Design']}/cancel",
    ]
    got = [
        (
            await walk.client.post(f"{base}/{path}", headers=walk.headers("Bo Reed"), data={}, follow_redirects=False)
        ).status_code
        for path in refused
    ]
    assert set(got) <= {403, 404, 405}
    seen = await walk.client.get(f"{base}/applications", headers=walk.headers("Bo Reed"))
    assert (seen.status_code, "Leila Haddad" in seen.text) == (200, True)
