"""A whole event out of the database, with positions in the place of ids."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from revento.events.archiving import document, queries
from revento.events.archiving.document import Archive
from revento.events.archiving.models import ActivityRow, ApplicationRow, LocationRow
from revento.events.forms import queries as forms
from revento.events.waves import queries as waves
from revento.events.webview_pages import queries as pages
from revento.kernel.db import Row, Tx
from revento.kernel.ids import EventId

P = TypeVar("P", bound=document.Part)
Numbered = dict[str, int]


def numbered(ids: Iterable[str]) -> Numbered:
    """Positions by id."""
    return {id: number for number, id in enumerate(ids)}


def part(kind: type[P], row: Row, **more: Any) -> P:
    """A row as a part of the archive: its columns of the same name, and what needs a position instead of an id."""
    names = [field.name for field in msgspec.structs.fields(kind)]
    plain = {name: getattr(row, name) for name in names if name not in more}
    return msgspec.convert(plain | more, kind, from_attributes=True)


async def collect(tx: Tx, event_id: EventId) -> Archive:
    """The event as it stands. Raises `NoRow`."""
    people = await queries.list_people(tx, event_id)
    known_waves = sorted(await waves.list_waves(tx, event_id), key=lambda each: (each.opens_at, each.title, each.id))
    applications = await queries.list_applications(tx, event_id)
    threads = await queries.list_threads(tx, event_id)
    locations = in_order(await queries.list_locations(tx, event_id))
    of_person = numbered(person.id for person in people)
    return Archive(
        event=part(document.Gathering, await queries.get_event(tx, event_id)),
        people=[part(document.Person, person) for person in people],
        waves=[part(document.Wave, wave) for wave in known_waves],
        questions=[part(document.Question, field) for field in await forms.list_fields(tx, event_id)],
        applications=await _applications(
            tx, event_id, applications, of_person, numbered(wave.id for wave in known_waves)
        ),
        threads=[part(document.Thread, thread) for thread in threads],
        locations=_locations(locations),
        activities=await _activities(
            tx,
            event_id,
            applications,
            numbered(thread.id for thread in threads),
            numbered(location.id for location in locations),
        ),
        pages=[part(document.Page, page) for page in await pages.list_pages(tx, event_id) if not page.integration_id],
        connections=await _connections(tx, event_id, of_person),
    )


def in_order(locations: Sequence[LocationRow]) -> list[LocationRow]:
    """Parents first, and those of equal place by where they lie, so that the order owes nothing to ids."""
    found: list[LocationRow] = []
    place: Numbered = {}
    for level in range(1, 5):
        here = [each for each in locations if each.level == level]
        here.sort(
            key=lambda each: (place.get(each.parent_id or "", -1), each.position, each.name, each.source_key or "")
        )
        for each in here:
            place[each.id] = len(found)
            found.append(each)
    return found


def _locations(locations: Sequence[LocationRow]) -> list[document.Location]:
    place = numbered(each.id for each in locations)
    return [
        part(document.Location, each, parent=place[each.parent_id] if each.parent_id else None) for each in locations
    ]


async def _applications(
    tx: Tx, event_id: EventId, applications: Sequence[ApplicationRow], of_person: Numbered, of_wave: Numbered
) -> list[document.Application]:
    reviews: dict[str, list[document.Review]] = defaultdict(list)
    for review in await queries.list_reviews(tx, event_id):
        made = part(document.Review, review, reviewer=of_person[review.reviewer_id])
        reviews[review.application_id].append(made)
    notes: dict[str, list[document.Note]] = defaultdict(list)
    for note in await queries.list_notes(tx, event_id):
        author = of_person[note.author_id]
        notes[note.application_id].append(document.Note(author=author, text=note.text, at=note.created_at))
    return [
        part(
            document.Application,
            each,
            person=of_person[each.user_id],
            wave=of_wave[each.registration_wave_id] if each.registration_wave_id else None,
            assigned_to=of_person[each.assigned_to] if each.assigned_to else None,
            last_reviewer=of_person[each.last_reviewer_id] if each.last_reviewer_id else None,
            reviews=reviews[each.id],
            notes=notes[each.id],
        )
        for each in applications
    ]


async def _activities(
    tx: Tx, event_id: EventId, applications: Sequence[ApplicationRow], of_thread: Numbered, of_location: Numbered
) -> list[document.Activity]:
    of_participant = numbered(each.participant_id for each in applications)
    signups: dict[str, list[document.SignUp]] = defaultdict(list)
    for row in await queries.list_signups(tx, event_id):
        number = of_participant[row.participant_id]
        signups[row.activity_id].append(part(document.SignUp, row, application=number, at=row.created_at))
    return [
        part(
            document.Activity,
            each,
            thread=of_thread[each.thread_id] if each.thread_id else None,
            location=of_location[each.location_id] if each.location_id else None,
            hosts=_hosts(each, of_participant),
            signups=signups[each.id],
        )
        for each in await queries.list_activities(tx, event_id)
    ]


def _hosts(activity: ActivityRow, of_participant: Numbered) -> list[document.Host]:
    return [
        document.Host(
            display_name=host.display_name,
            application=of_participant[host.participant_id] if host.participant_id else None,
        )
        for host in activity.hosts
    ]


async def _connections(tx: Tx, event_id: EventId, of_person: Numbered) -> list[document.Connection]:
    consents: dict[str, list[document.Consent]] = defaultdict(list)
    for row in await queries.list_consents(tx, event_id):
        consents[row.key].append(part(document.Consent, row, person=of_person[row.user_id]))
    for held in consents.values():
        held.sort(key=lambda each: (each.at, each.person))
    return [
        part(document.Connection, row, connected_by=of_person[row.connected_by], consents=consents[row.key])
        for row in await queries.list_connections(tx, event_id)
    ]
