"""An archive into the database: new ids for its positions, every row with the time that it had."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from revento.events.archiving.document import Activity, Archive
from revento.events.archiving.writing import queries
from revento.events.forms import actions as forms
from revento.events.forms.models import FormField
from revento.events.importing import queries as sources
from revento.events.program.batches import actions as batches
from revento.events.program.batches.models import Brought
from revento.events.program.models import ActivityFacts, Host
from revento.events.program.places import actions as places
from revento.events.waves import actions as waves
from revento.identity.proofs import Organizer, Planner
from revento.kernel import ids
from revento.kernel.db import Json, Tx
from revento.kernel.ids import ActivityId, LocationId, ParticipantId, ThreadId, UserId, WaveId

T = TypeVar("T")


def plain(part: msgspec.Struct) -> dict[str, Any]:
    """The fields of a part as a row's columns."""
    return {name: getattr(part, name) for name in part.__struct_fields__}


def at(there: Sequence[T], ref: int | None) -> T | None:
    """What a position names."""
    return None if ref is None else there[ref]


async def put_registration(tx: Tx, organizer: Organizer, archive: Archive, *, now: datetime) -> list[WaveId]:
    """Questions and waves; the ids of the waves."""
    for position, question in enumerate(archive.questions):
        field = FormField(event_id=organizer.event_id, position=position, **plain(question))
        await forms.put_field(tx, organizer, field, now=now)
    return [await waves.put_wave(tx, organizer, id=None, now=now, **plain(wave)) for wave in archive.waves]


async def put_applications(
    tx: Tx,
    organizer: Organizer,
    archive: Archive,
    people: Sequence[UserId],
    known_waves: Sequence[WaveId],
    now: datetime,
) -> list[ParticipantId]:
    """Applications with participants, decisions and remarks; the ids of the participants."""
    rows: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for each in archive.applications:
        row = plain(each) | {
            "event_id": organizer.event_id,
            "id": ids.new("app"),
            "participant_id": ids.new("ptp"),
            "user_id": people[each.person],
            "answers": Json(each.answers),
            "wave_id": at(known_waves, each.wave),
            "assigned_to": at(people, each.assigned_to),
            "last_reviewer_id": at(people, each.last_reviewer),
            "now": now,
        }
        rows.append(row)
        of = {"event_id": organizer.event_id, "application_id": row["id"]}
        for review in each.reviews:
            reviews.append(plain(review) | of | {"id": ids.new("rev"), "reviewer_id": people[review.reviewer]})
        for note in each.notes:
            notes.append(plain(note) | of | {"id": ids.new("note"), "author_id": people[note.author]})
    await queries.insert_applications(tx, rows)
    await queries.insert_reviews(tx, reviews)
    await queries.insert_notes(tx, notes)
    return [row["participant_id"] for row in rows]


async def put_program(
    tx: Tx, planner: Planner, archive: Archive, participants: Sequence[ParticipantId], *, now: datetime
) -> None:
    """Threads, locations, activities, hosts and sign-ups."""
    threads: list[ThreadId] = []
    for position, thread in enumerate(archive.threads):
        kept = {name: value for name, value in plain(thread).items() if name != "source_key"}
        threads.append(await places.put_thread(tx, planner, id=None, position=position, now=now, **kept))
    locations: list[LocationId] = []
    for position, location in enumerate(archive.locations):
        kept = {name: value for name, value in plain(location).items() if name not in ("source_key", "parent")}
        above = at(locations, location.parent)
        made = await places.put_location(tx, planner, id=None, parent_id=above, position=position, now=now, **kept)
        locations.append(made)
    await sources.name_threads(tx, planner.event_id, _sources(threads, archive.threads))
    await sources.name_places(tx, planner.event_id, _sources(locations, archive.locations))
    made = [ActivityId(ids.new("act")) for _ in archive.activities]
    brought = [
        _brought(id, each, threads, locations, participants) for id, each in zip(made, archive.activities, strict=True)
    ]
    await batches.create(tx, planner, brought, now=now)
    await queries.insert_signups(
        tx,
        planner.event_id,
        [
            plain(one)
            | {"event_id": planner.event_id, "activity_id": id, "participant_id": participants[one.application]}
            for id, each in zip(made, archive.activities, strict=True)
            for one in each.signups
        ],
    )


def _sources(made: Sequence[str], parts: Sequence[Any]) -> dict[str, str]:
    return {id: each.source_key for id, each in zip(made, parts, strict=True) if each.source_key}


def _brought(
    id: ActivityId,
    each: Activity,
    threads: Sequence[ThreadId],
    locations: Sequence[LocationId],
    participants: Sequence[ParticipantId],
) -> Brought:
    facts = ActivityFacts(
        title=each.title,
        description=each.description,
        thread_id=at(threads, each.thread),
        location_id=at(locations, each.location),
        starts_at=each.starts_at,
        ends_at=each.ends_at,
        min_age=each.min_age,
        language=each.language,
        capacity=each.capacity,
        signups_open=each.signups_open,
        hosts=tuple(Host(host.display_name, at(participants, host.application)) for host in each.hosts),
    )
    return Brought(
        id=id,
        facts=facts,
        status=each.status,
        is_published=each.is_published,
        tags=tuple(each.tags),
        source_dialect=each.source_dialect,
        source_key=each.source_key,
        source_names=tuple(each.source_names),
        source_slot=each.source_slot,
    )


async def put_pages(tx: Tx, organizer: Organizer, archive: Archive, *, now: datetime) -> None:
    """The event's own pages."""
    rows = [
        plain(page) | {"event_id": organizer.event_id, "id": ids.new("wvp"), "position": number, "now": now}
        for number, page in enumerate(archive.pages, 1)
    ]
    await queries.insert_pages(tx, rows)


async def put_records(tx: Tx, organizer: Organizer, archive: Archive, people: Sequence[UserId]) -> None:
    """Connections and consents of where the event came from, as records."""
    of: Callable[[int], UserId] = people.__getitem__
    connections = [
        plain(each) | {"event_id": organizer.event_id, "position": number, "connected_by": of(each.connected_by)}
        for number, each in enumerate(archive.connections)
    ]
    consents = [
        plain(consent)
        | {"event_id": organizer.event_id, "connection": number, "position": place, "user_id": of(consent.person)}
        for number, each in enumerate(archive.connections)
        for place, consent in enumerate(each.consents)
    ]
    await queries.insert_connections(tx, connections, consents)
