"""When somebody is told, and when an endpoint is paused (contract §6.4). Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from revento.webhooks.care.models import Troubled
from revento.webhooks.endpoints import health

# The ladder's longest step with its jitter, and some: without a failure this recent nothing is being tried any more.
RECENT: Final = timedelta(hours=27)


class Step(StrEnum):
    """What is due."""

    WARN = "warn"
    PAUSE = "pause"
    TELL_PAUSED = "tell_paused"


def due(one: Troubled, *, now: datetime) -> Step | None:
    """What is due for an endpoint in trouble; `None` while nothing is. Whoever pauses for another reason says so."""
    if one.state in ("paused", "probing"):
        told = one.paused_at is not None and one.warned_at is not None and one.warned_at >= one.paused_at
        return Step.TELL_PAUSED if one.reason == health.GONE and not told else None
    if one.failing_since is None or one.last_failure_at is None:
        return None
    if now - one.failing_since >= health.PAUSE_AFTER:
        return Step.PAUSE
    if now - one.failing_since < health.WARN_AFTER or now - one.last_failure_at > RECENT:
        return None
    if one.warned_at is not None and now - one.warned_at < health.WARN_EVERY:
        return None
    return Step.WARN
