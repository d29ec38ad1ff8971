"""What differs between a blocking client and one with asyncio: sending, sleeping, taking turns."""

import asyncio
import threading
import time
from collections import defaultdict

import httpx


class BlockingIo:
    """Waits."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def send(self, request: httpx.Request) -> httpx.Response:
        return self._http.send(request)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def acquire(self, key: str) -> None:
        self._locks[key].acquire()

    def release(self, key: str) -> None:
        self._locks[key].release()


class AsyncIo:
    """Is awaited."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, request: httpx.Request) -> httpx.Response:
        return await self._http.send(request)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def acquire(self, key: str) -> None:
        await self._locks[key].acquire()

    def release(self, key: str) -> None:
        self._locks[key].release()
