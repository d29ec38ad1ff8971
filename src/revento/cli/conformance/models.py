"""What a check is, and what it found."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final

import msgspec

from revento.cli.conformance.kit import Kit

FORMAT: Final = "revento-conformance-report/1"


class Status(StrEnum):
    """`warn` is advice; `unknown` could not be seen from outside, and says what would help."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"


class Outcome(msgspec.Struct, frozen=True):
    """What one check saw: what was sent and what came back, in words."""

    status: Status
    sent: str
    got: str


class Check(msgspec.Struct, frozen=True):
    """One line of the checklist. `why` it matters and where to `read` about it do not depend on the outcome."""

    id: str
    title: str
    why: str
    read: str
    run: Callable[[Kit], Awaitable[Outcome]]


class Finding(msgspec.Struct, frozen=True):
    """One check and its outcome, as printed and reported."""

    id: str
    title: str
    status: Status
    sent: str
    got: str
    why: str
    read: str
    took_ms: int


def passed(sent: str, got: str) -> Outcome:
    """As it should be."""
    return Outcome(Status.PASS, sent, got)


def failed(sent: str, got: str) -> Outcome:
    """Not as the contract says."""
    return Outcome(Status.FAIL, sent, got)


def advised(sent: str, got: str) -> Outcome:
    """Works, but should be better."""
    return Outcome(Status.WARN, sent, got)


def unseen(why: str) -> Outcome:
    """Could not be looked at, and why not."""
    return Outcome(Status.UNKNOWN, "nothing", why)


def verdict(good: bool, sent: str, got: str) -> Outcome:
    """Passed or failed."""
    return passed(sent, got) if good else failed(sent, got)
