"""Cursors: opaque, signed, bound to one list, and good for a day (contract §4)."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

_MAC_LENGTH: Final = 16


class BadCursor(ValueError):
    """Changed, expired, or made for another list."""


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: creation time and id of its last row."""

    created_at: datetime
    id: str


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    micros: int
    id: str
    expires: int


BEGINNING: Final = Position(datetime(1, 1, 1, tzinfo=UTC), "")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seal(position: Position, *, key: bytes, binding: str, now: datetime, life_s: int) -> str:
    """The cursor for what follows `position`. `binding` names endpoint, event and filters."""
    micros = (position.created_at - _EPOCH) // timedelta(microseconds=1)
    body = msgspec.msgpack.encode(_Cursor(micros, position.id, int(now.timestamp()) + life_s))
    return base64.urlsafe_b64encode(_mac(key, binding, body) + body).rstrip(b"=").decode()


def unseal(cursor: str, *, key: bytes, binding: str, now: datetime) -> Position:
    """The position inside a cursor. Raises `BadCursor`."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadCursor("not base64url") from error
    mac, body = raw[:_MAC_LENGTH], raw[_MAC_LENGTH:]
    if not hmac.compare_digest(mac, _mac(key, binding, body)):
        raise BadCursor("changed, or of another list")
    inside = msgspec.msgpack.decode(body, type=_Cursor)
    if inside.expires < now.timestamp():
        raise BadCursor("older than its life")
    return Position(_EPOCH + timedelta(microseconds=inside.micros), inside.id)


def _mac(key: bytes, binding: str, body: bytes) -> bytes:
    return hmac.digest(key, hashlib.sha256(binding.encode()).digest() + body, "sha256")[:_MAC_LENGTH]
