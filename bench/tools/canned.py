"""A server that does nothing but answer, to see how much the load generator can ask for."""

import asyncio
import sys
from typing import cast

import uvloop

_BODY = b'{"access_token":"%b","refresh_token":"%b","token_type":"Bearer","expires_in":3600}' % (b"a" * 60, b"r" * 60)
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)


class Canned(asyncio.Protocol):
    """Takes whatever comes for one request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own says nothing of its family

    def data_received(self, data: bytes) -> None:
        self.transport.write(_ANSWER)


async def main(port: int) -> None:
    """Until it is ended."""
    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
