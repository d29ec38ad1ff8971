"""What each web process of Granian imports, or is forked with where Granian was started early."""

import gc
import os
from typing import Final

from litestar import Litestar

from revento import app
from revento.workers import lifeline

_ASSEMBLED: Final = app.assemble()


def application() -> Litestar:
    """The application, in a process that ends with Granian's own."""
    lifeline.follow(os.getppid())
    made = app.from_environment(_ASSEMBLED)
    gc.freeze()  # what lives as long as the process is looked through no more: a pause of 0.2 s now and then, before
    return made
