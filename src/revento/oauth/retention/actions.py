"""How long the rests of the protocol are kept, so that each no can still say why."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from revento.contract import limits
from revento.kernel.db import Tx
from revento.oauth.retention import queries

PAGES: Final = timedelta(days=1)  # after a page ran out: a late click is still told so
CODES: Final = timedelta(days=7)  # a replayed code ends what it bought for as long
ACCESS: Final = timedelta(days=7)  # an old token is told that it has expired, not that nobody knows it
REFRESH: Final = timedelta(0)  # a spent one is known for as long as it would have lived
FAMILIES: Final = timedelta(seconds=limits.REFRESH_TOKEN_S) + timedelta(days=30)  # after the last refresh
ROTATIONS: Final = timedelta(days=90)  # in the audit; what was consented, refused and ended stays in it

Step = Callable[[Tx, datetime], Awaitable[int]]


async def _pages(tx: Tx, now: datetime) -> int:
    return await queries.drop_pages(tx, before=now - PAGES)


async def _codes(tx: Tx, now: datetime) -> int:
    return await queries.drop_codes(tx, before=now - CODES)


async def _access(tx: Tx, now: datetime) -> int:
    return await queries.drop_access(tx, before=now - ACCESS)


async def _refresh(tx: Tx, now: datetime) -> int:
    return await queries.drop_refresh(tx, before=now - REFRESH)


async def _families(tx: Tx, now: datetime) -> int:
    return await queries.drop_families(tx, before=now - FAMILIES)


async def _rotations(tx: Tx, now: datetime) -> int:
    return await queries.drop_rotations(tx, before=now - ROTATIONS)


# In this order: a family goes after the codes that name it.
STEPS: Final[dict[str, Step]] = {
    "pages": _pages,
    "codes": _codes,
    "access": _access,
    "refresh": _refresh,
    "families": _families,
    "rotations": _rotations,
}
