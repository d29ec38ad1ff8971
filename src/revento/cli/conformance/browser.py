"""A browser without a window: one cookie jar, no redirect followed, every answer timed."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final

import aiohttp
import msgspec

TIMEOUT_S: Final = 12.0  # a little more than a webhook's receiver has
_MOST_BYTES: Final = 1 << 20


class Answer(msgspec.Struct, frozen=True):
    """What came back. `status` 0: nothing did, and `text` says why."""

    status: int
    headers: Mapping[str, str]
    text: str
    took_s: float

    @property
    def location(self) -> str:
        """Where a redirect leads; empty when it is none."""
        return self.headers.get("Location", "") if 300 <= self.status < 400 else ""

    @property
    def is_success(self) -> bool:
        """2xx, what a webhook sender counts as delivered."""
        return 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """4xx: said no on purpose, neither let in nor broke."""
        return 400 <= self.status < 500

    def __str__(self) -> str:
        if self.status == 0:
            return f"no answer ({self.text})"
        where = f" to {self.location[:80]}" if self.location else ""
        return f"{self.status}{where}"


class Browser:
    """One visitor with cookies of her own."""

    def __init__(self) -> None:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            auto_decompress=True,
        )

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, url: str, **query: str) -> Answer:
        """One GET."""
        return await self.ask("GET", url, query=query)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request; redirects are answers. A refused connection or a timeout is an answer too, with status 0."""
        started = time.monotonic()
        try:
            async with self._session.request(
                method, url, params=query, headers=headers, data=body, allow_redirects=False
            ) as response:
                raw = await response.content.read(_MOST_BYTES)
                text = raw.decode("utf-8", "replace")
                return Answer(response.status, response.headers.copy(), text, time.monotonic() - started)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            say = f"nothing within {TIMEOUT_S:.0f} s" if isinstance(error, asyncio.TimeoutError) else str(error)
            return Answer(0, {}, say or type(error).__name__, time.monotonic() - started)
