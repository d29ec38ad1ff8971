"""When to try again: the ladder, its jitter and `Retry-After` (contract §6.4). Pure; dice and clock are arguments."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

import msgspec

from revento.contract import limits

JITTER: Final = 0.1
_BUSY: Final = (429, 503)


class Outcome(StrEnum):
    """What came of one HTTP try. Everything but `OK` is retried."""

    OK = "ok"
    STATUS = "status"  # any answer that is not 2xx
    REDIRECT = "redirect"  # 3xx, never followed
    GONE = "gone"  # 410: pauses the endpoint
    TIMEOUT = "timeout"  # no answer within 10 s
    CONNECT = "connect"  # refused, unreachable
    DNS = "dns"
    TLS = "tls"
    RESET = "reset"  # closed before an answer
    GARBAGE = "garbage"  # not HTTP, or headers beyond bounds
    REFUSED = "refused"  # the guard did not let us connect
    SECRET = "secret"  # noqa: S105  # no signing secret that we can open


UNREACHABLE: Final = frozenset({Outcome.TIMEOUT, Outcome.CONNECT, Outcome.DNS, Outcome.TLS, Outcome.RESET})


class Answer(msgspec.Struct, frozen=True):
    """One HTTP try as seen from our side. `body`: at most 4 KiB of text. `retry_after` in seconds."""

    outcome: Outcome
    status: int | None = None
    detail: str | None = None
    body: str | None = None
    retry_after: float | None = None
    latency_ms: int = 0

    @property
    def ok(self) -> bool:
        """Whether the receiver took it."""
        return self.outcome is Outcome.OK

    @property
    def busy(self) -> bool:
        """Whether the receiver asked for patience: 429 or 503 with a usable `Retry-After`."""
        return self.status in _BUSY and self.retry_after is not None


class Plan(msgspec.Struct, frozen=True):
    """What happens to a delivery next: delivered, dead, or (`wait_s`) tried again."""

    state: str
    wait_s: float | None = None


DELIVERED: Final = Plan("delivered")
DEAD: Final = Plan("dead")


def plan_next(answer: Answer, tries: int, *, ladder: tuple[int, ...], dice: float) -> Plan:
    """What follows try number `tries` (from 1) on this ladder; `dice` in [0, 1).

    The ladder's first step is the wait before the first try, so a ladder of n steps allows n tries.
    """
    if answer.ok:
        return DELIVERED
    if tries >= len(ladder):
        return DEAD
    wait = ladder[tries] * (1 - JITTER + 2 * JITTER * dice)
    if answer.busy and answer.retry_after is not None:
        wait = max(wait, answer.retry_after)
    return Plan("waiting", wait)


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110 §10.2.3), at most an hour; `None` when absent or nonsense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(min(int(text[:10]), limits.RETRY_AFTER_MOST_S))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), float(limits.RETRY_AFTER_MOST_S))
