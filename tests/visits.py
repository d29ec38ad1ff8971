"""People who visit the pages over HTTP, without a browser: signed in, forms posted as a browser would."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from litestar import Litestar

from revento.identity.sessions import actions as sessions
from revento.identity.users import queries as users
from revento.kernel import ids
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Database, Row, Tx
from revento.kernel.ids import UserId
from tests import apps

ORIGIN = "http://127.0.0.1:8000"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class CountingTx(Tx):
    """A transaction that counts its statements."""

    __slots__ = ("counts",)

    def __init__(self, connection: Any, counts: list[str]) -> None:
        super().__init__(connection)
        self.counts = counts

    async def all(self, kind: Any, sql: Any, **params: Any) -> Any:
        self.counts.append(sql)
        return await super().all(kind, sql, **params)

    async def run(self, sql: Any, **params: Any) -> int:
        self.counts.append(sql)
        return await super().run(sql, **params)


class CountingDatabase(Database):
    """A database whose statements are written down in `counts`."""

    counts: list[str]

    @asynccontextmanager
    async def tx(self) -> AsyncGenerator[Tx]:
        async with self._pool.connection() as connection, connection.transaction():
            yield CountingTx(connection, self.counts)


class Visitor:
    """One person's browser without the browser."""

    def __init__(self, client: httpx.AsyncClient, user_id: UserId | None) -> None:
        self.client, self.user_id, self._csrf = client, user_id, ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """A page."""
        return await self.client.get(path, **options)

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """A form, with the token that its page carries."""
        if not self._csrf:
            page = await self.client.get("/account/act-as" if self.user_id else "/account/sign-in")
            self._csrf = CSRF.findall(page.text)[0]
        return await self.client.post(path, data={"csrf_token": self._csrf, **(data or {})}, **options)


class Site(msgspec.Struct):
    """The application, its database, and the people who come."""

    app: Litestar
    db: Database
    clock: Clock
    counts: list[str]

    async def anybody(self) -> Visitor:
        """Somebody who is not signed in."""
        return Visitor(_client(self.app), None)

    async def person(self, name: str, *, operator: bool = False) -> Visitor:
        """A new account, signed in."""
        id, now = UserId(ids.new("usr")), self.clock.now()
        async with self.db.tx() as tx:
            await users.insert(
                tx,
                id,
                email=f"{name.split()[0].lower()}@example.test",
                name=name,
                password_hash=None,
                email_verified_at=now,
                locale="en",
                is_operator=operator,
                is_sandbox=False,
                now=now,
            )
        return await self.as_user(id)

    async def as_user(self, id: UserId) -> Visitor:
        """Somebody with an account, signed in."""
        async with self.db.tx() as tx:
            opened = await sessions.open_for(tx, id, address="127.0.0.1", user_agent="tests", now=self.clock.now())
        client = _client(self.app)
        client.cookies.set("revento_session", opened.token)
        return Visitor(client, id)

    async def rows(self, kind: type[Row] | type, sql: Any, **params: Any) -> list[Any]:
        """What the database holds."""
        async with self.db.tx() as tx:
            return await tx.all(kind, sql, **params)

    async def statements(self, visitor: Visitor, path: str) -> int:
        """How many statements a page takes."""
        self.counts.clear()
        answer = await visitor.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return len(self.counts)


def _client(made: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


@asynccontextmanager
async def opened(database_url: str, clock: Clock, folder: Path, **environ: str) -> AsyncGenerator[Site]:
    """The application for this test."""
    environ = {"DATABASE_URL": database_url, "REVENTO_BASE_URL": ORIGIN, "REVENTO_DATA_DIR": str(folder), **environ}
    with apps.built(Settings.read(environ, env="development"), clock) as made:
        up, down = asyncio.Event(), asyncio.Event()

        async def live() -> None:  # a task of its own: what a lifespan opens it closes in the same task
            async with made.lifespan():
                up.set()
                await down.wait()

        living = asyncio.create_task(live())
        await up.wait()
        given = made.state["services"]
        counting = CountingDatabase(given.db._pool, given.db.url)
        counting.counts = []
        made.state["services"] = msgspec.structs.replace(given, db=counting)
        yield Site(made, counting, clock, counting.counts)
        down.set()
        await living


def routes_below(made: Litestar, prefix: str) -> list[tuple[str, str]]:
    """Every method and path of an audience, with a well-formed id in the place of each parameter."""
    found = []
    for route in made.routes:
        if route.path == prefix or route.path.startswith(f"{prefix}/"):
            path = re.sub(r"\{([a-z_]+):[a-z]+\}", lambda match: f"{match[1][:3]}_{ids.encode(7)}", route.path)
            methods = getattr(route, "methods", set())
            found += [(method, path) for method in sorted(methods) if method in ("GET", "POST")]
    return found
