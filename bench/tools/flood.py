"""64 bare sockets that ask as fast as they are answered: `python -m bench.tools.flood HOST PORT SECONDS`."""

import asyncio
import sys
import time
from typing import cast

import uvloop

BODY = b'{"id":"evt_delivery_01k00000000000000000000000","data":"' + b"x" * 967 + b'"}'
HEAD = (
    b"POST /fast HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Revento-Delivery-Id: 00000000-0000-4000-8000-000000000000\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
)


class Asker(asyncio.Protocol):
    """Asks again as soon as it is answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(HEAD + BODY)

    def data_received(self, data: bytes) -> None:
        self.transport.write(HEAD + BODY)


async def _ask(host: str, port: int, seconds: float) -> None:
    loop, until = asyncio.get_running_loop(), time.perf_counter() + seconds
    for _ in range(64):
        await loop.create_connection(Asker, host, port)
    await asyncio.sleep(until - time.perf_counter())


if __name__ == "__main__":
    uvloop.run(_ask(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
