"""The map of an event: blocks within blocks, and what is on in each room now and next."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

from revento.kernel.db import Database
from tests import visits
from tests.browser.story import convention
from tests.conftest import MovableClock


class Plan(HTMLParser):
    """The text of each room's tile, by the name of the room, and the headings on the way to the rooms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rooms: dict[str, str] = {}
        self._room = ""
        start = text.index('<div class="plan">')
        self.feed(text[start : text.index('id="ways"')])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self._room = "?"

    def handle_endtag(self, tag: str) -> None:
        if tag == "li":
            self._room = ""

    def handle_data(self, data: str) -> None:
        said = " ".join(data.split())
        if self._room == "?" and said:
            self._room = said
            self.rooms[said] = ""
        elif self._room and said:
            self.rooms[self._room] = f"{self.rooms[self._room]} {said}".strip()


async def test_the_map_says_what_is_on_in_each_room_now_and_next(
    db: Database, clock: MovableClock, database_url: str, tmp_path: Path
) -> None:
    story = await convention(db, clock, ())
    first = (clock.now() + timedelta(days=10)).replace(hour=8, minute=0, second=0, microsecond=0)

    async def rooms() -> dict[str, str]:
        async with visits.opened(database_url, clock, tmp_path) as site:
            page = (await (await site.anybody()).get(f"/events/{story.event_id}/places")).text
        assert re.findall(r'<div class="block (\w+)"', page) == ["venue"]
        return {name: re.sub(r"^\d+ \d+ seats ?", "", said) for name, said in Plan(page).rooms.items()}

    clock.pass_(seconds=(first + timedelta(minutes=30) - clock.now()).total_seconds())
    assert await rooms() == {
        "Library": f"Now {hours(first, 30, 60)} Quiet Reading",
        "Studio 2": f"Next {hours(first, 60, 90)} Map Drawing",
        "Studio 1": f"Now {hours(first, 0, 60)} Doors and Opening Next {hours(first, 90, 90)} Lantern Making",
    }
    clock.pass_(hours=12)
    assert set((await rooms()).values()) == {"Nothing more here"}


def hours(first: datetime, start: int, minutes: int) -> str:
    """The span of an activity as the page shows it, in the event's zone."""
    begins = (first + timedelta(minutes=start)).astimezone(ZoneInfo("Europe/Helsinki"))
    return f"{begins:%H:%M}–{begins + timedelta(minutes=minutes):%H:%M}"
