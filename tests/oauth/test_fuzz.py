"""A small set of hostile requests; `python -m tests.oauth.fuzz` runs as many as one likes (docs/fuzzing.md)."""

import asyncio

from tests.oauth import fuzz
from tests.visits import Site


async def test_promise_no_request_to_oauth_breaks_redirects_away_or_reflects_script(site: Site) -> None:
    target = await fuzz.target_of(site)
    await asyncio.to_thread(fuzz.attack, target, 240, 1)
    assert target.sent >= 200
