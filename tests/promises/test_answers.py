"""Promise: whatever is asked without signing in, the answer says what it is, once, and is never kept for a person."""

from pathlib import Path

import pytest

from revento.kernel.clock import Clock
from tests import visits

OPEN = [
    ("/account/sign-in", "text/html; charset=utf-8"),
    ("/guide/", "text/html; charset=utf-8"),
    ("/api/docs", "text/html; charset=utf-8"),
    ("/no-such-page", "text/html; charset=utf-8"),
    ("/llms.txt", "text/plain; charset=utf-8"),
    ("/metrics", "text/plain; version=1.0.0; charset=utf-8"),
    ("/service-worker.js", "text/javascript; charset=utf-8"),
    ("/api/openapi.json", "application/json"),
    ("/healthz", "application/json"),
]


@pytest.fixture
async def anybody(database_url: str, clock: Clock, tmp_path: Path):
    async with visits.opened(database_url, clock, tmp_path) as site:
        yield (await site.anybody()).client


async def test_promise_every_answer_says_what_it_is_once(anybody) -> None:
    told = {path: (await anybody.get(path)).headers["content-type"] for path, _ in OPEN}
    assert told == dict(OPEN)
