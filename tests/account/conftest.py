"""The application, and somebody who has an account in it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from revento.identity.users import queries
from revento.identity.users.passwords import hashed
from tests import visits
from tests.conftest import MovableClock
from tests.visits import Site, Visitor

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def site(database_url: str, clock: MovableClock, tmp_path: Path) -> AsyncGenerator[Site]:
    """The application."""
    async with visits.opened(database_url, clock, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(site: Site) -> Visitor:
    """Somebody with a password, signed in on one device."""
    visitor = await site.person("Ada Moss")
    assert visitor.user_id is not None
    async with site.db.tx() as tx:
        await queries.set_password(tx, visitor.user_id, await hashed(PASSWORD), now=site.clock.now())
    return visitor
