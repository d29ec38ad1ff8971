"""What each web process of Granian imports."""

import os

from litestar import Litestar

from revento import app
from revento.workers import lifeline


def application() -> Litestar:
    """The application, in a process that ends with Granian's own."""
    lifeline.follow(os.getppid())
    return app.create()
