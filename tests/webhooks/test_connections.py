"""Connections of our own: kept alive where that is safe, closed where it is not, bounded always."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from revento.webhooks.deliver import Sender, request, target
from revento.webhooks.retries import Answer, Outcome
from tests.webhooks.conftest import LOOPBACK

NOW = datetime(2026, 7, 10, 14, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Server:
    """Answers each request with the same bytes; counts connections."""

    answer: bytes
    then_close: bool = False
    url: str = ""
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(2)
                writer.write(self.answer)
                await writer.drain()
                if self.then_close:
                    break
        writer.close()


@asynccontextmanager
async def serving(answer: bytes, *, then_close: bool = False) -> AsyncGenerator[Server]:
    server = Server(answer, then_close)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook"
    try:
        yield server
    finally:
        listening.close()


async def posted(url: str, times: int, *, pause_s: float = 0.0) -> list[Answer]:
    sender = Sender(allowed=LOOPBACK, timeout_s=15)
    answers: list[Answer] = []
    try:
        for _ in range(times):
            answers.append(await sender.post(url, "", b"{}", now=NOW))
            await asyncio.sleep(pause_s)
    finally:
        await sender.close()
    return answers


REUSED = {
    "a whole answer": OK,
    "an empty answer": b"HTTP/1.1 204 No Content\r\n\r\n",
    "an answer in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "early hints first": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
}
NOT_REUSED = {
    "one that says close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "two answers to one request": OK + b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
    "more than it announced": OK + b"surplus",
    "a body beyond bounds": b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000,
}


@pytest.mark.parametrize("answer", [pytest.param(answer, id=id) for id, answer in REUSED.items()])
async def test_a_connection_lives_on_after(answer) -> None:
    async with serving(answer) as server:
        answers = await posted(server.url, 3)
    assert [one.outcome for one in answers] == [Outcome.OK] * 3
    assert server.connections == 1


@pytest.mark.parametrize("answer", [pytest.param(answer, id=id) for id, answer in NOT_REUSED.items()])
async def test_a_connection_is_not_used_again_after(answer) -> None:
    async with serving(answer) as server:
        answers = await posted(server.url, 3)
    assert server.connections == 3
    assert {one.outcome for one in answers} <= {Outcome.OK, Outcome.GARBAGE}


async def test_a_connection_that_was_closed_while_idle_costs_no_attempt() -> None:
    async with serving(OK, then_close=True) as server:
        answers = await posted(server.url, 3, pause_s=0.1)
    assert [one.outcome for one in answers] == [Outcome.OK] * 3
    assert server.connections == 3


async def test_a_body_that_ends_with_the_connection_is_read() -> None:
    async with serving(b"HTTP/1.1 500 No\r\nContent-Type: text/plain\r\n\r\nsorry", then_close=True) as server:
        (answer,) = await posted(server.url, 1)
    assert (answer.outcome, answer.status, answer.body) == (Outcome.STATUS, 500, "sorry")


async def test_an_upgrade_that_nobody_asked_for_is_a_failed_try() -> None:
    async with serving(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n\x00\x01") as server:
        (answer,) = await posted(server.url, 1)
    assert (answer.outcome, answer.status) == (Outcome.STATUS, 101)


def test_a_request_is_these_bytes() -> None:
    at = target("https://hooks.example.org/a%20b?c=d")
    assert at.place == (True, "hooks.example.org", 443)
    assert request(at, "X-One: 1\r\n", b"{}") == (
        b"POST /a%20b?c=d HTTP/1.1\r\nHost: hooks.example.org\r\nX-One: 1\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert target("http://[::1]:3000").begin == b"POST / HTTP/1.1\r\nHost: [::1]:3000\r\n"
