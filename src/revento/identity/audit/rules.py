"""How the audit log's hash chain is made and checked. No I/O."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from revento.identity.audit.models import Seal, Sealed

GENESIS: Final = bytes(32)  # what the first seal follows
SEAL_ROWS: Final = 1000  # rows under one seal at most, so that a check reads in small steps


def chain_hash(previous: bytes, rows: Sequence[Sealed]) -> bytes:
    """The hash of a seal: SHA-256 over the hash before it and every column of every row, in order of id."""
    digest = hashlib.sha256(previous)
    for row in rows:
        line = msgspec.json.encode(msgspec.structs.astuple(row))
        digest.update(len(line).to_bytes(8) + line)
    return digest.digest()


def what_is_wrong(seal: Seal, previous: bytes, rows: Sequence[Sealed]) -> str | None:
    """Why a seal does not hold over these rows; `None` when it does."""
    if seal.previous_hash != previous:
        return f"seal {seal.id} does not follow the seal before it"
    if len(rows) != seal.rows:
        return f"seal {seal.id} covers {seal.rows} rows ({seal.first_id} to {seal.last_id}), {len(rows)} are there"
    if chain_hash(previous, rows) != seal.hash:
        return f"a row between {seal.first_id} and {seal.last_id} is not as it was sealed"
    return None
