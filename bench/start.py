"""What a newcomer waits for: the first start, the second, a reset of the sandbox, a large program.

Each is the command itself, as a process, on free ports and in a data directory that is thrown away.
"""

import json
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
ACTIVITIES = int(os.environ.get("BENCH_ACTIVITIES", "10000"))
ROOMS, STARTS = 25, 40  # in a day; every room is used at every start
AGAIN = 3


def main() -> None:
    """Prints seconds for each."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("REVENTO_", "DATABASE_"))}
        environ |= {"PORT": str(_free_port()), "REVENTO_DATA_DIR": str(Path(folder) / "data")}
        with _up(environ) as took:
            print(f"first start            {took:6.2f} s")
        for _ in range(AGAIN):
            with _up(environ) as took:
                print(f"second start           {took:6.2f} s")
        with _up(environ):
            for _ in range(AGAIN):
                print(f"sandbox reset          {_timed(environ, 'sandbox', 'reset', '--json'):6.2f} s")
            file = Path(folder) / "large.json"
            file.write_bytes(_schedule(ACTIVITIES))
            sheet = json.loads((Path(folder) / "data" / "sandbox.json").read_text())
            new = ("--new", "Large", "--organization", sheet["organizations"][0]["id"])
            took = _timed(environ, "import", "schedule", str(file), *new)
            print(f"import of {ACTIVITIES:>6,}       {took:6.2f} s")


@contextmanager
def _up(environ: dict[str, str]) -> Iterator[float]:
    """`revento up`; how long until its banner. Stopped with Ctrl-C."""
    began = time.monotonic()
    with subprocess.Popen([*REVENTO, "up"], env=environ, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        for line in up.stdout:
            if line.startswith("✓"):
                print(f"    {line}", end="")
            if "Ctrl-C stops everything" in line:
                break
        try:
            yield time.monotonic() - began
        finally:
            up.send_signal(signal.SIGINT)


def _timed(environ: dict[str, str], *command: str) -> float:
    began = time.monotonic()
    subprocess.run([*REVENTO, *command], env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def _schedule(count: int) -> bytes:
    """A frab file with as many sessions, each in a room and at a time of its own."""
    per_day = ROOMS * STARTS
    days = []
    for day in range(-(-count // per_day)):
        rooms: dict[str, list[dict[str, object]]] = {}
        for number in range(day * per_day, min(count, (day + 1) * per_day)):
            at = number % STARTS * 20
            rooms.setdefault(f"Room {number // STARTS % ROOMS}", []).append(
                {
                    "id": number,
                    "guid": f"session-{number}",
                    "title": f"Session {number}",
                    "abstract": "What happens here is told in a sentence or two, as in most programs. " * 3,
                    "start": f"{8 + at // 60:02}:{at % 60:02}",
                    "duration": "00:20",
                    "track": f"Track {number % 12}",
                    "language": "en",
                    "persons": [{"public_name": f"Speaker {number % 900}"}],
                }
            )
        days.append({"index": day + 1, "date": f"2027-06-{day + 1:02}", "rooms": rooms})
    conference = {"acronym": "large", "title": "Large", "time_zone_name": "Europe/Berlin", "days": days}
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
