"""`revento up` and its commands as processes, on a free port and in a data directory that is thrown away."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REVENTO = (sys.executable, "-m", "revento.cli")


@contextmanager
def newcomer() -> Iterator[dict[str, str]]:
    """The environment of somebody who starts for the first time."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("REVENTO_", "DATABASE_"))}
        yield environ | {"PORT": str(_free_port()), "REVENTO_DATA_DIR": str(Path(folder) / "data")}


@contextmanager
def up(environ: dict[str, str]) -> Iterator[float]:
    """`revento up`; how long until its banner. Stopped with Ctrl-C."""
    began = time.monotonic()
    with subprocess.Popen([*REVENTO, "up"], env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("✓"):
                print(f"    {line}", end="")
            if "Ctrl-C stops everything" in line:
                break
        try:
            yield time.monotonic() - began
        finally:
            process.send_signal(signal.SIGINT)


def timed(environ: dict[str, str], *command: str) -> float:
    """Seconds that a command took."""
    began = time.monotonic()
    subprocess.run([*REVENTO, *command], env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
