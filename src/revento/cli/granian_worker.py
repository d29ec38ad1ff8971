"""What each web process of Granian imports."""

import gc
import os

from litestar import Litestar

from revento import app
from revento.workers import lifeline


def application() -> Litestar:
    """The application, in a process that ends with Granian's own."""
    lifeline.follow(os.getppid())
    made = app.create()
    gc.collect()
    gc.freeze()  # what lives as long as the process is looked through no more: a pause of 0.2 s now and then, before
    return made
