"""The composition root: settings → pool, clock, keys → the web application. The only file that knows everybody."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
from litestar import Litestar, Router
from litestar.datastructures import State

from revento.access.buffer import Buffer
from revento.kernel import log, traces
from revento.kernel.clock import Clock
from revento.kernel.config import Misconfigured, Settings
from revento.kernel.db import Database
from revento.kernel.reader import Reader, Writer
from revento.kernel.secrets import Box, Keys, load_or_create_key
from revento.web import health
from revento.web.account import routes as account
from revento.web.api import developing, documents, integration, logins, versions
from revento.web.api.edge import ReadApi
from revento.web.developer import routes as developer
from revento.web.guide import routes as guide
from revento.web.oauth import routes as oauth
from revento.web.oauth.straight import TokenEndpoint
from revento.web.operator import routes as operator
from revento.web.organizer import routes as organizer
from revento.web.participant import routes as participant
from revento.web.shared import assets, edge, errors, forms, limits, people, requests, visitor
from revento.web.shared.shared_limits import Shared
from revento.workers import ledger as ledgers


def from_environment(assembled: Litestar) -> Litestar:
    """The application as the environment configures it, for the web server. Raises `Misconfigured`."""
    log.configure(level=os.environ.get("REVENTO_LOG_LEVEL", "INFO"))
    traces.configure(os.environ, service="revento-web")
    return configure(assembled, Settings.read(os.environ))


class Configured(msgspec.Struct, frozen=True):
    """What an application is started with."""

    settings: Settings
    database_url: str
    keys: Keys
    clock: Clock


def build(
    settings: Settings, *, clock: Clock | None = None, offered: tuple[versions.Version, ...] = versions.ALL
) -> Litestar:
    """The application for these settings. Tests hand in a clock and versions of the API. Raises `Misconfigured`."""
    return configure(assemble(offered), settings, clock=clock)


def configure(app: Litestar, settings: Settings, *, clock: Clock | None = None) -> Litestar:
    """Says what the application works with from its next start on. Raises `Misconfigured`."""
    if settings.database_url is None:
        raise Misconfigured("DATABASE_URL", "is missing; `revento up` brings a database of its own")
    keys = Keys(settings.secret_key or load_or_create_key(settings.data_dir))
    errors.configure(settings.base_url)
    app.state["configured"] = Configured(settings, settings.database_url, keys, clock or Clock())
    return app


@asynccontextmanager
async def _living(app: Litestar) -> AsyncGenerator[None]:
    """Between start and stop."""
    given: Configured = app.state["configured"]
    settings, url, keys = given.settings, given.database_url, given.keys
    db = await Database.open(url)
    tokens, writer, ledger, stop = Reader(url), Writer(url), Buffer(), asyncio.Event()
    reader = Reader(settings.replica_url) if settings.replica_url else tokens
    budgets = Shared(settings.valkey_url) if settings.valkey_url else limits.Here()
    app.state["services"] = edge.Services(
        settings, db, given.clock, keys, Box(keys), tokens, writer, reader, budgets, ledger
    )
    writing = asyncio.create_task(ledgers.run(db, ledger, stop))
    try:
        yield
    finally:
        stop.set()
        await writing
        await reader.close()
        await tokens.close()
        await writer.close()
        await budgets.close()
        await db.close()


def assemble(offered: tuple[versions.Version, ...] = versions.ALL) -> Litestar:
    """Routes, guards and middleware; takes about a second. To be told by `configure` what it works with."""
    pages = [
        *account.HANDLERS,
        *oauth.PAGES,
        developer.ROUTES,
        operator.ROUTES,
        organizer.ROUTES,
        participant.ROUTES,
    ]
    app = Litestar(
        route_handlers=[
            *health.HANDLERS,
            assets.routes,
            *documents.HANDLERS,
            *oauth.PROGRAMS,
            integration.ROUTES,
            developing.ROUTES,
            logins.ROUTES,
            guide.ROUTES,
            Router("/", route_handlers=pages, guards=[forms.same_person]),
        ],
        dependencies=edge.DEPENDENCIES | people.DEPENDENCIES,
        exception_handlers=errors.HANDLERS,
        lifespan=[_living],
        state=State(),
        openapi_config=None,
        debug=False,
        request_max_body_size=2 * 1024 * 1024,
    )
    # Around the whole application, unlike the framework's own middleware, which unknown paths never reach.
    tokens_straight = TokenEndpoint(visitor.remember_visitors(app.asgi_handler))
    app.asgi_handler = requests.remember_requests(ReadApi(tokens_straight, offered=offered))
    return app
