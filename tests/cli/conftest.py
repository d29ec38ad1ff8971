"""Commands called here, in this process: what they print, and what they leave."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from revento.cli import root, terminal

Command = Callable[..., "Said"]


class Said(msgspec.Struct, frozen=True):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was printed with `--json`."""
        assert self.code == 0, self.err
        return json.loads(self.out)


def call(*words: str, **environ: str) -> Said:
    """Runs a command with these variables."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in ({"REVENTO_ENV": "development"} | environ).items():
            patch.setenv(name, value)
        try:
            code = root(list(words), standalone_mode=False) or 0
        except terminal.expected() as error:
            code = terminal.complain(error)
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture
def revento(database_url: str, tmp_path: Path) -> Command:
    """Runs a command on this test's database, in a data directory of its own; `DATABASE_URL=…` names another."""
    return partial(call, DATABASE_URL=database_url, REVENTO_DATA_DIR=str(tmp_path / "data"))
