"""Tab, pressed as a person would, in the real shells: commands, options, types, ids, files."""

import contextlib
import os
import pty
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Generator
from pathlib import Path
from shutil import which

import pytest

from revento.kernel import ids
from revento.sandbox import sheets
from tests import commands
from tests.cli.test_sandbox import SHEET

WAIT_S = 30.0
CLEAR = b"\x05\x15"  # to the end of the line, and all before it is gone
BIN = Path(sys.executable).parent
CONTROLS = re.compile(r"\x1b\[[0-9;?>=]*[a-zA-Z]|\x1b[\]P].*?(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78]|[\x07\x0f]")
STARTS = {"bash": ("--norc", "--noprofile", "-i"), "zsh": ("-f", "-i"), "fish": ("--no-config", "-i")}
EVENT = ids.named("evt", "completion", "tides")


class Terminal:
    """A shell that somebody sits before."""

    def __init__(self, shell: str, folder: Path) -> None:
        path = which(shell)
        assert path is not None, f"{shell} is needed: scripts/bootstrap shells installs it"
        environ = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(folder),
            "TERM": "xterm",
            "PS1": "> ",
            "LC_ALL": "C.UTF-8",
        }
        environ |= {"SANDBOX_EVENT_ID": EVENT, "REVENTO_BASE_URL": "http://127.0.0.1:9"}
        self.pid, self._far = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(path, [shell, *STARTS[shell]], environ)
        termios.tcsetwinsize(self._far, (50, 160))
        self.say(f"{'source' if shell == 'fish' else '.'} ./completion; echo rea''dy\n", "ready")

    def say(self, keys: str, *awaited: str) -> None:
        """Types, and reads until all of that is shown."""
        os.write(self._far, keys.encode())
        shown, ends_at = "", time.monotonic() + WAIT_S
        while not all(each in _plain(shown) for each in awaited):
            assert time.monotonic() < ends_at, f"{awaited} did not come: {_plain(shown)!r}"
            if select.select([self._far], [], [], 1)[0]:
                shown += os.read(self._far, 65536).decode(errors="replace")

    def expect(self, line: str, *awaited: str, times: int = 1) -> None:
        """Types a line, presses Tab, and clears the line again."""
        self.say(line + "\t" * times, *awaited)
        os.write(self._far, CLEAR)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._far)


def _plain(shown: str) -> str:
    """What is to be read on the screen, without what moves the cursor and colours."""
    return re.sub(r".\x08", "", CONTROLS.sub("", shown)).replace("\r", "")


@pytest.fixture(params=STARTS)
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Terminal]:
    made = commands.run("completion", request.param, cwd=tmp_path, environ={})
    assert made.returncode == 0, made.stderr
    (tmp_path / "completion").write_text(made.stdout)
    (tmp_path / "schedule of tides.json").write_text("{}")
    sheets.write(tmp_path / ".revento", SHEET)
    opened = Terminal(request.param, tmp_path)
    yield opened
    opened.close()


def test_tab_completes_commands_options_types_ids_and_files(terminal: Terminal) -> None:
    terminal.expect("revento lis", "listen ")
    terminal.expect("revento manifest v", "manifest validate ")
    terminal.expect("revento listen --for", "--forward-to ")
    terminal.expect("revento init p", "init python ")
    terminal.expect("revento trigger participant.p", "participant.profile_updated ")
    terminal.expect("revento trigger event.updated --event evt_", "evt_1", "evt_2", EVENT, times=2)
    terminal.expect(f"revento export event {EVENT[:-6]}", f"{EVENT} ")
    terminal.expect("revento import schedule sched", "tides.json")
    terminal.expect("revento import schedule x --as=a", "ada@example.test")
