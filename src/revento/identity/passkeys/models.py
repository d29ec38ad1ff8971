"""Rows of passkeys."""

from datetime import datetime

import msgspec

from revento.kernel.db import Row
from revento.kernel.ids import UserId


class Passkey(Row, frozen=True):
    """One line of a person's list."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Known(Row, frozen=True):
    """A passkey that signs in, with what its proof is checked against."""

    id: str
    user_id: UserId
    public_key: bytes
    sign_count: int


class Challenge(Row, frozen=True):
    """What an authenticator has to sign, taken out of the table: it is good once."""

    challenge: bytes
    user_id: UserId | None
    expires_at: datetime


class Asked(msgspec.Struct, frozen=True):
    """What the browser is to do: `options` for its authenticator, and the `handle` that comes back with the answer."""

    handle: str
    options: msgspec.Raw


class Site(msgspec.Struct, frozen=True):
    """Whom passkeys are made for: the host of the public origin, which authenticators check themselves."""

    origin: str
    host: str
