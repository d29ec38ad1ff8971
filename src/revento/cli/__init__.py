"""The command line: one file per command group; parse, call one action, print.

A new group is a file here with `app = typer.Typer()` and a row in `COMMANDS`. Files are imported when their command
is asked for, so that `revento up` does not pay for all of them.
"""

import gc
import os
import sys
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_group

from revento.cli import terminal

# Name on the command line -> file in this folder. A file may hold one group of that name or several plain commands.
COMMANDS: Final = {
    "up": "up",
    "serve": "serve",
    "dispatch": "dispatch",
    "work": "work",
    "migrate": "migrate",
    "doctor": "doctor",
    "audit": "audit",
    "integrations": "integrations",
    "sandbox": "sandbox",
    "trigger": "trigger",
    "deliveries": "deliveries",
    "connect": "consents",
    "login": "login",
    "logout": "login",
    "import": "importing",
    "export": "exporting",
    "backup": "backup",
    "restore": "backup",
    "init": "init",
    "manifest": "manifest",
    "listen": "listen",
    "logs": "logs",
    "api": "api",
    "tokens": "api",
    "check": "check",
    "completion": "completion",
}


# Objects made before the collector looks at the youngest. With its 700, a quarter of a start was spent on looking.
_YOUNG: Final = 50_000


class _Commands(TyperGroup):
    """Finds a command in its file, on demand."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        group = get_group(import_module(f"revento.cli.{COMMANDS[cmd_name]}").app)
        command = group.commands.get(cmd_name, group)
        command.name = cmd_name
        return command


root = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@root.callback()
def revento() -> None:
    """Revento: conventions, and the software that joins in."""


def main() -> None:
    """Runs the command line. Whatever goes wrong is one clear line on stderr and an exit code that is not 0."""
    gc.set_threshold(_YOUNG, 20, 20)
    os.environ.setdefault("PYTHONUNBUFFERED", "1")  # our children's lines are read as they come
    try:
        sys.exit(root(standalone_mode=False) or 0)
    except terminal.expected() as error:
        sys.exit(terminal.complain(error))
    except typer.TyperException as error:
        print(f"revento: {getattr(error, 'message', error)}", file=sys.stderr)
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
