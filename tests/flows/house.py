"""`revento up` and the quickstarts as a newcomer starts them: processes, free ports, a fresh data directory."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx

from revento.cli import root
from tests.ports import free_port

EXAMPLES = Path(__file__).parents[2] / "examples"
REVENTO = (sys.executable, "-m", "revento.cli")
T = TypeVar("T")


def eventually(look: Callable[[], T | None], *, within_s: float = 60.0) -> T:
    """What `look` finds, as soon as it finds something."""
    give_up_at = time.monotonic() + within_s
    while (found := look()) is None:
        assert time.monotonic() < give_up_at, "nothing came"
        time.sleep(0.05)
    return found


def tree_of(pid: int) -> list[int]:
    """A process and everything that it started, as far as it still lives."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = status.read_text().partition(" (")
            parents.setdefault(int(rest.rpartition(") ")[2].split()[1]), []).append(int(number))
        except (OSError, ValueError):
            continue
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def alive(pids: list[int]) -> list[int]:
    """Which of these still run; what is dead and not yet reaped does not."""
    running = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except OSError:
            continue
        if state not in "ZX":
            running.append(pid)
    return running


class House:
    """One `revento up`: its process, its origin, its sheet."""

    def __init__(self, data_dir: Path, **environ: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith(("REVENTO_", "DATABASE_"))
        }
        self.environ |= {"PORT": str(self.port), "REVENTO_DATA_DIR": str(data_dir)} | environ
        self.process: subprocess.Popen[str] | None = None

    def start(self, *, within_s: float = 150.0) -> float:
        """Starts and waits for the banner; how long it took, in seconds."""
        began = time.monotonic()
        self.process = subprocess.Popen([*REVENTO, "up"], env=self.environ, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if "Ctrl-C stops everything" in line:
                break
            assert time.monotonic() - began < within_s, lines
        assert self.process.poll() is None, lines
        self.banner = "".join(lines)
        return time.monotonic() - began

    def stop(self) -> list[int]:
        """Ctrl-C; what is left of the tree afterwards."""
        assert self.process is not None
        tree = tree_of(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return alive(tree)

    def kill(self, *, only_the_root: bool = False) -> list[int]:
        """`kill -9` of the whole tree, database included, or of its root alone; who was in it."""
        assert self.process is not None
        tree = tree_of(self.process.pid)
        for pid in tree[:1] if only_the_root else tree:
            with suppress(ProcessLookupError):  # one of the database's may just have ended by itself
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return tree

    def run(self, *command: str) -> Any:
        """A command beside it, called here, which spares a process; what it prints as JSON."""
        with ThreadPoolExecutor(max_workers=1) as thread:  # a command has a loop of its own
            return thread.submit(self._run, command).result()

    def _run(self, command: tuple[str, ...]) -> Any:
        before, printed = dict(os.environ), io.StringIO()
        os.environ.clear()
        os.environ.update(self.environ)
        try:
            with redirect_stdout(printed):
                root([*command, "--json"], standalone_mode=False)
        finally:
            os.environ.clear()
            os.environ.update(before)
        return json.loads(printed.getvalue())

    @property
    def sheet(self) -> dict[str, Any]:
        return json.loads((self.data_dir / "sandbox.json").read_text())

    def person(self, role: str) -> dict[str, str]:
        return next(each for each in self.sheet["people"] if each["role"] == role)


@contextmanager
def running(data_dir: Path, **environ: str) -> Iterator[House]:
    """A house that is up, and gone afterwards."""
    house = House(data_dir, **environ)
    try:
        house.start()
        yield house
    finally:
        if house.process is not None and house.process.poll() is None:
            house.stop()


class Quickstart:
    """A quickstart that runs with credentials of its own."""

    def __init__(self, url: str, integration_id: str, name: str) -> None:
        self.url, self.id, self.name = url, integration_id, name

    def status(self) -> dict[str, Any]:
        return httpx.get(self.url, trust_env=False, timeout=30).json()

    def received(self, topic: str) -> list[dict[str, Any]]:
        return [each for each in self.status()["received"] if each["type"] == topic]


@contextmanager
def quickstart(kind: str, house: House, event: dict[str, str], folder: Path) -> Iterator[Quickstart]:
    """Registers the example's manifest and starts it, as its README says."""
    port = free_port()
    manifest = (EXAMPLES / f"quickstart-{kind}" / "manifest.json").read_text().replace(":3000", f":{port}")
    (folder / "manifest.json").write_text(manifest.replace('"name": "Quickstart"', f'"name": "Quickstart in {kind}"'))
    made = house.run(
        "integrations", "register", str(folder / "manifest.json"), "--organization", event["organization_id"]
    )
    source = EXAMPLES / f"quickstart-{kind}"
    python = [sys.executable, str(source / "app.py")]
    command = python if kind == "python" else [shutil.which("node") or "node", str(source / "app.mjs")]
    environ = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "REVENTO_BASE_URL": house.url,
        "REVENTO_CLIENT_ID": made["client_id"],
        "REVENTO_CLIENT_SECRET": made["client_secret"],
        "REVENTO_WEBHOOK_SECRET": made["webhook_secret"],
        "REVENTO_REDIRECT_URI": f"http://localhost:{port}/callback",
        "SANDBOX_EVENT_ID": event["id"],
    }
    process = subprocess.Popen(command, cwd=folder, env=environ)
    found = Quickstart(f"http://localhost:{port}", made["id"], f"Quickstart in {kind}")
    try:
        eventually(lambda: _answers(found.url))
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(url: str) -> bool | None:
    try:
        return httpx.get(url, trust_env=False).status_code == 200 or None
    except httpx.TransportError:
        return None
