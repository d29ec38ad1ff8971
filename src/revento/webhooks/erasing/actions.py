"""Erasing a person from messages. What was delivered already is the receiver's duty (contract §6.6)."""

from collections.abc import Iterable, Sequence

import msgspec

from revento.kernel.db import Tx
from revento.webhooks.erasing import queries


async def erase(tx: Tx, event_ids: Sequence[str], keys: Sequence[str], names: Iterable[str], *, pseudonym: str) -> None:
    """Takes a person out of every message of these events. `keys` are her application and participant ids there."""
    if not event_ids:
        return
    await queries.redact_own(tx, list(event_ids), list(keys), pseudonym=pseudonym)
    instead = msgspec.json.encode(pseudonym).decode()
    for name in set(names):
        await queries.redact_name(tx, list(event_ids), msgspec.json.encode(name).decode(), pseudonym=instead)
