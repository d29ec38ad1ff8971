"""Sealing the audit log into a hash chain, and proving that nobody has touched it since."""

from datetime import datetime

import msgspec

from revento.identity.audit import queries, rules
from revento.kernel.db import Tx


class Verdict(msgspec.Struct, frozen=True):
    """What a check of the whole chain found. `wrong` is the first thing that does not hold."""

    seals: int
    rows: int
    unsealed: int
    head: str | None
    wrong: str | None


async def seal_up_to(tx: Tx, newest: int, *, now: datetime) -> int:
    """Seals the next rows with ids up to `newest` (see `queries.newest_settled`); how many. Call until it says 0."""
    last = await queries.last_seal(tx)
    first = last.last_id + 1 if last else 1
    rows = await queries.list_sealed(tx, first, newest, limit=rules.SEAL_ROWS)
    if not rows:
        return 0
    previous = last.hash if last else rules.GENESIS
    await queries.insert_seal(
        tx,
        first_id=first,
        last_id=rows[-1].id,
        rows=len(rows),
        previous_hash=previous,
        hash=rules.chain_hash(previous, rows),
        now=now,
    )
    return len(rows)


async def verify(tx: Tx) -> Verdict:
    """Walks the whole chain from its beginning and compares every sealed row."""
    previous, after, reached, seals, counted = rules.GENESIS, 0, 0, 0, 0
    while links := await queries.list_seals(tx, after, limit=100):
        for link in links:
            rows = await queries.list_sealed(tx, link.first_id, link.last_id, limit=rules.SEAL_ROWS + 1)
            wrong = rules.what_is_wrong(link, previous, rows)
            if wrong is None and link.first_id != reached + 1:
                wrong = f"seal {link.id} begins at row {link.first_id}, the one before it ended at {reached}"
            if wrong is not None:
                return Verdict(seals, counted, 0, previous.hex(), wrong)
            previous, after, reached = link.hash, link.id, link.last_id
            seals, counted = seals + 1, counted + len(rows)
    glance = await queries.chain(tx)
    return Verdict(seals, counted, glance.unsealed, previous.hex() if seals else None, None)
