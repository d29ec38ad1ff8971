"""The straight way of the token endpoint, spoken to in ASGI as servers speak it."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from revento.kernel import secrets
from revento.kernel.db import Database
from tests.oauth.given import Speaker
from tests.visits import Site

WAIT_S = 15


async def post(site: Site, *pieces: bytes, announced: int) -> tuple[int, int]:
    """Status, and how many pieces were asked for. Every piece says that more may follow, as Granian's do."""
    asked, status = 0, 0

    async def receive() -> Any:
        nonlocal asked
        asked += 1
        if asked <= len(pieces):
            return {"type": "http.request", "body": pieces[asked - 1], "more_body": True}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"host", b"localhost")]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/oauth/token",
        "raw_path": b"/oauth/token",
        "root_path": "",
        "query_string": b"",
        "headers": [*headers, (b"content-length", str(announced).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
        "extensions": {},
    }
    async with asyncio.timeout(WAIT_S):
        await site.app(scope, receive, send)  # pyright: ignore[reportArgumentType]
    return status, asked


@pytest.mark.parametrize("cut", [None, 40])
async def test_a_body_as_long_as_announced_is_traded_without_waiting_for_its_end(
    site: Site, badges: Speaker, ada: httpx.AsyncClient, cut: int | None
) -> None:
    token = (await badges.tokens(ada))["refresh_token"]  # the careful way has noted the use of the secret here
    own = {"client_id": badges.registered.client_id, "client_secret": badges.registered.client_secret}
    body = urlencode({"grant_type": "refresh_token", "refresh_token": token} | own).encode()
    pieces = [body] if cut is None else [body[:cut], body[cut:]]
    assert await post(site, *pieces, announced=len(body)) == (200, len(pieces))


async def test_a_body_that_is_odd_reaches_the_careful_way_whole(site: Site, badges: Speaker) -> None:
    body = b"grant_type=refresh_token&client_id=cli_nobody&client_secret=wrong&refresh_token=none"
    for pieces, announced in (([body], len(body)), ([body[:9], body[9:]], len(body)), ([b"x" * 5_000] * 30, 150_000)):
        status, _ = await post(site, *pieces, announced=announced)
        assert status == (413 if announced > len(body) else 401)


async def test_families_that_refresh_at_the_same_moment_get_their_own_and_wait_for_nobody(
    site: Site, badges: Speaker, ada: httpx.AsyncClient, db: Database
) -> None:
    """One of them is held by somebody else, who takes her time: she alone waits."""
    held, *others = [(await badges.tokens(ada))["refresh_token"] for _ in range(6)]
    async with db.tx() as tx:
        await tx.run(
            """UPDATE token_families SET rotated_at = rotated_at
                WHERE id = (SELECT family_id FROM refresh_tokens WHERE hash = %(hash)s)""",
            hash=secrets.sha256(held),
        )
        waiting = asyncio.create_task(badges.refresh(held))
        answers = await asyncio.gather(*[badges.refresh(token) for token in others])
        assert [answer.status_code for answer in answers] == [200] * 5
        assert not waiting.done()
    assert (await waiting).status_code == 200
    pairs = [answer.json() for answer in (*answers, await waiting)]
    for pair in pairs:
        assert await badges.is_live(pair["access_token"])
        assert (await badges.refresh(pair["refresh_token"])).status_code == 200
    assert len({pair["access_token"] for pair in pairs}) == 6
