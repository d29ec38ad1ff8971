"""Files that we leave behind: private, and whole or not at all."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    with privately(path) as file:
        file.write(content)


@contextmanager
def privately(path: Path) -> Generator[IO[bytes]]:
    """A file to write that only its owner can read; it gets its name once everything is in it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
