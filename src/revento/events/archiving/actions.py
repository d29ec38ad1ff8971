"""The doors of archives: a whole event as a file, and a file as a whole event, all of it or nothing."""

from datetime import datetime

from revento.events.archiving import box, collecting, restoring, rules
from revento.events.archiving.document import Archive, Gathering, Label
from revento.events.archiving.models import Numbers, Restored
from revento.events.archiving.writing import queries
from revento.events.events import actions as events
from revento.events.importing import queries as importing
from revento.identity import proofs
from revento.identity.audit import actions as audit
from revento.identity.proofs import OrganizationMember, Organizer
from revento.identity.users import actions as users
from revento.identity.users import queries as user_rows
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId


async def write(tx: Tx, organizer: Organizer, *, made_by: str, now: datetime) -> bytes:
    """The whole event as a file. Who took it out is noted. `made_by` is the address of this Revento."""
    archive = await collecting.collect(tx, organizer.event_id)
    await audit.note(
        tx,
        organizer.user_id,
        "event.archive_made",
        organizer.event_id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
        people=len(archive.people),
    )
    return box.pack(archive, made_by=made_by, now=now)


def read(raw: bytes) -> tuple[Label, Archive]:
    """What a file holds, checked as a whole. Raises `INVALID_INPUT` with the path of what is wrong."""
    label, archive = box.unpack(raw)
    rules.check(archive)
    return label, archive


async def numbers(tx: Tx, label: Label, archive: Archive) -> Numbers:
    """What an archive holds, and how many of its people have an account here. Writes nothing."""
    known = [await user_rows.find_by_email(tx, each.email) for each in archive.people if each.email]
    return Numbers(
        title=archive.event.title,
        publish_status=archive.event.publish_status,
        made_by=label.made_by,
        made_at=label.made_at,
        people=len(archive.people),
        known=sum(each is not None for each in known),
        applications=len(archive.applications),
        activities=len(archive.activities),
        threads=len(archive.threads),
        locations=len(archive.locations),
        questions=len(archive.questions),
        waves=len(archive.waves),
        pages=len(archive.pages),
        signups=sum(len(each.signups) for each in archive.activities),
        consents=sum(len(each.consents) for each in archive.connections),
        integrations=[each.integration for each in archive.connections],
    )


async def restore(
    tx: Tx,
    member: OrganizationMember,
    label: Label,
    archive: Archive,
    *,
    title: str | None = None,
    as_draft: bool,
    now: datetime,
) -> Restored:
    """Makes the event of an archive: people by their address, or new accounts without a password; nobody gets mail.

    With `as_draft` nobody outside the team sees it until it is published. Connections and consents become records.
    Raises `INVALID_INPUT`.
    """
    rules.check(archive)
    await importing.be_patient(tx)
    told = await numbers(tx, label, archive)
    people = [await _person(tx, each.email, each.name, now=now) for each in archive.people]
    event_id = await _event(tx, member, archive.event, title, now=now)
    organizer = await proofs.as_organizer(tx, member.user_id, event_id)
    days, template = archive.event.answer_within_days, archive.event.is_template
    await events.set_habits(tx, organizer, answer_within_days=days, is_template=template, now=now)
    waves = await restoring.put_registration(tx, organizer, archive, now=now)
    participants = await restoring.put_applications(tx, organizer, archive, people, waves, now)
    planner = await proofs.as_planner(tx, member.user_id, event_id)
    await restoring.put_program(tx, planner, archive, participants, now=now)
    await restoring.put_pages(tx, organizer, archive, now=now)
    await restoring.put_records(tx, organizer, archive, people)
    await queries.keep_state(tx, event_id, status="draft" if as_draft else archive.event.publish_status, now=now)
    await audit.note(
        tx,
        member.user_id,
        "event.restored",
        event_id,
        event_id=event_id,
        organization_id=member.organization_id,
        now=now,
        made_by=label.made_by,
        people=len(people),
    )
    return Restored(event_id=event_id, created_people=told.people - told.known, numbers=told)


async def _event(tx: Tx, member: OrganizationMember, event: Gathering, title: str | None, *, now: datetime) -> EventId:
    facts = events.EventFacts(
        title=title or event.title,
        description=event.description,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        time_zone=event.time_zone,
        min_age=event.min_age,
        location_name=event.location_name,
        website_url=event.website_url,
    )
    dialect, key = event.source_dialect, event.source_key
    return await events.create(tx, member, facts, source_dialect=dialect, source_key=key, now=now)


async def _person(tx: Tx, email: str | None, name: str, *, now: datetime) -> UserId:
    return await users.known_or_new(tx, email, name, now=now) if email else await users.pseudonym(tx, name, now=now)
