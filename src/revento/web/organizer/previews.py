"""What an import would do, as lists that a person can read: what is new, what differs, what is gone, what was odd."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from revento.events.importing.models import Change, KnownActivity, Plan
from revento.events.importing.places import fold
from revento.web.shared.states import N_
from revento.web.shared.text import moment
from revento.web.shared.translate import gettext

PAGE: Final = 50
PARTS: Final = {
    "new": N_("New"),
    "changed": N_("Changed"),
    "vanished": N_("Gone from the file"),
    "same": N_("Unchanged"),
    "rooms": N_("Locations"),
    "threads": N_("Threads"),
    "skipped": N_("Skipped"),
    "odd": N_("Look at"),
}
FIELDS: Final = {
    "title": N_("Title"),
    "description": N_("Description"),
    "starts_at": N_("Starts"),
    "ends_at": N_("Ends"),
    "thread_id": N_("Thread"),
    "location_id": N_("Location"),
    "hosts": N_("Hosts"),
    "tags": N_("Tags"),
    "status": N_("State"),
    "language": N_("Language"),
    "min_age": N_("Age"),
    "capacity": N_("Places"),
}


class Line(msgspec.Struct, frozen=True):
    """One row: what it is about, when and where, and each field that differs as (field, before, after)."""

    title: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    thread: str = ""
    note: str = ""
    activity_id: str | None = None
    changes: list[tuple[str, str, str]] = []

    def has(self, words: str) -> bool:
        """Whether a search finds it."""
        return fold(words) in fold(" ".join((self.title, self.place, self.thread, self.note)))


class Shown(msgspec.Struct, frozen=True):
    """One part of a preview, searched and cut to a page. `counts` are the lines of every part."""

    part: str
    counts: dict[str, int]
    lines: list[Line]
    found: int
    page: int
    q: str

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.found > (self.page + 1) * PAGE


def shown(plan: Plan, query: Mapping[str, Any]) -> Shown:
    """The part, search and page that an address names; the first part that holds something when it names none."""
    listed = {part: list(lines(plan)) for part, lines in _LISTS.items()}
    counts = {part: len(lines) for part, lines in listed.items()}
    asked = str(query.get("part", ""))
    part = asked if asked in PARTS else next((each for each, count in counts.items() if count), "new")
    q = str(query.get("q", "")).strip()[:100]
    page = str(query.get("page", "0"))
    number = int(page) if page.isdecimal() and len(page) < 6 else 0
    found = [line for line in listed[part] if not q or line.has(q)]
    return Shown(part, counts, found[number * PAGE : (number + 1) * PAGE], len(found), number, q)


def _new(plan: Plan) -> Iterator[Line]:
    for session in sorted(plan.fresh, key=lambda each: (each.starts_at, each.title)):
        yield Line(
            session.title,
            session.starts_at,
            session.ends_at,
            session.room or "",
            session.track or "",
            ", ".join(session.hosts),
        )


def _changed(plan: Plan) -> Iterator[Line]:
    threads = {each.id: each.title for each in plan.known_threads}
    places = {each.id: each.name for each in plan.known_places}
    for change in plan.changed:
        activity = change.activity
        yield Line(
            activity.title,
            activity.starts_at,
            activity.ends_at,
            places[activity.location_id] if activity.location_id else "",
            threads[activity.thread_id] if activity.thread_id else "",
            "" if change.fields else gettext("The file knows it under another name; nothing else differs."),
            activity.id,
            [_difference(field, change, plan.zone, threads, places) for field in change.fields],
        )


def _difference(
    field: str, change: Change, zone: str, threads: Mapping[Any, str], places: Mapping[Any, str]
) -> tuple[str, str, str]:
    """A field with both of its values in words; of long texts only how long they are."""
    before, after = change.activity, change.session
    words = gettext(FIELDS[field])
    match field:
        case "thread_id":
            return words, threads.get(before.thread_id, "–"), after.track or "–"
        case "location_id":
            return words, places.get(before.location_id, "–"), after.room or "–"
        case "description":
            return words, _characters(before.description), _characters(after.description)
        case "starts_at" | "ends_at":
            return words, moment(getattr(before, field), zone), moment(getattr(after, field), zone)
        case "hosts":
            return words, ", ".join(before.hosts) or "–", ", ".join(after.hosts) or "–"
        case "tags":
            kinds = [after.kind] if after.kind else []
            return words, ", ".join(before.tags) or "–", ", ".join(dict.fromkeys([*kinds, *after.tags])) or "–"
        case "status":
            new = gettext("Cancelled") if after.is_cancelled else gettext("Scheduled")
            return words, gettext("Cancelled") if before.status == "cancelled" else gettext("Scheduled"), new
        case _:
            old, new = getattr(before, field), getattr(after, field)
            return words, "–" if old is None else str(old), "–" if new is None else str(new)


def _characters(text: str) -> str:
    return gettext("%(n)d characters") % {"n": len(text)} if text else "–"


def _kept(activities: list[KnownActivity], plan: Plan) -> Iterator[Line]:
    threads = {each.id: each.title for each in plan.known_threads}
    places = {each.id: each.name for each in plan.known_places}
    for each in activities:
        note = gettext("%(n)d signed up") % {"n": each.signup_count} if each.signup_count else ""
        place = places[each.location_id] if each.location_id else ""
        thread = threads[each.thread_id] if each.thread_id else ""
        yield Line(each.title, each.starts_at, each.ends_at, place, thread, note, each.id)


def _vanished(plan: Plan) -> Iterator[Line]:
    return _kept(plan.vanished, plan)


def _same(plan: Plan) -> Iterator[Line]:
    return _kept(plan.same, plan)


def _rooms(plan: Plan) -> Iterator[Line]:
    """Rooms that come into being, with what lies around them; then those that the file no longer has, which stay."""
    for name in plan.fresh_rooms:
        *around, (_, room) = plan.places[name]
        yield Line(room, place=" › ".join(part for _, part in around), note=gettext("New"))
    named = {fold(name) for name in plan.places}
    for each in plan.known_places:
        if each.source_key and fold(each.source_key) not in named:
            yield Line(each.name, note=gettext("Not in this file; it stays."))


def _threads(plan: Plan) -> Iterator[Line]:
    for title in plan.fresh_threads:
        yield Line(title, note=gettext("New"))
    named = {fold(each.track) for each in plan.schedule.sessions if each.track}
    for each in plan.known_threads:
        if each.source_key and fold(each.source_key) not in named:
            yield Line(each.title, note=gettext("Not in this file; it stays."))


def _problems(plan: Plan, *, skipped: bool) -> Iterator[Line]:
    for problem in plan.schedule.problems:
        if problem.skipped == skipped:
            yield Line(problem.say, note=problem.at)


def _skipped(plan: Plan) -> Iterator[Line]:
    return _problems(plan, skipped=True)


def _odd(plan: Plan) -> Iterator[Line]:
    return _problems(plan, skipped=False)


_LISTS: Final[dict[str, Callable[[Plan], Iterator[Line]]]] = {
    "new": _new,
    "changed": _changed,
    "vanished": _vanished,
    "same": _same,
    "rooms": _rooms,
    "threads": _threads,
    "skipped": _skipped,
    "odd": _odd,
}
