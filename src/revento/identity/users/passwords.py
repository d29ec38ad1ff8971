"""Password hashing: Argon2id with the library's current parameters, off the event loop."""

import asyncio
import os
from base64 import b64encode
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MINIMUM: Final = 10
MAXIMUM: Final = 200  # Argon2 takes more; a megabyte of password is an attack
_hasher: Final = PasswordHasher()


def _unmatchable() -> str:
    """What no password is, with the current parameters. Made up rather than hashed: every start would pay for it."""
    salt, digest = (
        b64encode(os.urandom(length)).rstrip(b"=").decode() for length in (_hasher.salt_len, _hasher.hash_len)
    )
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


# Checked when there is no account, so that the answer takes as long as for a wrong password.
_NOBODY: Final = _unmatchable()


async def hashed(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the right one; as slow without an account as with one."""
    try:
        await asyncio.to_thread(_hasher.verify, kept or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def why_not(password: str) -> str | None:
    """What is wrong with a new password, in words for its owner."""
    if len(password) < MINIMUM:
        return f"Use at least {MINIMUM} characters. A few words in a row are fine."
    if len(password) > MAXIMUM:
        return f"Use at most {MAXIMUM} characters."
    return None
