"""A port on loopback for a server that a test starts a moment later."""

import random
import socket
from contextlib import suppress

# Below what Linux gives to clients (32768 and up): no connection on its way out can take it before its server is up.
_FIRST, _LAST = 11_000, 32_000
_dice = random.SystemRandom()


def free_port() -> int:
    """One that nobody listens on. Two that ask at the same time hardly ever get the same one."""
    while True:
        port = _dice.randrange(_FIRST, _LAST)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
