"""A project's `.env`: `NAME=value` lines, as the quickstarts keep them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

NAME: Final = ".env"


def read(file: Path) -> dict[str, str]:
    """What it sets; nothing when it is not there."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}


def put(file: Path, values: Mapping[str, str]) -> None:
    """Sets these, each in the line where it was, else at the end; other lines stay. Readable for its owner alone."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    left = dict(values)
    for number, line in enumerate(lines):
        name = line.partition("=")[0].strip()
        if name in left:
            lines[number] = f"{name}={left.pop(name)}"
    lines += [f"{name}={value}" for name, value in left.items()]
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as kept:
        kept.write("".join(f"{line}\n" for line in lines))
