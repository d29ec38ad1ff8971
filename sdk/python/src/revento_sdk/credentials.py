"""Recognising Revento's credentials without asking anybody, for secret scanners and log filters."""

import hmac
import zlib
from typing import Final

PREFIXES: Final = ("rev_install_", "rev_user_", "rev_refresh_", "rev_code_", "rev_secret_")
_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM, _CHECK = 43, 6


def is_well_formed(value: str, prefix: str) -> bool:
    """Whether `value` has the prefix, the length and the checksum of a credential."""
    if not value.isascii() or not value.startswith(prefix) or len(value) != len(prefix) + _RANDOM + _CHECK:
        return False
    number, digits = zlib.crc32(value[:-_CHECK].encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return hmac.compare_digest(digits, value[-_CHECK:])
