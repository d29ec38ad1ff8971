"""The program of a convention: its places as a tree, and activities told in the words of its themes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from revento.events.program.models import ActivityFacts, Host
from revento.kernel.ids import LocationId, ParticipantId, ThreadId
from revento.sandbox import themes
from revento.sandbox.models import Convention, Form, Room, Subject, Theme

PER_DAY: Final = (8, 12)  # activities per thread and day (contract §9)
_PAUSE: Final = timedelta(minutes=15)
_QUARTER: Final = timedelta(minutes=15)
_LANGUAGES: Final = ("en", "en", "en", "en", "de", "nl", "en", "pl")
_GUESTS: Final = (
    "Marguerite Vance", "Professor Tarek Aziz", "The Tidal Choir", "Ulrike Sommer", "Collectif Grenouille",
    "Old Harbour Puppet Theatre", "Dr. Bronwen Ellis", "Paulo Teixeira",
)  # fmt: skip


class Planned(msgspec.Struct, frozen=True):
    """One activity before it has an id."""

    key: str
    facts: ActivityFacts
    is_published: bool
    is_cancelled: bool
    tag: str


class Places(msgspec.Struct, frozen=True):
    """Where and under what activities stand: ids by theme and by room."""

    threads: dict[str, ThreadId]
    rooms: dict[str, LocationId]


class HostPool(msgspec.Struct, frozen=True):
    """Who may hold something, and when each is taken."""

    people: list[tuple[ParticipantId, str]]
    taken: dict[str, list[tuple[datetime, datetime]]]

    def is_free(self, name: str, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether she has nothing else in that time."""
        return all(end <= starts_at or start >= ends_at for start, end in self.taken.get(name, ()))

    def take(self, name: str, starts_at: datetime, ends_at: datetime) -> None:
        """Notes that she is taken."""
        self.taken.setdefault(name, []).append((starts_at, ends_at))


def plan(
    convention: Convention, places: Places, hosts: list[tuple[ParticipantId, str]], first: datetime, dice: Random
) -> list[Planned]:
    """Everything that happens, day by day. `first` is midnight of the first day in the convention's zone."""
    pool = HostPool(list(hosts), {})
    dice.shuffle(pool.people)
    found: list[Planned] = []
    for key in convention.themes:
        theme, ideas = themes.ALL[key], _ideas(themes.ALL[key], dice)
        for day in range(convention.days):
            found += _day(convention, theme, places, pool, first + timedelta(days=day), ideas, dice, day)
    return found


def _ideas(theme: Theme, dice: Random) -> Iterator[tuple[Form, Subject]]:
    """Every form with every subject once, mixed; a second round only when all were used."""
    while True:
        pairs = [(form, subject) for form in theme.forms for subject in theme.subjects]
        dice.shuffle(pairs)
        yield from pairs


def _day(
    convention: Convention,
    theme: Theme,
    places: Places,
    pool: HostPool,
    midnight: datetime,
    ideas: Iterator[tuple[Form, Subject]],
    dice: Random,
    day: int,
) -> list[Planned]:
    rooms = [room for building in convention.buildings for room in building.rooms if room.theme == theme.key]
    local = midnight.astimezone(ZoneInfo(convention.time_zone))
    free_at = {room.name: local + convention.opens_at + _QUARTER * dice.choice((0, 0, 2, 4)) for room in rooms}
    wanted = dice.randint(*PER_DAY)
    slots: list[tuple[datetime, Room, Form, Subject]] = []
    while len(slots) < wanted:
        room = min(rooms, key=lambda each: free_at[each.name])
        form, subject = next(ideas)
        starts_at = free_at[room.name]
        left, open_for = (wanted - len(slots)) / len(rooms), local + convention.closes_at - starts_at
        minutes = min(form.minutes, _whole(open_for / left - _PAUSE))
        slots.append((starts_at, room, form, subject))
        free_at[room.name] = (
            starts_at + timedelta(minutes=minutes) + _PAUSE * dice.choice((1, 1, 2) if left < 4 else (1,))
        )
        slots[-1] = (starts_at, room, msgspec.structs.replace(form, minutes=minutes), subject)
    return [
        _activity(convention, theme, places, pool, slot, dice, f"{theme.key}-{day}-{number}")
        for number, slot in enumerate(slots)
    ]


def _whole(span: timedelta) -> int:
    return max(45, int(span / _QUARTER) * 15)


def _activity(
    convention: Convention,
    theme: Theme,
    places: Places,
    pool: HostPool,
    slot: tuple[datetime, Room, Form, Subject],
    dice: Random,
    key: str,
) -> Planned:
    starts_at, room, form, subject = slot
    ends_at = starts_at + timedelta(minutes=form.minutes)
    drawn = dice.random()
    facts = ActivityFacts(
        title=form.title.format(subject=subject.name),
        description=f"{subject.say}\n\n{form.say}\n\n*{dice.choice(theme.closing)}*",
        thread_id=places.threads[theme.key],
        location_id=places.rooms[room.name],
        starts_at=starts_at,
        ends_at=ends_at,
        min_age="age_18_plus" if convention.min_age == "age_18_plus" else form.min_age,
        language=dice.choice(_LANGUAGES),
        capacity=None if form.capacity is None else min(form.capacity, room.capacity),
        hosts=_hosts(pool, starts_at, ends_at, dice),
    )
    is_draft = convention.has_drafts and drawn > 0.96
    return Planned(
        key, facts, not is_draft, drawn < 0.02, form.title.partition(":")[0].replace("{subject}", "").strip()
    )


def _hosts(pool: HostPool, starts_at: datetime, ends_at: datetime, dice: Random) -> tuple[Host, ...]:
    """Somebody who is free, now and then two, now and then a guest from outside."""
    found: list[Host] = []
    for _ in range(dice.choice((1, 1, 1, 2))):
        free = [one for one in pool.people if pool.is_free(one[1], starts_at, ends_at)]
        if not free:
            break
        id, name = dice.choice(free)
        pool.take(name, starts_at, ends_at)
        found.append(Host(name, id))
    guests = [name for name in _GUESTS if pool.is_free(name, starts_at, ends_at)]
    if guests and (dice.random() < 0.12 or not found):
        guest = dice.choice(guests)
        pool.take(guest, starts_at, ends_at)
        found.append(Host(guest))
    return tuple(found)
