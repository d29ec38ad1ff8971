"""The application, a convention, and everybody's browser."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from revento.kernel.clock import Clock
from tests import visits
from tests.oauth import given
from tests.visits import Site
from tests.webhooks import receivers


@pytest.fixture
async def site(database_url: str, clock: Clock, tmp_path: Path) -> AsyncGenerator[Site]:
    """The application."""
    async with visits.opened(database_url, clock, tmp_path) as opened:
        yield opened


@pytest.fixture
async def con(site: Site, clock: Clock) -> given.Convention:
    """The convention."""
    return await given.convention(site.db, clock, site.app.state["services"].box)


@pytest.fixture
async def http(site: Site) -> httpx.AsyncClient:
    """An integration's own connection, without a cookie."""
    return (await site.anybody()).client


@pytest.fixture
def badges(http: httpx.AsyncClient, con: given.Convention) -> given.Speaker:
    """The integration that most tests are about."""
    return given.Speaker(http, con.badges, con.event_id)


@pytest.fixture
def rival(http: httpx.AsyncClient, con: given.Convention) -> given.Speaker:
    """Another one."""
    return given.Speaker(http, con.rival, con.event_id)


@pytest.fixture
async def ada(site: Site, con: given.Convention) -> httpx.AsyncClient:
    """The organizer's browser."""
    return (await site.as_user(con.people["Ada"])).client


@pytest.fixture
async def cyd(site: Site, con: given.Convention) -> httpx.AsyncClient:
    """The participant's browser."""
    return (await site.as_user(con.people["Cyd"])).client


@pytest.fixture
async def mallory(site: Site, con: given.Convention) -> httpx.AsyncClient:
    """A stranger's browser, signed in."""
    return (await site.as_user(con.people["Mallory"])).client


@pytest.fixture
async def receiver() -> AsyncGenerator[receivers.Receiver]:
    """Somebody who listens, and should not be called."""
    async with receivers.listening() as listening:
        yield listening
