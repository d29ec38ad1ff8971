"""Decisions about secrets."""

from datetime import datetime, timedelta
from typing import Final

from revento.contract import limits
from revento.integrations.credentials.models import Candidate, Secret
from revento.kernel import secrets

OVERLAP: Final = timedelta(seconds=limits.SECRET_OVERLAP_S)
USE_NOTED_EVERY: Final = timedelta(minutes=1)  # the last use is told by the minute, so that proving stays a read

_NOBODY: Final = secrets.sha256("no client has this secret")


def matching(candidates: list[Candidate], secret: bytes) -> Candidate | None:
    """The client by the secret that it shows. All are compared, or one that nobody has: a no takes the same time."""
    shown = secrets.sha256(secret.decode("utf-8", "replace"))
    found: Candidate | None = None
    for one in candidates:
        if secrets.equal(one.hash, shown):
            found = one
    if not candidates:
        secrets.equal(_NOBODY, shown)
    return found


def is_use_to_note(last_used_at: datetime | None, *, now: datetime) -> bool:
    """Whether the last noted use of a secret is old enough to be noted anew."""
    return last_used_at is None or now - last_used_at >= USE_NOTED_EVERY


def is_live(secret: Secret, *, now: datetime) -> bool:
    """Whether the secret still counts."""
    return secret.ended_at is None and (secret.expires_at is None or secret.expires_at > now)


def hint(value: str) -> str:
    """What may be shown of a secret."""
    return value[-4:]
