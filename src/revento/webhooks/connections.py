"""Kept-alive HTTP/1.1 connections, one request at a time each, answered within bounds. No policy here."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, cast

import httptools
import msgspec

CAPTURE_BYTES: Final = 4096
# After the status line an answer is settled; its body is only for the log, so a dripping one gets this long.
CAPTURE_S: Final = 1.0
HEAD_BYTES_MOST: Final = 65_536
# Below the 5 s after which Node's server closes idle connections, so that we rarely write into a closing one.
KEEP_ALIVE_S: Final = 4.0

Place = tuple[bool, str, int]  # over TLS, host, port


class Closed(ConnectionError):
    """The other side closed before it answered."""


class Garbage(ValueError):
    """What came is not HTTP, or its head is beyond bounds."""


class Reply(msgspec.Struct, frozen=True):
    """An answer: header names in lower case, at most 4 KiB and one byte of its body."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class Connection(asyncio.Protocol):
    """One connection. `ask` when `is_open`; afterwards `is_open` says whether it may be asked again."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Reply] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._ended = self._lives_on = self._is_settled = False
        self._status = self._head_bytes = 0
        self._headers: dict[bytes, bytes] = {}
        self._body = b""
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it may be asked."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes, *, within_s: float) -> asyncio.Future[Reply]:
        """Sends one request. The answer raises `Closed`, `Garbage` or `TimeoutError`; to give up, `abort`."""
        self._ended = self._lives_on = self._is_settled = False
        self._status = self._head_bytes = 0
        self._headers, self._body = {}, b""
        self._waiter = waiter = self._loop.create_future()
        if self._transport is None:
            raise Closed
        self._until = self._loop.time() + within_s
        self._timer = self._loop.call_later(within_s, self._give_up)
        self._transport.write(request)
        return waiter

    def abort(self) -> None:
        """Closes at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._status:
            self._end(None)
        else:
            self._end(Closed())

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            self.abort()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # 101: an answer that is not 2xx, and the connection is of no more use
        except httptools.HttpParserError as error:
            self._end(Garbage(str(error)))
            return
        self._progress(len(data))

    def _progress(self, came: int) -> None:
        if self._ended or len(self._body) > CAPTURE_BYTES:
            self._end(None)
        elif self._status:
            if not self._is_settled and self._timer is not None:
                self._is_settled = True
                self._timer.cancel()
                self._timer = self._loop.call_at(min(self._loop.time() + CAPTURE_S, self._until), self._end, None)
        else:
            self._head_bytes += came
            if self._head_bytes > HEAD_BYTES_MOST:
                self._end(Garbage(f"the head is longer than {HEAD_BYTES_MOST} bytes"))

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._ended:  # a second answer to one request
            self._lives_on = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._ended:
            return
        name = name.lower()
        known = self._headers.get(name)
        self._headers[name] = value if known is None else known + b", " + value  # RFC 9110 §5.3

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._ended:
            return
        if 100 <= status < 200 and status != 101:
            self._headers.clear()  # 100 Continue, 103 Early Hints: the answer is still to come
        else:
            self._status = status

    def on_body(self, body: bytes) -> None:
        if len(self._body) <= CAPTURE_BYTES and not self._ended:
            self._body += body[: CAPTURE_BYTES + 1 - len(self._body)]

    def on_message_complete(self) -> None:
        if self._status and not self._ended:
            self._ended = True
            self._lives_on = self._parser.should_keep_alive()

    def _give_up(self) -> None:
        self._end(TimeoutError())

    def _end(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if error is not None or not self._lives_on:
            self.abort()
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if error is not None:
            waiter.set_exception(error)
        else:
            waiter.set_result(Reply(self._status, self._headers, self._body))


class Pool:
    """Idle connections by place, the last used first."""

    def __init__(self, connect: Callable[[Place], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._idle: dict[Place, list[Connection]] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    async def ask(self, place: Place, request: bytes, *, within_s: float) -> Reply:
        """Sends over an idle connection or a new one. Raises what connecting or answering raises, or `TimeoutError`."""
        connection = self._take(place)
        if connection is None:
            until = time.monotonic() + within_s
            async with asyncio.timeout(within_s):
                connection = await self._connect(place)
            within_s = max(0.0, until - time.monotonic())
        try:
            reply = await connection.ask(request, within_s=within_s)
        except BaseException:
            connection.abort()
            raise
        if connection.is_open:
            self._keep(place, connection)
        return reply

    def close(self) -> None:
        """Closes what is idle."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connections in self._idle.values():
            for connection in connections:
                connection.abort()
        self._idle.clear()

    def _take(self, place: Place) -> Connection | None:
        idle, oldest = self._idle.get(place), time.monotonic() - KEEP_ALIVE_S
        while idle:
            connection = idle.pop()
            if connection.is_open and connection.idle_since > oldest:
                return connection
            connection.abort()
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        connection.idle_since = time.monotonic()
        self._idle.setdefault(place, []).append(connection)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(KEEP_ALIVE_S, self._sweep)

    def _sweep(self) -> None:
        oldest = time.monotonic() - KEEP_ALIVE_S
        for place, connections in list(self._idle.items()):
            for connection in connections:
                if connection.idle_since <= oldest:
                    connection.abort()
            self._idle[place] = [one for one in connections if one.is_open and one.idle_since > oldest]
            if not self._idle[place]:
                del self._idle[place]
        self._sweeping = asyncio.get_running_loop().call_later(KEEP_ALIVE_S, self._sweep) if self._idle else None
