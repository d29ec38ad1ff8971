"""The sandbox with its sample integration, for tests that walk through everything there is to see."""

import re
from urllib.parse import urlsplit

from revento.kernel.clock import Clock
from revento.kernel.db import Tx
from revento.kernel.secrets import Box, Keys
from revento.sandbox import actions, cast, sample
from revento.sandbox.cast import OWNERS

PASSWORD = "a lantern at low tide"
PEOPLE = {person.role: person.email for person in reversed(cast.STAFF)} | {"participant": cast.participants()[0].email}
_KEYS = Keys("a-key-for-tests-that-nobody-else-uses-32-characters")
_ID = re.compile(r"[a-z][a-z_]*_[0-7][0-9a-hjkmnp-tv-z]{25}")
_NOT_PAGES = re.compile(
    r"\.(csv|ics|json|xml|md|txt|zip|js|webmanifest)$|^/(static|api|oauth|dev)(/|$)|/export|/download"
)


async def furnish(tx: Tx, clock: Clock) -> None:
    """Builds it."""
    built = await actions.build(tx, PASSWORD, now=clock.now())
    owner = built.people[next(iter(OWNERS.values()))]
    for _ in range(2):  # the second time its secrets are rotated, so that there is one that runs out
        await sample.put(tx, owner, None, Box(_KEYS), seed=actions.SEED, now=clock.now())


def kind_of(href: str) -> str:
    """The address of a page with its ids taken out: one page of a kind is enough."""
    return _ID.sub("*", urlsplit(href).path).rstrip("/") or "/"


def is_page(href: str) -> bool:
    """Whether a page for people is there, as far as the address tells."""
    return not _NOT_PAGES.search(urlsplit(href).path)
