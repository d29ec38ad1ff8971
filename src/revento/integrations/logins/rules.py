"""Decisions about logins of the command line (RFC 8628 in shape)."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from revento.integrations.logins.models import Login, Status

LIFE: Final = timedelta(minutes=10)
INTERVAL: Final = timedelta(seconds=2)  # between two polls
CREDENTIALS_LIFE: Final = timedelta(days=90)  # then one logs in again
KEPT: Final = timedelta(days=1)
# Consonants only: no word comes of it, and nothing looks like a digit (RFC 8628 §6.1). 20^8 codes, for ten minutes.
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH: Final = 8
MACHINE_MOST: Final = 60


def new_user_code() -> str:
    """A code that a person compares and may type: `BCDF-GHJK`."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def spelled(typed: str) -> str:
    """A typed code as it was shown: capitals, one hyphen. What can be no code comes out as something unknown."""
    letters = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    return f"{letters[:4]}-{letters[4:]}"


def is_open(login: Login, *, now: datetime) -> bool:
    """Whether somebody may still decide."""
    return login.decided_at is None and login.expires_at > now


def judge(login: Login, *, now: datetime) -> Status:
    """What a machine that polls is told. Credentials are collected once, within the ten minutes."""
    if login.expires_at <= now or login.collected_at is not None:
        return Status.EXPIRED
    if login.decided_at is not None:
        return Status.DENIED if login.client_id is None else Status.APPROVED
    too_soon = login.polled_at is not None and now - login.polled_at < INTERVAL / 2  # clocks and networks jitter
    return Status.SLOW_DOWN if too_soon else Status.PENDING
