"""What `revento up` shows: each step as it is taken, then where everything is and who can sign in."""

import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import msgspec

from revento.cli import terminal
from revento.kernel.config import Settings

SANDBOX: Final = "sandbox.json"
_APPS: Final = (
    ("Participants", "/"),
    ("Organizers", "/organizer/"),
    ("Integrators", "/developer/"),
    ("Operator", "/operator/"),
    ("Guide", "/guide/"),
)
_NEXT: Final = (
    ("revento trigger application.approved --event {event}", "make something happen and watch the webhook"),
    ("revento connect --integration {integration} --event {event} --as {organizer}", "a token for the API"),
    ("revento sandbox show --json", "every id, credential and person, for programs"),
)


class Step:
    """One thing being done; `say` adds what is worth knowing about it."""

    def __init__(self) -> None:
        self.remark = ""

    def say(self, remark: str) -> None:
        """What stands beside the step once it is done."""
        self.remark = remark


class Steps:
    """Shows progress: a spinner on a terminal, a line per step everywhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    @contextmanager
    def step(self, name: str) -> Generator[Step]:
        """Shows `name` while it is done, then how long it took. Of a step that fails the error tells."""
        step, begun = Step(), time.monotonic()
        spinner = nullcontext() if self._quiet else terminal.out.status(f"{name} …")
        with spinner:
            yield step
        if not self._quiet:
            took = f"{time.monotonic() - begun:.1f} s"
            terminal.out.print(f"[green]✓[/] {name:<30} [dim]{took:>6}  {step.remark}[/]")


def welcome(settings: Settings, *, as_json: bool) -> None:
    """Where each app is, who can sign in, what to try next; with `as_json` the same as one JSON document."""
    sandbox = _sandbox(settings.data_dir / SANDBOX)
    if as_json:
        terminal.as_json({"base_url": settings.base_url} | sandbox)
        return
    say = terminal.out.print
    say(f"\n[bold]Revento runs at {settings.base_url}[/]\n")
    for name, path in _APPS:
        say(f"  {name:<14}{settings.base_url}{path}")
    people = sandbox.get("people", [])
    if people:
        say("\nSign in as")
    for someone in _one_of_each(people):
        say(f"  {someone['role']:<14}{someone['email']:<32}{someone['password']}")
    if sandbox:
        say("\nTry next")
        for command, why in _NEXT:
            say(f"  {command.format_map(_names(sandbox))}\n      [dim]{why}[/]")
    say("\n[dim]Ctrl-C stops everything.[/]")


def _sandbox(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError:
        return {}


def _one_of_each(people: list[dict[str, str]]) -> list[dict[str, str]]:
    first: dict[str, dict[str, str]] = {}
    for someone in people:
        first.setdefault(someone["role"], someone)
    return list(first.values())


def _names(sandbox: dict[str, Any]) -> dict[str, str]:
    """The ids that the three commands are shown with."""
    organizers = [someone["email"] for someone in sandbox["people"] if someone["role"] == "organizer"]
    return {
        "event": next((event["id"] for event in sandbox["events"]), "EVENT"),
        "integration": next((one["id"] for one in sandbox["integrations"]), "INTEGRATION"),
        "organizer": next(iter(organizers), "EMAIL"),
    }
