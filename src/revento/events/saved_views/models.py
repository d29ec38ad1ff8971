"""Rows of saved views."""

from revento.kernel.db import Row


class SavedView(Row, frozen=True):
    """A name and the filters it stands for, as the end of an address."""

    name: str
    query: str
