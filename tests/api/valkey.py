"""A Valkey of the test's own, on a free port of loopback; anything that speaks its protocol will do."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.ports import free_port

BINARY = next((found for name in ("valkey-server", "redis-server") if (found := shutil.which(name))), None)


class Valkey:
    """The server: `stop()` it to see what happens when it is lost, `start()` it again on the same port."""

    def __init__(self, folder: Path) -> None:
        assert BINARY, "valkey-server or redis-server is needed: scripts/bootstrap valkey installs it"
        self.folder = folder
        self.port = free_port()
        self.url = f"valkey://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [BINARY, *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        give_up_at = time.monotonic() + 30
        while time.monotonic() < give_up_at:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                time.sleep(0.01)
        raise AssertionError("Valkey did not start")

    def stop(self) -> None:
        """Kills it."""
        self.process.kill()
        self.process.wait()
