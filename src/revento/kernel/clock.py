"""Time, injected: everything that asks what time it is asks a clock (architecture §4.6)."""

from datetime import UTC, datetime


class Clock:
    """The wall clock. Tests subclass it and move the hands."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)
