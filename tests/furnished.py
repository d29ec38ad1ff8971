"""The sandbox with its sample integration, for tests that walk through everything there is to see."""

import re
from urllib.parse import urlsplit

from revento.kernel import ids
from revento.kernel.clock import Clock
from revento.kernel.db import Database, Tx
from revento.kernel.ids import EventId, OrganizationId, UserId
from revento.kernel.secrets import Box, Keys
from revento.sandbox import actions, cast, sample
from revento.sandbox.actions import Built
from revento.sandbox.cast import OWNERS
from revento.sandbox.conventions import CONVENTIONS, ORGANIZATIONS

PASSWORD = "a lantern at low tide"
PEOPLE = {person.role: person.email for person in reversed(cast.STAFF)} | {"participant": cast.participants()[0].email}
_KEYS = Keys("a-key-for-tests-that-nobody-else-uses-32-characters")
_ID = re.compile(r"[a-z][a-z_]*_[0-7][0-9a-hjkmnp-tv-z]{25}")
_NOT_PAGES = re.compile(
    r"\.(csv|ics|json|xml|md|txt|zip|js|webmanifest)$|^/(static|api|oauth|dev)(/|$)|/export|/download"
)


async def build(url: str) -> None:
    """Builds the sandbox in a database that has nothing in it: what `sandbox_url` clones."""
    database = await Database.open(url)
    async with database.tx() as tx:
        await actions.build(tx, PASSWORD, now=Clock().now())
    await database.close()


def there() -> Built:
    """What a sandbox that was built holds: its ids are always the same."""
    return Built(
        {each.email: UserId(ids.named("usr", each.email)) for each in (*cast.STAFF, *cast.participants())},
        {each.key: OrganizationId(ids.named("org", str(actions.SEED), each.key)) for each in ORGANIZATIONS},
        {each.key: EventId(ids.named("evt", str(actions.SEED), each.key)) for each in CONVENTIONS},
    )


async def furnish(tx: Tx, clock: Clock) -> None:
    """Puts the sample integration into the sandbox."""
    owner = there().people[next(iter(OWNERS.values()))]
    for _ in range(2):  # the second time its secrets are rotated, so that there is one that runs out
        await sample.put(tx, owner, None, Box(_KEYS), seed=actions.SEED, now=clock.now())


def kind_of(href: str) -> str:
    """The address of a page with its ids taken out: one page of a kind is enough."""
    return _ID.sub("*", urlsplit(href).path).rstrip("/") or "/"


def is_page(href: str) -> bool:
    """Whether a page for people is there, as far as the address tells."""
    return not _NOT_PAGES.search(urlsplit(href).path)
