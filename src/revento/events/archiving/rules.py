"""What must hold inside an archive beyond the shape of its parts. Each rule names the field's path."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import available_timezones

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.archiving.document import Activity, Application, Archive, Connection, Location

_LEVELS: Final = {"venue": 1, "building": 2, "floor": 3, "room": 4}


def check(archive: Archive) -> None:
    """Raises `INVALID_INPUT` with the path of the first field that cannot be."""
    for path, say in _wrong(archive):
        raise Refused(errors.INVALID_INPUT, f"event.json: {say} - at `$.{path}`", field="file", path=path)


def _wrong(archive: Archive) -> Iterator[tuple[str, str]]:
    event = archive.event
    if event.ends_at < event.starts_at:
        yield "event.ends_at", "an event ends after it starts"
    if event.time_zone not in available_timezones():
        yield "event.time_zone", "expected an IANA time zone"
    emails = [(n, person.email.casefold()) for n, person in enumerate(archive.people) if person.email]
    yield from _twice("people", "email", emails)
    for n, wave in enumerate(archive.waves):
        if wave.closes_at <= wave.opens_at:
            yield f"waves[{n}].closes_at", "a wave closes after it opens"
    yield from _twice("questions", "key", [(n, question.key) for n, question in enumerate(archive.questions)])
    for n, question in enumerate(archive.questions):
        if (question.type in ("choice", "multi_choice")) != bool(question.options):
            yield f"questions[{n}].options", "options belong to a choice, and every choice has some"
    for n, page in enumerate(archive.pages):
        if (page.kind == "webview") != (page.url is not None):
            yield f"pages[{n}].url", "an address belongs to a webview page, and every one has it"
    yield from _twice("applications", "person", [(n, each.person) for n, each in enumerate(archive.applications)])
    for n, application in enumerate(archive.applications):
        yield from _application(f"applications[{n}]", application, archive)
    for n, location in enumerate(archive.locations):
        yield from _location(f"locations[{n}]", n, location, archive.locations)
    for n, activity in enumerate(archive.activities):
        yield from _activity(f"activities[{n}]", activity, archive)
    for n, connection in enumerate(archive.connections):
        yield from _connection(f"connections[{n}]", connection, archive)


def _twice(path: str, field: str, values: Sequence[tuple[int, str | int]]) -> Iterator[tuple[str, str]]:
    counted = Counter(value for _, value in values)
    for n, value in values:
        if counted[value] > 1:
            yield f"{path}[{n}].{field}", "this stands here more than once"


def _refers(path: str, ref: int | None, there: Sequence[object]) -> Iterator[tuple[str, str]]:
    if ref is not None and ref >= len(there):
        yield path, f"there is no number {ref} among {len(there)}"


def _application(path: str, each: Application, archive: Archive) -> Iterator[tuple[str, str]]:
    people = archive.people
    yield from _refers(f"{path}.person", each.person, people)
    yield from _refers(f"{path}.wave", each.wave, archive.waves)
    yield from _refers(f"{path}.assigned_to", each.assigned_to, people)
    yield from _refers(f"{path}.last_reviewer", each.last_reviewer, people)
    if (each.last_review_action is None) != (each.last_reviewed_at is None):
        yield f"{path}.last_reviewed_at", "a decision has a time, and a time a decision"
    if each.registered_at is not None and each.status not in ("approved", "withdrawn"):
        yield f"{path}.registered_at", "only who was approved has a place"
    for n, review in enumerate(each.reviews):
        yield from _refers(f"{path}.reviews[{n}].reviewer", review.reviewer, people)
    for n, note in enumerate(each.notes):
        yield from _refers(f"{path}.notes[{n}].author", note.author, people)


def _location(path: str, n: int, each: Location, locations: Sequence[Location]) -> Iterator[tuple[str, str]]:
    if each.parent is None:
        return
    if each.parent >= n:
        yield f"{path}.parent", "a location stands behind the one in which it lies"
    elif _LEVELS[locations[each.parent].kind] >= _LEVELS[each.kind]:
        yield f"{path}.parent", f"a {each.kind} does not lie in a {locations[each.parent].kind}"


def _activity(path: str, each: Activity, archive: Archive) -> Iterator[tuple[str, str]]:
    yield from _refers(f"{path}.thread", each.thread, archive.threads)
    yield from _refers(f"{path}.location", each.location, archive.locations)
    if each.ends_at < each.starts_at:
        yield f"{path}.ends_at", "an activity ends after it starts"
    for n, host in enumerate(each.hosts):
        yield from _refers(f"{path}.hosts[{n}].application", host.application, archive.applications)
    yield from _twice(f"{path}.signups", "application", [(n, one.application) for n, one in enumerate(each.signups)])
    for n, one in enumerate(each.signups):
        yield from _refers(f"{path}.signups[{n}].application", one.application, archive.applications)
    going = sum(one.state == "going" for one in each.signups)
    if each.capacity is not None and going > each.capacity:
        yield f"{path}.capacity", f"{going} people have one of {each.capacity} places"


def _connection(path: str, each: Connection, archive: Archive) -> Iterator[tuple[str, str]]:
    yield from _refers(f"{path}.connected_by", each.connected_by, archive.people)
    if (each.ended_at is None) != (each.end_reason is None):
        yield f"{path}.end_reason", "an end has a reason, and a reason an end"
    for n, consent in enumerate(each.consents):
        yield from _refers(f"{path}.consents[{n}].person", consent.person, archive.people)
        if (consent.ended_at is None) != (consent.end_reason is None):
            yield f"{path}.consents[{n}].end_reason", "an end has a reason, and a reason an end"
