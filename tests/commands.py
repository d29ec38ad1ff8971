"""The command line in this process: what `revento …` prints and how it ends, without the start of a Python."""

import io
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import msgspec

from revento import cli


class Ended(msgspec.Struct, frozen=True):
    """As `subprocess.CompletedProcess` tells it."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str, cwd: Path, environ: Mapping[str, str]) -> Ended:
    """`revento words…` in that folder, with that environment and no other. Not for a test with a loop of its own."""
    out, err = io.StringIO(), io.StringIO()
    with _as(["revento", *words], environ), chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Ended(code, out.getvalue(), err.getvalue())


@contextmanager
def _as(words: list[str], environ: Mapping[str, str]) -> Generator[None]:
    """The process's own words and environment, changed for as long as this is open."""
    words_before, environ_before = sys.argv, dict(os.environ)
    sys.argv = words
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        sys.argv = words_before
        os.environ.clear()
        os.environ.update(environ_before)
