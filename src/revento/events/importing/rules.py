"""Decisions about an import: which row is which activity, what differs, what clashes."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.importing.dialects import times
from revento.events.importing.models import (
    Change,
    KnownActivity,
    KnownPlace,
    KnownThread,
    Problem,
    Schedule,
    Session,
)
from revento.events.importing.places import fold

_ODD_YEARS: Final = (1970, 2200)


def settle(schedule: Schedule, given: str | None, of_event: str | None, *, wall_clock: bool) -> tuple[Schedule, str]:
    """The same schedule with every time a moment, and the zone that counts: the given one, the file's, the event's.

    Raises `TIME_ZONE_NEEDED` when there is none of them: a zone is never assumed. `INVALID_INPUT` for an unknown one.
    """
    if given is not None and times.zone(given) is None:
        raise Refused(errors.INVALID_INPUT, f"{given!r} is no IANA time zone such as Europe/Berlin.", field="time_zone")
    zone = times.zone(given) or schedule.zone or of_event
    if zone is None:
        first = min((each.starts_at.replace(tzinfo=None) for each in schedule.sessions), default=None)
        say = "The file does not say in which time zone its days are"
        shown = f" (its first session starts at {first:%Y-%m-%d %H:%M})" if first else ""
        raise Refused(errors.TIME_ZONE_NEEDED, f"{say}{shown}. Give one, such as Europe/Berlin.", field="time_zone")
    problems = list(schedule.problems)
    sessions: list[Session] = []
    for session in schedule.sessions:
        starts_at = times.settled(session.starts_at, zone, wall_clock=wall_clock)
        ends_at = times.settled(session.ends_at, zone, wall_clock=wall_clock)
        if session.starts_at.tzinfo is None and schedule.dialect != "icalendar":
            # Other files count minutes, and those pass also over a change of the clock.
            ends_at = starts_at.astimezone(UTC) + (session.ends_at - session.starts_at)
        if not _ODD_YEARS[0] <= starts_at.year <= _ODD_YEARS[1]:
            problems.append(Problem(session.at, f"{session.title}: {starts_at:%Y} is no likely year", skipped=True))
            continue
        sessions.append(msgspec.structs.replace(session, starts_at=starts_at, ends_at=ends_at))
    return msgspec.structs.replace(schedule, sessions=sessions, problems=problems), zone


def distinct(schedule: Schedule) -> Schedule:
    """Without rows that say the same session at the same time and place twice; warns of what is odd but kept."""
    seen: set[tuple[str, datetime, str]] = set()
    problems, sessions = list(schedule.problems), []
    for session in schedule.sessions:
        mark = (session.keys[0] if session.keys else "", session.starts_at, fold(session.room or ""))
        if mark[0] and mark in seen:
            problems.append(Problem(session.at, f"{session.title} stands here a second time", skipped=True))
            continue
        seen.add(mark)
        if session.ends_at - session.starts_at > times.LONG:
            hours = (session.ends_at - session.starts_at).total_seconds() / 3600
            problems.append(Problem(session.at, f"{session.title} lasts {hours:.1f} hours"))
        sessions.append(session)
    return msgspec.structs.replace(schedule, sessions=sessions, problems=problems)


class Pairs(msgspec.Struct, frozen=True):
    """Which row is which activity; rows and activities without a partner."""

    pairs: list[tuple[KnownActivity, Session]]
    fresh: list[Session]
    vanished: list[KnownActivity]


def pair(known: Sequence[KnownActivity], sessions: Sequence[Session]) -> Pairs:
    """Pairs rows with activities that an import made: by key, start and room; then by key and one of both; then by
    key alone where only one of each is left; last, for another dialect, by title and start.
    """
    found: list[tuple[KnownActivity, Session]] = []
    left = {id(session): session for session in sessions}
    there = {activity.id: activity for activity in known}

    def take(mark_known: Callable[[KnownActivity, str], Any], mark_row: Callable[[Session, str], Any]) -> None:
        waiting: dict[Any, list[KnownActivity]] = defaultdict(list)
        for activity in there.values():
            for name in activity.source_names or [""]:
                waiting[mark_known(activity, name)].append(activity)
        for session in list(left.values()):
            for name in session.keys or ("",):
                candidates = [each for each in waiting.get(mark_row(session, name), ()) if each.id in there]
                if candidates:
                    found.append((candidates[0], session))
                    del there[candidates[0].id], left[id(session)]
                    break

    def room_of(activity: KnownActivity) -> str:
        return fold(activity.source_room or "")

    take(lambda a, n: (n, a.starts_at, room_of(a)), lambda s, n: (n or None, s.starts_at, fold(s.room or "")))
    take(lambda a, n: (n, a.starts_at), lambda s, n: (n or None, s.starts_at))
    take(lambda a, n: (n, room_of(a)), lambda s, n: (n or None, fold(s.room or "")))
    _only_ones(there, left, found)
    take(lambda a, _: (fold(a.title), a.starts_at), lambda s, _: (fold(s.title), s.starts_at))
    return Pairs(found, list(left.values()), list(there.values()))


def _only_ones(
    there: dict[Any, KnownActivity], left: dict[int, Session], found: list[tuple[KnownActivity, Session]]
) -> None:
    """A moved slot is still the same when it is the only one of its key that is left over, here and there."""
    rows: dict[str, list[Session]] = defaultdict(list)
    for session in left.values():
        for name in session.keys:
            rows[name].append(session)
    activities: dict[str, list[KnownActivity]] = defaultdict(list)
    for activity in there.values():
        for name in activity.source_names:
            activities[name].append(activity)
    for name, sessions in rows.items():
        known = [each for each in activities.get(name, ()) if each.id in there]
        waiting = [each for each in sessions if id(each) in left]
        if len(known) == 1 and len(waiting) == 1:
            found.append((known[0], waiting[0]))
            del there[known[0].id], left[id(waiting[0])]


def difference(activity: KnownActivity, session: Session, thread_id: str | None, location_id: str | None) -> list[str]:
    """Which fields the file says otherwise. What it says nothing about stays as organizers have it."""
    wanted: dict[str, tuple[Any, Any]] = {
        "title": (activity.title, session.title),
        "description": (activity.description, session.description),
        "starts_at": (activity.starts_at, session.starts_at),
        "ends_at": (activity.ends_at, session.ends_at),
        "thread_id": (activity.thread_id, thread_id),
        "location_id": (activity.location_id, location_id),
        "hosts": (activity.hosts, list(session.hosts)),
        "tags": (activity.tags, tags_of(session)),
        "status": (activity.status, "cancelled" if session.is_cancelled else "scheduled"),
    }
    for name in ("language", "min_age", "capacity"):
        if getattr(session, name) is not None:
            wanted[name] = (getattr(activity, name), getattr(session, name))
    return [name for name, (is_, shall) in wanted.items() if is_ != shall]


def tags_of(session: Session) -> list[str]:
    """Everything that has no field of its own: the kind first."""
    return list(dict.fromkeys([*([session.kind] if session.kind else []), *session.tags]))


def names_after(activity: KnownActivity, session: Session) -> list[str]:
    """Every name under which any dialect has known an activity."""
    return list(dict.fromkeys([*session.keys, *activity.source_names]))


def count_clashes(sessions: Iterable[Session]) -> int:
    """Pairs that overlap in one room. Zero minutes overlap nothing; cancelled ones neither."""
    rooms: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        if session.room and session.ends_at > session.starts_at and not session.is_cancelled:
            rooms[fold(session.room)].append(session)
    count = 0
    for held in rooms.values():
        running: list[datetime] = []
        for session in sorted(held, key=lambda each: each.starts_at):
            running = [end for end in running if end > session.starts_at]
            count += len(running)
            running.append(session.ends_at)
    return count


def what_changed(changes: Iterable[Change]) -> dict[str, int]:
    """How many activities differ in each field, the most frequent first."""
    found: dict[str, int] = defaultdict(int)
    for change in changes:
        for name in change.fields:
            found[name] += 1
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def mark(
    schedule: Schedule,
    zone: str,
    activities: Sequence[KnownActivity],
    places: Sequence[KnownPlace],
    threads: Sequence[KnownThread],
) -> str:
    """What a preview was made from, in a few characters: what is brought in must be what was looked at.

    Sign-ups are left out: people come and go while an organizer reads.
    """
    known = [msgspec.structs.replace(each, signup_count=0) for each in activities]
    return hashlib.sha256(msgspec.json.encode([schedule, zone, known, places, threads])).hexdigest()[:32]


def why_not_bring(plan_mark: str, looked_at: str | None) -> errors.Reason | None:
    """An import does what its preview said, or nothing. Whoever looked at nothing (the command line) is not held up."""
    return errors.CHANGED_MEANWHILE if looked_at is not None and looked_at != plan_mark else None
