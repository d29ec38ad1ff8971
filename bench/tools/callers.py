"""The load generator: each caller has one connection and asks again as soon as it has its answer.

A process of its own, raw HTTP/1.1 over uvloop, so that it costs little beside what it measures (`canned.py` tells how
much). `python -m bench.tools.callers` reads a `Plan` from stdin and writes `Figures` to stdout, both as JSON.
"""

import asyncio
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import cast

import msgspec
import uvloop

ROOT = Path(__file__).parents[2]
TOKEN = b"{refresh_token}"  # in a body: the refresh token of the caller's last answer
_NEXT = re.compile(rb'"refresh_token":\s*"([^"]+)"')
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection:\s*close", re.IGNORECASE)


class Plan(msgspec.Struct):
    """Where to ask and for how long. Each caller has its bodies, or one body that is asked again with `TOKEN` in it."""

    port: int
    path: str
    seconds: float
    warm_s: float
    callers: list[list[str]]
    first_tokens: list[str] = []


class Figures(msgspec.Struct):
    """What came of it, without the warming up. Latencies in milliseconds."""

    answers: int
    per_s: float
    p50: float
    p99: float
    wrong: int
    ran_dry: bool


class Caller(asyncio.Protocol):
    """One of them."""

    def __init__(self, plan: Plan, bodies: list[str], token: str, warm_until: float) -> None:
        self.plan, self.bodies, self.token, self.warm_until = (
            plan,
            [one.encode() for one in bodies],
            token.encode(),
            warm_until,
        )
        self.until = warm_until + plan.seconds
        self.took: list[float] = []
        self.wrong, self.ran_dry, self.asked = 0, False, 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.got, self.began, self.last = bytearray(), 0.0, 0.0
        self.transport: asyncio.Transport | None = None
        self.connecting: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Until the time is over."""
        self.began = time.perf_counter()
        await self._connect()
        await self.over

    async def _connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self.plan.port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connecting = None
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own says nothing of its family
        self._ask()

    def _ask(self) -> None:
        body = self.bodies[min(self.asked, len(self.bodies) - 1)].replace(TOKEN, self.token)
        self.asked += 1
        assert self.transport is not None
        self.transport.write(
            b"POST %b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (self.plan.path.encode(), self.plan.port, len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        if found and _whole(head, body):
            self._answered(bytes(head), bytes(body))

    def _answered(self, head: bytes, body: bytes) -> None:
        self.got.clear()
        now = time.perf_counter()
        fresh = _NEXT.search(body)
        if head[9:12] != b"200" or fresh is None:
            self.wrong += 1
        else:
            self.token = fresh[1]
            if self.began >= self.warm_until:
                self.took.append(now - self.began)
                self.last = now
        self.ran_dry = len(self.bodies) > 1 and self.asked == len(self.bodies)
        over = now >= self.until or self.ran_dry or self.wrong > 20
        self.began = time.perf_counter()
        closes = _CLOSES.search(head) is not None
        assert self.transport is not None
        if over or closes:
            self.transport.close()
        if over:
            self.over.set_result(None)
        elif closes:
            self.connecting = asyncio.ensure_future(self._connect())
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done() and (exc is not None or not self.connecting):
            self.over.set_exception(exc or ConnectionError(f"closed in the middle of an answer: {bytes(self.got)!r}"))


def _whole(head: bytes, body: bytes) -> bool:
    if _CHUNKED.search(head):
        return body.endswith(b"0\r\n\r\n")
    length = _LENGTH.search(head)
    return length is not None and len(body) >= int(length[1])


async def call(plan: Plan) -> Figures:
    """All callers at once."""
    warm_until = time.perf_counter() + plan.warm_s
    tokens = plan.first_tokens or [""] * len(plan.callers)
    callers = [Caller(plan, bodies, token, warm_until) for bodies, token in zip(plan.callers, tokens, strict=True)]
    await asyncio.gather(*(one.run() for one in callers))
    took = sorted(one for each in callers for one in each.took)
    spent = max(max(one.last for one in callers) - warm_until, 0.001)
    return Figures(
        answers=len(took),
        per_s=len(took) / spent,
        p50=statistics.median(took or [0]) * 1000,
        p99=(took or [0])[int(len(took) * 0.99)] * 1000,
        wrong=sum(one.wrong for one in callers),
        ran_dry=any(one.ran_dry for one in callers),
    )


async def elsewhere(plan: Plan) -> Figures:
    """The same in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.tools.callers"), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate(msgspec.json.encode(plan))
    return msgspec.json.decode(out, type=Figures)


if __name__ == "__main__":
    sys.stdout.buffer.write(
        msgspec.json.encode(uvloop.run(call(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan))))
    )
