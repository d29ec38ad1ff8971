"""Decisions about deprecations."""

import calendar
from datetime import datetime
from typing import Final

from revento.integrations.deprecations.models import Announcement

MONTHS: Final = 6
_FIELDS: Final = ("title", "description", "version", "link")


def earliest_sunset(now: datetime) -> datetime:
    """Six calendar months from now: a previous version lives at least that long (contract §5.3)."""
    months = now.month - 1 + MONTHS
    year, month = now.year + months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1]))


def wrong(announcement: Announcement, *, now: datetime) -> dict[str, str]:
    """What has to change before it can be announced, by field."""
    found = {name: "Fill this in." for name in _FIELDS if not getattr(announcement, name).strip()}
    if announcement.link and not announcement.link.startswith("https://"):
        found["link"] = "Expected an https address where integrators read what to do."
    if announcement.path and not announcement.path.startswith("/api/"):
        found["path"] = "Expected an endpoint such as /api/v1/events/{event_id}, or nothing for the whole version."
    earliest = earliest_sunset(now)
    if announcement.sunset_at < earliest:
        found["sunset_at"] = f"Integrators get at least six months: not before {earliest:%Y-%m-%d}."
    return found
