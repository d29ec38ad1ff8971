"""What stands around a document on the wire: compression, methods, origins, announcements, errors of every kind."""

import gzip
import json
from datetime import timedelta
from email.utils import parsedate_to_datetime

from tests.api import world as worlds
from tests.api.conftest import Api, serve
from tests.api.valkey import Valkey
from tests.api.world import World
from tests.conftest import MovableClock

METHODS = ["GET", "HEAD", "OPTIONS"]


async def many(world: World) -> None:
    async with world.db.tx() as tx:
        for _ in range(10):
            await worlds.add_person(tx, world)


PACKED = {
    "gzip": True,
    "deflate, gzip;q=0.5": True,
    "*": True,
    "gzip;q=0": False,
    "*;q=0": False,
    "identity": False,
    "br": False,
}


async def test_a_page_is_compressed_for_whoever_takes_gzip(api: Api, world: World, token: str) -> None:
    await many(world)
    path = f"/api/v1/events/{world.event_id}/participants"
    for takes, packed in PACKED.items():
        headers = {"authorization": f"Bearer {token}", "accept-encoding": takes}
        async with api.stream("GET", path, headers=headers) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == ("gzip" if packed else None), takes
        assert "Accept-Encoding" in answer.headers["vary"]
        assert len(json.loads(gzip.decompress(raw) if packed else raw)["data"]) == 13
        again = await api.get(path, headers=headers | {"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])


async def test_a_short_answer_is_not_compressed(api: Api, world: World, token: str) -> None:
    answer = await api.read(f"/events/{world.event_id}/threads", token, accept_encoding="gzip")
    assert (answer.status_code, "content-encoding" in answer.headers) == (200, False)


async def announce(world: World, id: str, path: str | None, months: int) -> None:
    await worlds.change(
        world,
        """INSERT INTO deprecations (id, title, description, version, path, link, announced_at, sunset_at, announced_by)
           VALUES (%(id)s, 'Going', 'Away', 'v1', %(path)s, 'https://revento.example/' || %(id)s, %(now)s, %(sunset)s,
                   %(by)s)""",
        id=id,
        path=path,
        now=world.now,
        sunset=world.now + timedelta(days=31 * months),
        by=world.organizer_id,
    )


async def test_what_will_go_says_so_on_every_answer_and_the_rest_does_not(api: Api, world: World, token: str) -> None:
    await announce(world, "dep_1", "/api/v1/events/{event_id}/threads", 8)
    gone = await api.read(f"/events/{world.event_id}/threads", token)
    stays = await api.read(f"/events/{world.event_id}/locations", token)
    assert gone.headers["deprecation"] == f"@{world.now.timestamp():.0f}"
    assert parsedate_to_datetime(gone.headers["sunset"]) == world.now + timedelta(days=31 * 8)
    link = "https://revento.example/dep_1"
    assert gone.headers["link"] == f'<{link}>; rel="deprecation", <{link}>; rel="sunset"'
    assert not {"deprecation", "sunset", "link"} & set(stays.headers)


async def test_of_two_announcements_the_one_that_ends_first_is_told(api: Api, world: World, token: str) -> None:
    await announce(world, "dep_late", None, 12)
    await announce(world, "dep_soon", "/events/{event_id}/threads", 7)
    answer = await api.read(f"/events/{world.event_id}/threads", token)
    assert "dep_soon" in answer.headers["link"]


async def test_a_withdrawn_announcement_is_told_no_longer(api: Api, world: World, token: str) -> None:
    await announce(world, "dep_1", None, 8)
    await worlds.change(world, "UPDATE deprecations SET withdrawn_at = %(now)s", now=world.now)
    assert "sunset" not in (await api.read(f"/events/{world.event_id}", token)).headers


async def test_head_is_a_get_without_its_body(api: Api, world: World, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"}
    for path in ("", "/participants", "/program"):
        whole = await api.get(f"/api/v1/events/{world.event_id}{path}", headers=headers)
        head = await api.head(f"/api/v1/events/{world.event_id}{path}", headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        told = [dict(one.headers) for one in (head, whole)]
        for changing in ("x-revento-request-id", "x-ratelimit-remaining"):
            assert told[0].pop(changing) != told[1].pop(changing)
        assert told[0] == told[1]


async def test_options_needs_no_token_and_names_the_methods(api: Api, world: World) -> None:
    answer = await api.options(f"/api/v1/events/{world.event_id}")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, ", ".join(METHODS), b"")


async def test_no_page_of_another_origin_may_read_with_a_token(api: Api, world: World, token: str) -> None:
    """Tokens belong on servers: the contract knows no CORS, so no answer invites a browser (contract §4)."""
    path, origin = f"/api/v1/events/{world.event_id}", {"origin": "https://badges.example"}
    asked = {"access-control-request-method": "GET", "access-control-request-headers": "authorization"}
    answers = [
        await api.options(path, headers=origin | asked),
        await api.get(path, headers=origin | {"authorization": f"Bearer {token}"}),
        await api.get(path, headers=origin),
    ]
    assert [one.status_code for one in answers] == [204, 200, 401]
    assert [name for one in answers for name in one.headers if name.startswith("access-control")] == []


REFUSED = [
    ("GET", "/api/v1/nowhere", 404, "not_found"),
    ("GET", "/api/v1/events", 404, "not_found"),
    ("GET", "/api/v1/events/{event}/participants/", 404, "not_found"),
    ("GET", "/api/v2/events/{event}", 404, "not_found"),
    ("GET", "/api/v1/events/{event}/%00", 404, "not_found"),
    ("POST", "/api/v1/events/{event}", 405, "method_not_allowed"),
    ("DELETE", "/api/v1/me/profile", 405, "method_not_allowed"),
    ("PATCH", "/api/v1/events/{event}/participants", 405, "method_not_allowed"),
    ("PUT", "/api/openapi.json", 405, "method_not_allowed"),
]


async def test_what_is_not_there_is_told_in_the_one_shape(api: Api, world: World) -> None:
    for method, path, status, code in REFUSED:
        answer = await api.request(method, path.replace("{event}", world.event_id))
        told = answer.json()
        assert (answer.status_code, told["error"]) == (status, code), answer.text
        assert told["request_id"] == answer.headers["x-revento-request-id"]
        assert answer.headers["content-type"] == "application/json"
        if status == 405:
            assert set(told["allowed"]) == set(answer.headers["allow"].split(", "))


async def test_an_oversize_body_is_refused_and_a_small_one_ignored(api: Api, world: World, token: str) -> None:
    path, headers = f"/api/v1/events/{world.event_id}", {"authorization": f"Bearer {token}"}
    large = await api.request("GET", path, headers=headers, content=b"x" * 65_537)
    small = await api.request("GET", path, headers=headers, content=b"x" * 100)
    assert (large.status_code, large.json()["error"], small.status_code) == (413, "payload_too_large", 200)


async def test_the_request_id_is_echoed_and_made_when_there_is_none(api: Api, world: World, token: str) -> None:
    sent = "5A6F0A3E-6A55-4A43-8F35-0A4B6B1C9D10"
    echoed = await api.read(f"/events/{world.event_id}", token, x_revento_request_id=sent)
    made = [(await api.read("/me/profile")).headers["x-revento-request-id"] for _ in range(2)]
    assert echoed.headers["x-revento-request-id"] == sent
    assert len({*made, sent}) == 3


async def test_valkey_lost_in_mid_flight_costs_no_request(
    database_url: str, tmp_path, clock: MovableClock, world: World, token: str
) -> None:
    valkey = Valkey(tmp_path)
    path = f"/events/{world.event_id}"
    async for api in serve(database_url, tmp_path, clock, environ={"REVENTO_VALKEY_URL": valkey.url}):
        counted = await api.read(path, token)
        valkey.stop()
        passed = [await api.read(path, token) for _ in range(40)]
        metrics = (await api.get("/metrics")).text
    assert counted.headers["x-ratelimit-remaining"] == "499"
    assert {one.status_code for one in passed} == {200}
    assert {one.headers["x-ratelimit-remaining"] for one in passed} == {"500"}
    told = [line for line in metrics.splitlines() if line.startswith("revento_limit_store_lost_total ")]
    assert float(told[0].split()[1]) >= 40
