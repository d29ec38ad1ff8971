"""What every command prints: a table for people, `--json` for programs, one line for an error."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from revento.contract.errors import Refused
from revento.kernel.config import Misconfigured
from revento.kernel.embedded import InUse, WontStart

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


class Failed(Exception):
    """A command cannot do what it was asked. `str()` is the one clear line."""


_WIDE: Final = 400
out: Final = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def expected() -> tuple[type[BaseException], ...]:
    """What a command may say in one line instead of a traceback.

    The database's errors are asked for when something went wrong, so that an integrator's commands load no driver.
    """
    from revento.kernel.db import NoRow, Unreachable  # noqa: PLC0415 (the driver is half of a command's start)
    from revento.kernel.dumps import DumpFailed  # noqa: PLC0415 (likewise)

    return (Failed, DumpFailed, Misconfigured, Refused, NoRow, WontStart, InUse, OSError, *Unreachable)


def complain(error: BaseException) -> int:
    """Says what went wrong in one line on stderr; the exit code."""
    from revento.kernel.db import NoRow, Unreachable  # noqa: PLC0415 (as above)

    if isinstance(error, WontStart):
        say = f"PostgreSQL won't start: {error}"
    elif isinstance(error, NoRow):
        say = "there is nothing with this id"
    elif isinstance(error, Unreachable):
        say = f"DATABASE_URL: cannot reach the database: {error}"
    else:
        say = str(error)
    print(f"revento: {' '.join(say.split())}", file=sys.stderr)
    return 1


def as_json(value: Any) -> None:
    """Prints `value` as JSON: structs by their fields, times in ISO 8601."""
    print(json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows for people: aligned, without frames."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, no_wrap=not out.is_terminal)  # an id that is copied from a pipe must be whole
    for row in rows:
        shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    out.print(shown)


def note(say: str, *, quiet: bool = False) -> None:
    """Says something to people on stdout; nothing when `quiet`, for programs that read JSON there."""
    if not quiet:
        out.print(say, markup=False)


def warn(say: str) -> None:
    """Says something on stderr that needs a look but stops nothing."""
    print(f"revento: {say}", file=sys.stderr, flush=True)
