"""A receiver so lean that it is never what a benchmark measures: `python -m bench.tools.receiver [CERT.pem]`.

Prints its port. Keeps of each delivery when it was answered, which path, which message and which delivery. Paths:
`/fast` answers 200, `/fail` 500, `/hang` never, `/giant` 200 and a gigabyte. `GET /count` and `GET /take` tell;
`GET /cut` closes the listener and every connection for three seconds (the plain one beside it, with TLS, stays).
"""

import asyncio
import ssl
import sys
import time
from typing import Final, cast

import uvloop

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
FAILED: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno"
GIANT: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"
PIECE: Final = b"x" * 65_536
ID: Final = slice(7, 46)  # of a body that begins {"id":"evt_delivery_…26 characters"
DELIVERY: Final = b"X-Revento-Delivery-Id: "

CUT_S: Final = 3.0

got: list[tuple[float, bytes, bytes, bytes]] = []  # when, path, message, delivery
connections: set["Receiver"] = set()
cut = asyncio.Event()


class Receiver(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.buffer = b""
        self.pouring: asyncio.Task[None] | None = None
        self.may_pour = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.may_pour.set()
        connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        connections.discard(self)
        if self.pouring is not None:
            self.pouring.cancel()

    def pause_writing(self) -> None:
        self.may_pour.clear()

    def resume_writing(self) -> None:
        self.may_pour.set()

    def data_received(self, data: bytes) -> None:
        self.buffer = data = self.buffer + data if self.buffer else data
        while (head := data.find(b"\r\n\r\n")) > 0:
            size, end = _length(data, head), head + 4
            if len(data) < end + size:
                return
            path = data[data.find(b" ") + 1 : data.find(b" HTTP/")]
            self._answer(path, data, head, data[end : end + size])
            self.buffer = data = data[end + size :]

    def _answer(self, path: bytes, data: bytes, head: int, body: bytes) -> None:
        if path == b"/cut":
            cut.set()
        if path in (b"/count", b"/take", b"/cut"):
            self.transport.write(_told(path))
            return
        at = data.find(DELIVERY, 0, head) + len(DELIVERY)
        got.append((time.time(), path, body[ID], data[at : at + 36]))
        if path == b"/fast":
            self.transport.write(OK)
        elif path == b"/fail":
            self.transport.write(FAILED)
        elif path == b"/giant":
            self.pouring = asyncio.ensure_future(self._pour())

    async def _pour(self) -> None:
        self.transport.write(GIANT)
        for _ in range(1 << 14):
            await self.may_pour.wait()
            self.transport.write(PIECE)


def _length(data: bytes, head: int) -> int:
    at = data.find(b"Content-Length: ", 0, head)
    return int(data[at + 16 : data.find(b"\r\n", at)]) if at > 0 else 0


def _told(path: bytes) -> bytes:
    if path in (b"/count", b"/cut"):
        body = str(len(got)).encode()
    else:
        body = b"".join(b"%.6f %b %b %b\n" % one for one in got)
        got.clear()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _serve(certificate: str | None) -> None:
    tls = None
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", 0, ssl=tls, backlog=1024)
    plain = await loop.create_server(Receiver, "127.0.0.1", 0) if tls else server
    print(server.sockets[0].getsockname()[1], plain.sockets[0].getsockname()[1], flush=True)
    port = server.sockets[0].getsockname()[1]
    until_left = loop.run_in_executor(None, sys.stdin.read)  # whoever started us
    while not until_left.done():
        cutting = asyncio.ensure_future(cut.wait())
        await asyncio.wait({until_left, cutting}, return_when=asyncio.FIRST_COMPLETED)
        if cut.is_set():
            cut.clear()
            server.close()
            for connection in list(connections):
                connection.transport.abort()
            await asyncio.sleep(CUT_S)
            server = await loop.create_server(Receiver, "127.0.0.1", port, ssl=tls, backlog=1024)


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1] if len(sys.argv) > 1 else None))
