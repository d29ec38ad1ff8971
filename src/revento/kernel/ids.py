"""Identifiers: TypeIDs (a prefix and a UUIDv7 in base32), sortable by creation and readable in a log (contract §1)."""

import hashlib
import os
import re
import time
from datetime import UTC, datetime
from typing import Final, NewType

UserId = NewType("UserId", str)
OrganizationId = NewType("OrganizationId", str)
EventId = NewType("EventId", str)
ApplicationId = NewType("ApplicationId", str)
ParticipantId = NewType("ParticipantId", str)
ActivityId = NewType("ActivityId", str)
ThreadId = NewType("ThreadId", str)
LocationId = NewType("LocationId", str)
WaveId = NewType("WaveId", str)
PageId = NewType("PageId", str)
UploadId = NewType("UploadId", str)
IntegrationId = NewType("IntegrationId", str)
InstallationId = NewType("InstallationId", str)
ClientId = NewType("ClientId", str)
GrantId = NewType("GrantId", str)
FamilyId = NewType("FamilyId", str)
ManifestId = NewType("ManifestId", str)
DeletionId = NewType("DeletionId", str)
MessageId = NewType("MessageId", str)

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32, as TypeID prescribes
_EPOCH_MS: Final = 1_767_225_600_000  # 2026-01-01: named identifiers stand before all drawn ones
_SHAPE: Final = re.compile(r"([a-z][a-z_]*[a-z])_([0-7][0-9a-hjkmnp-tv-z]{25})")


def new(prefix: str) -> str:
    """A fresh identifier such as `evt_01jd…`: the prefix, `_`, and 26 base32 characters of a UUIDv7."""
    return f"{prefix}_{encode(uuid7())}"


def named(prefix: str, *names: str) -> str:
    """The identifier that always belongs to these names: the shape of `new`, without its time and chance.

    For data that is built again and must be found under the same address (the sandbox, contract §9).
    """
    digest = int.from_bytes(hashlib.sha256("\x1f".join((prefix, *names)).encode()).digest()[:16], "big")
    number = digest & ~(0xFFFF_FFFF_FFFF << 80 | 0xF << 76 | 0b11 << 62)
    return f"{prefix}_{encode(number | _EPOCH_MS << 80 | 0x7 << 76 | 0b10 << 62)}"


def uuid7() -> int:
    """A UUIDv7 as a 128-bit number: 48 bits of milliseconds, then random (RFC 9562 §5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    return (
        (milliseconds & 0xFFFF_FFFF_FFFF) << 80
        | 0x7 << 76
        | (random >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | random & 0x3FFF_FFFF_FFFF_FFFF
    )


def encode(number: int) -> str:
    """A 128-bit number as the 26 characters of a TypeID suffix."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def decode(id: str) -> int:
    """The 128-bit number of an identifier: what `encode` has written behind its prefix."""
    number = 0
    for character in id.rpartition("_")[2]:
        number = number << 5 | ALPHABET.index(character)
    return number


def made_at(id: str) -> datetime:
    """When an identifier was drawn, to the millisecond: a UUIDv7 begins with it."""
    return datetime.fromtimestamp((decode(id) >> 80) / 1000, UTC)


def has_prefix(value: str, prefix: str) -> bool:
    """Whether `value` is a well-formed identifier of that kind; says nothing about existence."""
    match = _SHAPE.fullmatch(value)
    return match is not None and match[1] == prefix


def is_one(value: str) -> bool:
    """Whether `value` is a well-formed identifier of any kind."""
    return _SHAPE.fullmatch(value) is not None
