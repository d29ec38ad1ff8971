"""An endpoint's health: how much at once, the circuit breaker, pauses and probes. Pure arithmetic on one struct."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from revento.webhooks.retries import UNREACHABLE, Answer, Outcome

STREAK: Final = 5  # straight failures open the breaker when nobody answers at all; when somebody does and says no,
SHARE: Final = 0.8  # this share
WINDOW: Final = 20  # of the last tries must have failed too, so that a handful of refusals keeps to the ladder
BREAKER_S: Final = 30
BREAKER_MOST_S: Final = 900
PROBE_EVERY: Final = timedelta(hours=1)
WARN_AFTER: Final = timedelta(hours=24)
WARN_EVERY: Final = timedelta(hours=24)
PAUSE_AFTER: Final = timedelta(days=5)

GONE: Final = "gone"
FAILING: Final = "failing"
BY_HAND: Final = "by_hand"


class Health(msgspec.Struct, frozen=True):
    """What a dispatcher knows of an endpoint; the columns of the same names."""

    state: str = "active"
    reason: str | None = None
    most_in_flight: int = 4
    in_flight_now: int = 1
    fail_streak: int = 0
    recent: int = 0
    recent_count: int = 0
    breaker_level: int = 0
    breaker_until: datetime | None = None
    not_before: datetime | None = None
    paused_at: datetime | None = None
    next_probe_at: datetime | None = None
    failing_since: datetime | None = None
    warned_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None

    @property
    def suspect(self) -> bool:
        """Whether it failed last time: such endpoints share a small part of the sending slots."""
        return self.fail_streak > 0

    @property
    def is_steady(self) -> bool:
        """Whether one more success changes nothing but its time."""
        return (
            self.state == "active"
            and not (self.fail_streak or self.recent or self.breaker_level)
            and self.recent_count == WINDOW
            and self.in_flight_now == self.most_in_flight
            and self.breaker_until is self.failing_since is self.warned_at is None
        )


def after(health: Health, answer: Answer, *, now: datetime, longest_wait_s: float = BREAKER_MOST_S) -> Health:
    """The health after one more answer. The breaker never waits longer than the ladder's longest step."""
    if answer.ok:
        return _after_success(health, now)
    if answer.busy and answer.retry_after is not None:
        until = now + timedelta(seconds=answer.retry_after)
        health = msgspec.structs.replace(health, not_before=max(until, health.not_before or until))
    return _after_failure(health, answer, now, longest_wait_s)


def _after_success(health: Health, now: datetime) -> Health:
    if health.is_steady:
        return msgspec.structs.replace(health, last_success_at=now)
    resumed = health.state == "probing" or (health.state == "paused" and health.reason == FAILING)
    return msgspec.structs.replace(
        health,
        state="active" if resumed else health.state,
        reason=None if resumed else health.reason,
        paused_at=None if resumed else health.paused_at,
        next_probe_at=None if resumed else health.next_probe_at,
        in_flight_now=min(health.in_flight_now * 2, health.most_in_flight),
        fail_streak=0,
        recent=_shift(health.recent, 0),
        recent_count=min(health.recent_count + 1, WINDOW),
        breaker_level=0,
        breaker_until=None,
        failing_since=None,
        warned_at=None,
        last_success_at=now,
    )


def _after_failure(health: Health, answer: Answer, now: datetime, longest_wait_s: float) -> Health:
    failed = msgspec.structs.replace(
        health,
        in_flight_now=1 if answer.outcome in UNREACHABLE else max(1, health.in_flight_now),
        fail_streak=health.fail_streak + 1,
        recent=_shift(health.recent, 1),
        recent_count=min(health.recent_count + 1, WINDOW),
        failing_since=health.failing_since or now,
        last_failure_at=now,
    )
    if answer.outcome is Outcome.GONE:
        return msgspec.structs.replace(failed, state="paused", reason=GONE, paused_at=now, next_probe_at=None)
    if failed.state == "probing":
        return msgspec.structs.replace(failed, state="paused", next_probe_at=now + PROBE_EVERY)
    already_open = health.breaker_until is not None and health.breaker_until > now
    if answer.busy or already_open or not _should_open(failed, answer):
        return failed
    wait = min(BREAKER_S * 2.0**failed.breaker_level, BREAKER_MOST_S, max(longest_wait_s, 1.0))
    return msgspec.structs.replace(
        failed, breaker_level=min(failed.breaker_level + 1, 10), breaker_until=now + timedelta(seconds=wait)
    )


def _should_open(health: Health, answer: Answer) -> bool:
    if health.fail_streak < STREAK:
        return False
    return answer.outcome in UNREACHABLE or health.breaker_level > 0 or health.recent.bit_count() >= SHARE * WINDOW


def _shift(recent: int, failed: int) -> int:
    return (recent << 1 | failed) & ((1 << WINDOW) - 1)


def is_half_open(health: Health, now: datetime) -> bool:
    """Whether exactly one row, the oldest, may be tried now."""
    return health.breaker_level > 0 and (health.breaker_until is None or health.breaker_until <= now)


def may_send(health: Health, now: datetime) -> bool:
    """Whether anything may be sent now."""
    return (
        health.state != "paused"
        and (health.breaker_until is None or health.breaker_until <= now)
        and (health.not_before is None or health.not_before <= now)
    )


def most_at_once(health: Health, now: datetime) -> int:
    """How many requests may be in flight now."""
    if not may_send(health, now):
        return 0
    return 1 if health.breaker_level > 0 or health.state == "probing" else health.in_flight_now
