"""The developer console and the people around it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from revento.contract.manifest import Manifest
from revento.integrations.catalogue import actions as catalogue
from revento.integrations.catalogue.models import Registered
from revento.integrations.manifests import actions as manifests
from tests.conftest import MovableClock
from tests.integrations.given import document
from tests.visits import Site, Visitor, opened


@pytest.fixture
async def site(database_url: str, clock: MovableClock, tmp_path: Path) -> AsyncGenerator[Site]:
    """The application with a database of its own."""
    async with opened(database_url, clock, tmp_path) as made:
        yield made


@pytest.fixture
async def ruben(site: Site) -> Visitor:
    """He builds integrations."""
    return await site.person("Ruben de Graaf")


@pytest.fixture
async def olga(site: Site) -> Visitor:
    """She operates the platform."""
    return await site.person("Olga Operator", operator=True)


def manifest(**changed: object) -> Manifest:
    """A manifest that is right in every respect."""
    return manifests.read(document(**changed), environment="sandbox")


async def registered(site: Site, owner: Visitor, **changed: object) -> Registered:
    """An integration of the person's in the sandbox."""
    async with site.db.tx() as tx:
        return await catalogue.register(
            tx,
            owner.user_id,
            manifest(**changed),
            environment="sandbox",
            organization_id=None,
            box=site.app.state["services"].box,
            now=site.clock.now(),
        )
