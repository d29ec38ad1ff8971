"""The program as a table: CSV that spreadsheets open as it is."""

import csv
import io
from typing import Final
from zoneinfo import ZoneInfo

from revento.events.exporting.models import Whole

COLUMNS: Final = (
    "id", "title", "status", "start", "end", "minutes", "thread", "location", "hosts", "language", "min_age",
    "capacity", "signed_up", "waiting", "tags", "description",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(whole: Whole) -> bytes:
    """Local times of the event; cells that a spreadsheet would run as a formula are made text."""
    zone = ZoneInfo(whole.event.time_zone)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in whole.items:
        starts_at, ends_at = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
        minutes = int((item.ends_at - item.starts_at).total_seconds() // 60)
        row = (
            item.id,
            item.title,
            item.status,
            f"{starts_at:%Y-%m-%d %H:%M}",
            f"{ends_at:%Y-%m-%d %H:%M}",
            minutes,
            whole.thread_of(item),
            whole.place_of(item),
            ", ".join(item.hosts),
            item.language or "",
            item.min_age,
            "" if item.capacity is None else item.capacity,
            item.signup_count,
            item.waitlist_count,
            ", ".join(item.tags),
            item.description,
        )
        writer.writerow([_plain(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
