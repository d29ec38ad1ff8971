"""The process tree of `revento up`: children are started, watched, restarted when they fall, and stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

PARENT: Final = "REVENTO_PARENT"  # tells a child whom to follow, see lifeline.follow
EARLY: Final = "REVENTO_EARLY"  # tells a child that its surroundings come on stdin, see Child.go
STOP_S: Final = 10.0
_LOG_KEPT_BYTES: Final = 10 * 1024 * 1024
_FALLS_MOST: Final = 3
_FALLS_WITHIN_S: Final = 60.0


class KeepsFalling(Exception):
    """A child ends as soon as it is started. `str()` is one clear line with its last words."""


class Child:
    """One process of ours, restarted when it ends by itself."""

    def __init__(self, name: str, arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._arguments = arguments
        self._environ = dict(environ) | {PARENT: str(os.getpid())}
        self._falls: list[float] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, early: bool = False) -> None:
        """Starts it, in a session of its own: the terminal's Ctrl-C is for the parent, who stops all in order.

        `early`: before its surroundings are known. It gets ready to read them, which takes longest, and waits for `go`.
        """
        if self.log.exists() and self.log.stat().st_size > _LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "revento.cli", *self._arguments],
                env=self._environ | {EARLY: "1"} if early else self._environ,
                stdin=subprocess.PIPE if early else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def go(self, environ: Mapping[str, str]) -> None:
        """Tells one that was started early what it works with, now and when it is started again."""
        self._environ |= environ
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError), self._process.stdin as told:  # it has ended; whoever waits for it sees that
                told.write(msgspec.json.encode(environ))

    @property
    def pid(self) -> int | None:
        """Its process id, once started."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        """The last line that it wrote."""
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it ended without a word")

    def raise_up(self, *, now: float) -> bool:
        """Starts it again when it has ended; whether it had. Raises `KeepsFalling` at the third time in a minute."""
        if self.is_running():
            return False
        self._falls = [at for at in self._falls if now - at < _FALLS_WITHIN_S] + [now]
        if len(self._falls) >= _FALLS_MOST:
            raise KeepsFalling(f"{self.name} keeps ending: {self.last_words()} (see {self.log})")
        self.start()
        return True

    def tell_to_stop(self) -> None:
        """Asks it to finish what it is doing and end."""
        if self._process is not None and self.is_running():
            self._process.send_signal(signal.SIGTERM)

    def see_stopped(self, *, by: float) -> None:
        """Waits for its end until the monotonic time `by`, then ends it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, by - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Tree:
    """All children of one `revento up`."""

    def __init__(self, environ: Mapping[str, str], logs: Path) -> None:
        self._environ = environ
        self._logs = logs
        self.children: list[Child] = []

    def start(self, name: str, *arguments: str, early: bool = False) -> Child:
        """Starts `revento ARGUMENTS` under `name`, its output going to a log of that name; `early`: see `Child`."""
        self._logs.mkdir(parents=True, exist_ok=True)
        child = Child(name, arguments, self._environ, self._logs / f"{name}.log")
        self.children.append(child)
        child.start(early=early)
        return child

    def go(self, environ: Mapping[str, str]) -> None:
        """What everybody works with from here on: told to those who were started early, given to those to come."""
        self._environ = {**self._environ, **environ}
        for child in self.children:
            child.go(environ)

    def watch(self) -> list[Child]:
        """Looks after everybody once; those that had ended and were started again. Raises `KeepsFalling`."""
        return [child for child in self.children if child.raise_up(now=time.monotonic())]

    def stop(self) -> None:
        """Stops everybody at the same time, within about ten seconds."""
        for child in self.children:
            child.tell_to_stop()
        by = time.monotonic() + STOP_S
        for child in self.children:
            child.see_stopped(by=by)
