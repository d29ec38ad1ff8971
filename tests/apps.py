"""The application, assembled once per process: that takes a second, which no test needs to wait for again."""

from collections.abc import Generator
from contextlib import contextmanager

from litestar import Litestar

from revento import app
from revento.kernel.clock import Clock
from revento.kernel.config import Settings

_spare: list[Litestar] = []


@contextmanager
def built(settings: Settings, clock: Clock) -> Generator[Litestar]:
    """An application that is not running, for these settings. Stop it before this ends; then another test has it."""
    made = app.configure(_spare.pop() if _spare else app.assemble(), settings, clock=clock)
    yield made
    _spare.append(made)
