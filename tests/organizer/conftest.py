"""The application and an event with a connected integration, for the organizer's pages and the event's own."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from revento.kernel.db import Database
from tests.conftest import MovableClock
from tests.integrations.connected import Connected, connected
from tests.visits import Site, opened


@pytest.fixture
async def app(database_url: str, clock: MovableClock, tmp_path: Path) -> AsyncGenerator[Site]:
    """The application, asked without a network."""
    async with opened(database_url, clock, tmp_path) as site:
        yield site


@pytest.fixture
async def story(db: Database, clock: MovableClock) -> Connected:
    """Ada's event with BadgePress connected; Cyd signed in to it; Eve develops it."""
    async with db.tx() as tx:
        return await connected(tx, now=clock.now())
