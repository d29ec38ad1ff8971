"""`revento init`: a new integration that runs, in Python or Node."""

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from revento.cli import terminal
from revento.cli.terminal import Failed

app = typer.Typer()
_PACKAGED: Final = Path(__file__).parent / "scaffolds"
_HERE: Final = Path(__file__).parents[3] / "examples"  # beside the sources, when Revento runs from them
_HOME: Final = "http://localhost:3000"


class Language(StrEnum):
    """What the new integration is written in."""

    PYTHON = "python"
    NODE = "node"


_NEXT: Final = {
    Language.PYTHON: (
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
        "(set -a; . ./.env; .venv/bin/python app.py)",
    ),
    Language.NODE: ("node --env-file=.env app.mjs",),
}


@app.command()
def init(
    language: Annotated[Language, typer.Argument(help="python or node.")],
    folder: Annotated[Path, typer.Argument(help="Where to put it; it must not exist, or be empty.")] = Path(
        "my-integration"
    ),
    name: Annotated[str | None, typer.Option("--name", help="How the integration is called.")] = None,
    json: terminal.Json = False,
) -> None:
    """Write a small integration that runs: connect, read, receive signed webhooks. One file of code."""
    source = folder_of(language)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failed(f"{folder} is there already; name a new folder")
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "quickstart.*"))
    _rename(folder, name or folder.resolve().name)
    shutil.copyfile(folder / ".env.example", folder / ".env")
    (folder / ".env").chmod(0o600)
    (folder / ".gitignore").write_text(".env\n.venv/\nquickstart.db\nquickstart.json\n", encoding="utf-8")
    made = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if json:
        terminal.as_json({"folder": str(folder), "files": made})
        return
    terminal.note(f"{folder} holds {', '.join(made)}.")
    terminal.note("Next:")
    steps = (
        f"cd {folder}",
        "revento integrations register manifest.json --organization ORGANIZATION --write .env",
        *_NEXT[language],
        f"open {_HOME}/connect; deliveries: revento listen --forward-to {_HOME}/webhooks/revento",
    )
    for number, step in enumerate(steps, 1):
        terminal.note(f"  {number}. {step}")


def folder_of(language: Language) -> Path:
    """Where the quickstart to copy is. Raises `Failed`."""
    for found in (_PACKAGED / language, _HERE / f"quickstart-{language}"):
        if found.is_dir():
            return found
    raise Failed("the scaffolds are missing from this installation; install Revento again")


def _rename(folder: Path, name: str) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"Quickstart"', f'"{name}"', 1), encoding="utf-8")
