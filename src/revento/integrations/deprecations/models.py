"""Rows of deprecations."""

from datetime import datetime

from revento.kernel.db import Row


class Deprecation(Row, frozen=True):
    """A version, or one path template of it, that will go at `sunset_at`; `link` says what to do instead."""

    id: str
    version: str
    path: str | None
    link: str
    announced_at: datetime
    sunset_at: datetime
