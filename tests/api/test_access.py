"""Every endpoint against every kind of wrong token, as the contract's table says (§2.4, §5.1); versions; cursors."""

from datetime import timedelta
from typing import Any

import pytest

from revento.contract import endpoints
from revento.contract.scopes import TokenKind
from revento.kernel import ids, secrets
from revento.web.api.v1 import READS
from revento.web.api.versions import V1, Version
from tests.api import world as worlds
from tests.api.conftest import Api, serve
from tests.api.world import World


def test_every_endpoint_of_the_table_is_answered_and_no_other() -> None:
    assert set(READS) == {endpoint.name for endpoint in endpoints.ALL}


def path_of(endpoint: endpoints.Endpoint, event_id: str, person: str) -> str:
    path = endpoint.path.replace("{event_id}", event_id).replace("{participant_id}", person)
    return path.replace("{activity_id}", ids.new("act"))


async def told(api: Api, path: str, token: str | None, **headers: str) -> tuple[int, str]:
    answer = await api.read(path, token, **headers)
    assert answer.json()["request_id"] == answer.headers["x-revento-request-id"]
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize("endpoint", endpoints.ALL, ids=lambda one: one.name)
async def test_promise_every_wrong_token_is_told_what_is_wrong(
    api: Api, world: World, endpoint: endpoints.Endpoint
) -> None:
    person = world.people[0]
    path = path_of(endpoint, world.event_id, person["id"])
    is_user = endpoint.scope.kind is TokenKind.USER

    async def issue(kind_is_user: bool, **how: Any) -> str:
        if kind_is_user:
            return await worlds.user_token(world, person["user_id"], **how)
        return await worlds.installation_token(world, **how)

    expected_kind = "user_token_required" if is_user else "installation_token_required"
    other = "event.attendance" if endpoint.scope.name == "profile.read" else "profile.read"
    if not is_user:
        other = "event.read" if endpoint.scope.name != "event.read" else "program.read"
    assert await told(api, path, None) == (401, "invalid_token")
    assert await told(api, path, "garbage") == (401, "invalid_token")
    assert await told(api, path, secrets.new_secret("rev_install_")) == (401, "invalid_token")
    assert await told(api, path, await issue(is_user, expires_at=world.now)) == (401, "token_expired")
    assert await told(api, path, await issue(not is_user)) == (403, expected_kind)
    assert await told(api, path, await issue(is_user, scopes=[other])) == (403, "insufficient_scope")
    if not is_user:
        wrong = path_of(endpoint, ids.new("evt"), person["id"])
        assert await told(api, wrong, await issue(False)) == (403, "event_not_authorized")
    revoked = await issue(is_user)
    await worlds.change(
        world,
        "UPDATE installations SET state = 'ended', ended_at = %(now)s, end_reason = 'organizer_disconnected'",
        now=world.now,
    )
    assert await told(api, path, revoked) == (401, "token_revoked")


async def test_a_second_version_renames_a_field_and_leaves_the_first_as_it_was(
    database_url, tmp_path, clock, world: World, token: str
) -> None:
    def amend(_endpoint: endpoints.Endpoint, document: Any) -> Any:
        return {("name" if key == "title" else key): value for key, value in document.items()}

    v2 = Version("v2", amend)
    async for api in serve(database_url, tmp_path, clock, offered=(V1, v2)):
        path = f"/events/{world.event_id}"
        first = await api.read(path, token, accept="application/vnd.revento.v1+json")
        second = await api.read(path, token, accept="application/vnd.revento.v2+json, */*;q=0.1")
        default = await api.read(path, token)
        unknown = await api.read(path, token, accept="application/vnd.revento.v3+json")
    assert first.content == default.content
    assert (first.json()["title"], second.json()["name"]) == ("Summer Con", "Summer Con")
    types = [one.headers["content-type"] for one in (first, second, default)]
    assert types == ["application/vnd.revento.v1+json", "application/vnd.revento.v2+json", "application/json"]
    assert (unknown.status_code, unknown.json()["error"]) == (406, "not_acceptable")


async def test_a_cursor_is_good_for_its_own_list_and_a_day(api: Api, world: World, token: str, clock) -> None:
    path = f"/events/{world.event_id}/participants?limit=1"
    cursor = (await api.read(path, token)).json()["next_cursor"]
    changed = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    assert (await api.read(f"{path}&cursor={cursor}", token)).status_code == 200
    for wrong in (f"{path}&cursor={changed}", f"{path}&role=host&cursor={cursor}", f"{path}&cursor="):
        assert await told(api, wrong, token) == (400, "invalid_cursor")
    later = await worlds.installation_token(world, expires_at=world.now + timedelta(days=9))
    clock.pass_(hours=24, minutes=16)
    assert await told(api, f"{path}&cursor={cursor}", later) == (400, "invalid_cursor")


async def test_malformed_requests_are_told_what_was_expected(api: Api, world: World, token: str) -> None:
    base = f"/events/{world.event_id}"
    for query, field in (
        ("limit=0", "limit"),
        ("limit=51", "limit"),
        ("role=king", "role"),
        ("limit=1&limit=2", "limit"),
    ):
        answer = await api.read(f"{base}/participants?{query}", token)
        assert (answer.status_code, answer.json()["field"]) == (400, field)
    malformed = await api.read(base, token, x_revento_request_id="not-a-uuid")
    assert (malformed.status_code, malformed.json()["field"]) == (400, "X-Revento-Request-Id")
    posted = await api.post(f"/api/v1{base}")
    assert (posted.status_code, posted.json()["allowed"]) == (405, ["GET", "HEAD", "OPTIONS"])
    assert "x-ratelimit-limit" not in posted.headers
    assert (await api.read("/nowhere", token)).json()["error"] == "not_found"


async def test_parameters_that_nobody_knows_are_ignored_however_often_they_come(
    api: Api, world: World, token: str
) -> None:
    answer = await api.read(f"/events/{world.event_id}/participants?limit=2&foo=a&foo=b", token)
    assert (answer.status_code, len(answer.json()["data"])) == (200, 2)


async def test_a_malformed_request_id_is_told_in_its_turn_with_the_limits(api: Api, world: World, token: str) -> None:
    """After the token, which is refused first, and counted like any other request (contract §2.4, §5.2)."""
    base, wrong = f"/events/{world.event_id}", {"x_revento_request_id": "not-a-uuid"}
    assert await told(api, base, "rev_install_nonsense", **wrong) == (401, "invalid_token")
    assert await told(api, f"/events/{world.event_id}x", token, **wrong) == (403, "event_not_authorized")
    malformed = await api.read(base, token, **wrong)
    posted = await api.post(f"/api/v1{base}", headers={"authorization": f"Bearer {token}"})
    assert [malformed.headers["x-ratelimit-remaining"], posted.headers["x-ratelimit-remaining"]] == ["498", "498"]
    assert (malformed.status_code, posted.status_code) == (400, 405)


async def test_an_unchanged_document_is_304_and_head_has_no_body(api: Api, world: World, token: str) -> None:
    path = f"/events/{world.event_id}"
    first = await api.read(path, token)
    again = await api.read(path, token, if_none_match=first.headers["etag"])
    head = await api.head(f"/api/v1{path}", headers={"authorization": f"Bearer {token}"})
    assert (again.status_code, again.content, head.status_code, head.content) == (304, b"", 200, b"")
    assert head.headers["content-length"] == str(len(first.content))
