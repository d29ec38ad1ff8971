"""Decisions about secrets."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import limits
from revento.integrations.credentials.models import Secret

OVERLAP: Final = timedelta(seconds=limits.SECRET_OVERLAP_S)
USE_NOTED_EVERY: Final = timedelta(minutes=1)  # the last use is told by the minute, so that proving stays a read


def is_live(secret: Secret, *, now: datetime) -> bool:
    """Whether the secret still counts."""
    return secret.ended_at is None and (secret.expires_at is None or secret.expires_at > now)


def hint(value: str) -> str:
    """What may be shown of a secret."""
    return value[-4:]
