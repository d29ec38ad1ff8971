"""Decisions about accounts and signing in."""

from datetime import timedelta
from typing import Final

from revento.contract import errors
from revento.contract.errors import Reason
from revento.kernel.db import Row

WINDOW: Final = timedelta(minutes=15)
PER_PAIR: Final = 5  # one address guessing at one account
PER_ADDRESS: Final = 40  # one address trying many accounts
PER_ACCOUNT: Final = 50  # many addresses guessing at one account


class Failures(Row, frozen=True):
    """Failed sign-ins within `WINDOW`, and whether this address has signed in to this account before."""

    pair: int
    address: int
    account: int
    known_address: bool


def why_not_try(failures: Failures) -> Reason | None:
    """Slows guessing down. A flood of strangers never locks the owner out: her usual address still gets in."""
    if failures.pair >= PER_PAIR or failures.address >= PER_ADDRESS:
        return errors.TOO_MANY_ATTEMPTS
    if failures.account >= PER_ACCOUNT and not failures.known_address:
        return errors.TOO_MANY_ATTEMPTS
    return None


def looks_like_email(value: str) -> bool:
    """Good enough to send a letter to; the letter is the proof."""
    local, at, domain = value.rpartition("@")
    return bool(at and local and "." in domain and len(value) <= 254 and value.isprintable() and " " not in value)
