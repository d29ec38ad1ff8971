"""Rows of accounts."""

from datetime import datetime
from typing import Any

from revento.kernel.db import Row
from revento.kernel.ids import UserId


class User(Row, frozen=True):
    """An account. `deleted_at` set means that only a pseudonym is left."""

    id: UserId
    email: str
    name: str
    password_hash: str | None
    email_verified_at: datetime | None
    locale: str
    time_zone: str | None
    is_operator: bool
    is_sandbox: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Export(Row, frozen=True):
    """What a person takes away of her account."""

    document: dict[str, Any]


class Addressed(Row, frozen=True):
    """An account and its address, in small letters."""

    id: UserId
    email: str
