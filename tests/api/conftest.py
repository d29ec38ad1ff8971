"""The whole application in this process, over its ASGI door, on a database of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from revento import app as revento_app
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database
from revento.web.shared.edge import Services
from tests import apps
from tests.api import world as worlds
from tests.api.world import World


class Api(httpx.AsyncClient):
    """A client of the API; `services` are those of the server."""

    app: Litestar

    @property
    def services(self) -> Services:
        return self.app.state["services"]

    async def read(self, path: str, token: str | None = None, **headers: str) -> httpx.Response:
        """GET below /api/v1; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            named["authorization"] = f"Bearer {token}"
        return await self.get(f"/api/v1{path}", headers=named)


@asynccontextmanager
async def _running(app: Litestar) -> AsyncGenerator[None]:
    """The application between its start and its stop, both in a task of its own, as a server does it."""
    told: asyncio.Queue[Any] = asyncio.Queue()
    says: asyncio.Queue[Any] = asyncio.Queue()
    scope: Any = {"type": "lifespan", "asgi": {"version": "3.0"}}
    task = asyncio.create_task(app(scope, told.get, says.put))
    await told.put({"type": "lifespan.startup"})
    assert (await says.get())["type"] == "lifespan.startup.complete"
    yield
    await told.put({"type": "lifespan.shutdown"})
    assert (await says.get())["type"] == "lifespan.shutdown.complete"
    await task


async def serve(database_url: str, tmp_path: Path, clock: Clock, **more: Any) -> AsyncGenerator[Api]:
    """The application, started and stopped; `environ` and `offered` may be given."""
    environ = {"DATABASE_URL": database_url, "REVENTO_DATA_DIR": str(tmp_path), **more.pop("environ", {})}
    settings = Settings.read(environ, env="development")
    own = revento_app.build(settings, clock=clock, **more) if more else None
    with nullcontext(own) if own else apps.built(settings, clock) as made:
        async with _running(made):
            transport = httpx.ASGITransport(made, raise_app_exceptions=False)
            async with Api(transport=transport, base_url="http://testserver.local") as client:
                client.app = made
                yield client


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: Clock) -> AsyncGenerator[Api]:
    async for client in serve(database_url, tmp_path, clock):
        yield client


@pytest.fixture
async def world(db: Database, clock: Clock) -> World:
    return await worlds.make(db, clock.now())


@pytest.fixture
async def token(world: World) -> str:
    return await worlds.installation_token(world)
