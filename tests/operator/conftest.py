"""The desk and the people around it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.conftest import MovableClock
from tests.visits import Site, Visitor, opened


@pytest.fixture
async def site(database_url: str, clock: MovableClock, tmp_path: Path) -> AsyncGenerator[Site]:
    """The application with a database of its own."""
    async with opened(database_url, clock, tmp_path) as made:
        yield made


@pytest.fixture
async def olga(site: Site) -> Visitor:
    """She operates the platform."""
    return await site.person("Olga Operator", operator=True)
