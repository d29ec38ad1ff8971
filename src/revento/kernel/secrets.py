"""Secrets: making, hashing, comparing and sealing them. Nothing else draws a random credential (architecture §4.7)."""

import hashlib
import hmac
import os
import secrets as random
import zlib
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY_LENGTH: Final = 43  # 62^43 > 2^256
CHECK_LENGTH: Final = 6  # 62^6 > 2^32: holds a CRC32
_AT_ONCE: Final = 8  # digits; 62^8 is small enough for quick arithmetic
_BASE: Final = 62**_AT_ONCE
_PAIRS: Final = [one + other for one in BASE62 for other in BASE62]
_TYPABLE: Final = "123456789abcdefghjkmnpqrstuvwxyz"  # 32, none of which looks like another
KEY_FILE: Final = "secret.key"


class CannotOpen(Exception):
    """A sealed value was made with a key that we do not have, or was altered."""


def _base62(number: int, length: int) -> str:
    """By pairs out of a table, and by eight digits at once: dividing a number of 256 bits is what costs here."""
    parts: list[str] = []
    for _ in range(0, length, _AT_ONCE):
        number, eight = divmod(number, _BASE)
        for _ in range(_AT_ONCE // 2):
            eight, pair = divmod(eight, 3844)
            parts.append(_PAIRS[pair])
    return "".join(reversed(parts))[-length:]


def _with_check(text: str) -> str:
    return text + _base62(zlib.crc32(text.encode()), CHECK_LENGTH)


def new_secret(prefix: str) -> str:
    """A new credential: prefix, 43 base62 characters (≥ 256 random bits) and a CRC32 (contract §2.2)."""
    return _with_check(prefix + _base62(random.randbits(256), BODY_LENGTH))


def new_password() -> str:
    """A password for somebody who will have to type it: four groups of four letters and digits, 80 random bits."""
    letters = "".join(random.choice(_TYPABLE) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def secret_from(prefix: str, digest: bytes) -> str:
    """The credential whose random part is `digest` (32 bytes), for values derived instead of drawn (contract §2.3)."""
    return _with_check(prefix + _base62(int.from_bytes(digest, "big"), BODY_LENGTH))


def is_well_formed(value: str, prefix: str) -> bool:
    """Whether `value` has the shape and checksum of a credential of ours. Needs no database."""
    if len(value) != len(prefix) + BODY_LENGTH + CHECK_LENGTH or not value.startswith(prefix) or not value.isascii():
        return False
    return equal(_with_check(value[:-CHECK_LENGTH]).encode(), value.encode())


def sha256(value: str) -> bytes:
    """What is kept of a credential. Enough for ≥ 256 random bits, never for a password (checklist 69)."""
    return hashlib.sha256(value.encode()).digest()


def equal(left: bytes, right: bytes) -> bool:
    """Constant-time comparison over bytes (`compare_digest` raises on non-ASCII text)."""
    return hmac.compare_digest(left, right)


def derive(key: bytes, *parts: str) -> bytes:
    """32 bytes that only the holder of `key` can make: HMAC-SHA256 over length-prefixed parts."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode()
        mac.update(len(raw).to_bytes(4, "big") + raw)
    return mac.digest()


class Keys:
    """The server's keys, derived from `REVENTO_SECRET_KEY`: one root per line or comma, the first is current.

    Older roots still open what they sealed, so that a key can be rotated without downtime.
    """

    def __init__(self, configured: str) -> None:
        self._known: dict[str, list[bytes]] = {}
        self.roots = [part.strip().encode() for part in configured.replace("\n", ",").split(",") if part.strip()]

    def current(self, purpose: str) -> bytes:
        """The 32-byte key of the current root for one purpose, such as `csrf` or `cursor`."""
        return self.every(purpose)[0]

    def every(self, purpose: str) -> list[bytes]:
        """The same for all roots, current first."""
        found = self._known.get(purpose)
        if found is None:
            found = self._known[purpose] = [derive(root, purpose) for root in self.roots]
        return found


class Box:
    """Seals what must be readable again (AES-256-GCM). Layout: 1 byte version, 4 bytes key id, 12 bytes nonce, text."""

    _VERSION: Final = b"\x01"

    def __init__(self, keys: Keys) -> None:
        self._ciphers = {hashlib.sha256(key).digest()[:4]: AESGCM(key) for key in keys.every("box")}
        self._current = hashlib.sha256(keys.current("box")).digest()[:4]

    def seal(self, plain: bytes, *, context: str = "") -> bytes:
        """Encrypts; `context` (a row's id, say) must be given again to open, so that rows cannot be swapped."""
        nonce = os.urandom(12)
        head = self._VERSION + self._current
        return head + nonce + self._ciphers[self._current].encrypt(nonce, plain, head + context.encode())

    def open(self, sealed: bytes, *, context: str = "") -> bytes:
        """Decrypts. Raises `CannotOpen` when the key is gone, the context differs or a byte was changed."""
        head, nonce, text = sealed[:5], sealed[5:17], sealed[17:]
        cipher = self._ciphers.get(head[1:])
        if head[:1] != self._VERSION or cipher is None:
            raise CannotOpen("sealed with a key that is not configured")
        try:
            return cipher.decrypt(nonce, text, head + context.encode())
        except InvalidTag as error:
            raise CannotOpen("altered, or opened in another context") from error


def load_or_create_key(data_dir: Path) -> str:
    """The installation's own key, made on the first start and readable by its owner only."""
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(random.token_urlsafe(48) + "\n")
    return path.read_text().strip()
