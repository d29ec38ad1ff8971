"""`revento completion`: what the shell offers after Tab. Commands and options stand in the script, so that Tab is
instant; only ids are asked for when Tab is pressed."""

from enum import StrEnum
from importlib import resources
from typing import Annotated, Any, Final

import msgspec
import typer
from typer.main import get_command

from revento.cli import known, terminal
from revento.cli.known import Noun
from revento.cli.terminal import Failed
from revento.contract import topics

app = typer.Typer()
_FILE: Final = "file"
_ANYTHING: Final = "anything"
_TYPES: Final = [each.name for each in topics.ALL]
# What a value is, by the name of its option or argument; a list: one of these.
_VALUES: Final[dict[str, str | list[str]]] = {
    "as_": Noun.PERSON,
    "environment": ["sandbox", "production"],
    "event": Noun.EVENT,
    "integration": Noun.INTEGRATION,
    "method": ["GET"],
    "organization": Noun.ORGANIZATION,
    "path": Noun.PATH,
    "type": _TYPES,
    "who": Noun.PERSON,
}
_IDS: Final = {"integrations": Noun.INTEGRATION, "export": Noun.EVENT}  # whose `id` it is, by the command's group


class Shell(StrEnum):
    """Which shell."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


class Offer(msgspec.Struct, frozen=True):
    """What may follow a command: its own commands or options with a word about each, and what their values are."""

    commands: dict[str, str]
    options: dict[str, str]
    takes: dict[str, str | list[str]]  # an option, or an argument's number -> a noun, `file`, `anything`, or a choice


@app.command()
def completion(
    shell: Annotated[Shell | None, typer.Argument(help="bash, zsh or fish.")] = None,
    ids: Annotated[Noun | None, typer.Option("--ids", help="Print the ids of this kind that Tab offers.")] = None,
    json: terminal.Json = False,
) -> None:
    """Print a completion script: eval "$(revento completion bash)"; for fish: revento completion fish | source."""
    if ids is not None:
        found = known.ids(ids)
        if json:
            terminal.as_json(found)
        else:
            print("\n".join(f"{id}\t{say}" for id, say in found.items()))
        return
    if shell is None:
        raise Failed("say which shell: bash, zsh or fish")
    offers = tree()
    if json:
        terminal.as_json(offers)
    else:
        print(script(shell, offers))


def tree() -> dict[str, Offer]:
    """What may follow: "" -> the commands, "manifest" -> its commands, "manifest diff" -> its options."""
    from revento.cli import root  # noqa: PLC0415 (the root imports this file, on demand)

    found: dict[str, Offer] = {}
    _walk(found, "", get_command(root))
    return found


def _walk(found: dict[str, Offer], path: str, command: Any) -> None:
    context = typer.Context(command, info_name=path or "revento")
    names: list[str] = command.list_commands(context) if hasattr(command, "list_commands") else []
    children = {name: command.get_command(context, name) for name in names}
    options, takes, place = {"--help": "Say how it is used."}, dict[str, str | list[str]](), 0
    for each in command.params:
        if each.param_type_name == "option":
            for spelled in (one for one in each.opts if one.startswith("--")):
                options[spelled] = each.help or ""
                if not each.is_flag:
                    takes[spelled] = _value(path, each, context)
        else:
            place += 1
            takes["rest" if each.nargs == -1 else str(place)] = _value(path, each, context)
    shown = {name: child.get_short_help_str(100) for name, child in children.items()}
    found[path] = Offer(shown, dict(sorted(options.items())), takes)
    for name, child in children.items():
        _walk(found, f"{path} {name}".strip(), child)


def _value(path: str, parameter: Any, context: typer.Context) -> str | list[str]:
    """What to offer for a value, told by its type, else by its name."""
    told: str = parameter.display_type(context).strip("<>")
    if told == "path":
        return _FILE
    if "|" in told and "%" not in told:
        return told.split("|")
    if parameter.name == "id":
        return _IDS.get(path.partition(" ")[0], _ANYTHING)
    return _VALUES.get(parameter.name, _ANYTHING)


def script(shell: Shell, offers: dict[str, Offer]) -> str:
    """The script for a shell: two tables, and what reads them."""
    reads = resources.files("revento.cli").joinpath("shells", f"completion.{shell}").read_text(encoding="utf-8")
    words = {path: _lines(each.commands or each.options) for path, each in offers.items()}
    options = {path: _lines(each.options) for path, each in offers.items()}
    takes = {
        f"{path} {name}".strip(): value if isinstance(value, str) else "\n".join(("choice", *value))
        for path, each in offers.items()
        for name, value in each.takes.items()
    }
    write = _fish_table if shell is Shell.FISH else _table
    tables = (write("_revento_words", words), write("_revento_options", options), write("_revento_takes", takes))
    return "\n".join((*tables, reads.rstrip()))


def _lines(words: dict[str, str]) -> str:
    return "\n".join(f"{word}\t{say}" for word, say in words.items())


def _table(name: str, rows: dict[str, str]) -> str:
    """A function of bash and zsh that prints the row of its argument."""
    cases = "\n".join(f"    {_quoted(key)}) printf '%s\\n' {_quoted(value)} ;;" for key, value in rows.items())
    return f'{name}() {{\n  case "$1" in\n{cases}\n  esac\n}}'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_table(name: str, rows: dict[str, str]) -> str:
    cases = "\n".join(f"    case {_fishy(key)}\n      printf '%s\\n' {_fishy(value)}" for key, value in rows.items())
    return f'function {name}\n  switch "$argv[1]"\n{cases}\n  end\nend'


def _fishy(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
