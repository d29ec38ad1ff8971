"""`revento completion`: what the shell offers after Tab. Made from the commands, static, so that Tab is instant."""

from enum import StrEnum
from typing import Annotated, Any, Final

import typer
from typer.main import get_command

from revento.cli import terminal

app = typer.Typer()


class Shell(StrEnum):
    """Which shell."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command()
def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.")], json: terminal.Json = False) -> None:
    """Print a completion script: eval "$(revento completion bash)"; for fish: revento completion fish | source."""
    words = tree()
    if json:
        terminal.as_json(words)
    else:
        print(_WRITERS[shell](words))


def tree() -> dict[str, list[str]]:
    """What may follow: "" -> the commands, "manifest" -> its commands, "manifest diff" -> its options."""
    from revento.cli import root  # noqa: PLC0415 (the root imports this file, on demand)

    found: dict[str, list[str]] = {}
    _walk(found, "", get_command(root))
    return found


def _walk(found: dict[str, list[str]], path: str, command: Any) -> None:
    context = typer.Context(command, info_name=path or "revento")
    names = list(command.list_commands(context)) if hasattr(command, "list_commands") else []
    options = [option for each in command.params for option in each.opts if option.startswith("--")]
    found[path] = [*names, *sorted(options), "--help"]
    for name in names:
        child = command.get_command(context, name)
        if child is not None:
            _walk(found, f"{path} {name}".strip(), child)


def _bash(words: dict[str, list[str]]) -> str:
    cases = "\n".join(f'    "{path}") words="{" ".join(offered)}" ;;' for path, offered in words.items())
    return f"""_revento() {{
  local path="" words="" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in -*) ;; *) path="${{path:+$path }}$word" ;; esac
  done
  while :; do
    case "$path" in
{cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *" "*) path="${{path% *}}" ;; *) path="" ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _revento revento"""


def _zsh(words: dict[str, list[str]]) -> str:
    return f"autoload -U +X bashcompinit && bashcompinit\n{_bash(words)}"


def _fish(words: dict[str, list[str]]) -> str:
    lines = ["complete -c revento -f"]
    for path, offered in words.items():
        parts = path.split()
        when = " ; and ".join(f"__fish_seen_subcommand_from {part}" for part in parts)
        if not parts:
            when = "__fish_use_subcommand"
        for word in offered:
            kind = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
            lines.append(f"complete -c revento -n '{when}' {kind}")
    return "\n".join(lines)


_WRITERS: Final = {Shell.BASH: _bash, Shell.ZSH: _zsh, Shell.FISH: _fish}
