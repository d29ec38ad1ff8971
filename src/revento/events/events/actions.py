"""The doors through which an event changes. Archiving ends other things too, so its door is in `endings`."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import available_timezones

import msgspec

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.contract.v1.event import MinAge
from revento.events.events import queries, shapes
from revento.events.events.models import Event
from revento.events.forms import queries as forms
from revento.events.forms.models import FormField
from revento.identity.audit import actions as audit
from revento.identity.proofs import OrganizationMember, Organizer
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import EventId
from revento.webhooks.outbox import actions as outbox


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What people read about an event. `time_zone` is an IANA name."""

    title: str
    description: str = ""
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    min_age: MinAge = "age_all"
    location_name: str | None = None
    website_url: str | None = None


async def create(
    tx: Tx,
    member: OrganizationMember,
    facts: EventFacts,
    *,
    now: datetime,
    id: EventId | None = None,
    source_dialect: str | None = None,
    source_key: str | None = None,
) -> EventId:
    """Creates a draft event of the member's organization. Raises `INVALID_INPUT` naming the field."""
    _check(facts)
    known = id or EventId(ids.new("evt"))
    await queries.insert(
        tx,
        known,
        member.organization_id,
        source_dialect=source_dialect,
        source_key=source_key,
        now=now,
        **msgspec.structs.asdict(facts),
    )
    await audit.note(
        tx,
        member.user_id,
        "event.created",
        known,
        event_id=known,
        organization_id=member.organization_id,
        now=now,
        title=facts.title,
    )
    return known


async def edit(tx: Tx, organizer: Organizer, facts: EventFacts, *, now: datetime) -> Event:
    """Changes the event's facts and tells integrations when it is published.

    Raises `EVENT_ARCHIVED`, `INVALID_INPUT` naming the field.
    """
    before = await queries.lock(tx, organizer.event_id)
    if before.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    _check(facts)
    wanted = msgspec.structs.asdict(facts)
    changed = [name for name, value in wanted.items() if getattr(before, name) != value]
    if not changed:
        return before
    await queries.update(tx, organizer.event_id, now=now, **wanted)
    await _note(tx, organizer, "event.edited", now=now)
    return await _tell(tx, organizer.event_id, changed, now=now)


async def set_habits(
    tx: Tx, organizer: Organizer, *, answer_within_days: int, is_template: bool, now: datetime
) -> None:
    """Promises applicants an answer within so many days, and offers the event as a template. Raises `INVALID_INPUT`."""
    if not 1 <= answer_within_days <= 90:
        raise Refused(errors.INVALID_INPUT, "Expected a number of days from 1 to 90.", field="answer_within_days")
    await queries.set_habits(tx, organizer.event_id, answer_within_days=answer_within_days, is_template=is_template)
    await _note(tx, organizer, "event.habits_changed", now=now)


async def publish(tx: Tx, organizer: Organizer, *, now: datetime) -> Event:
    """Shows the event to everybody. Raises `EVENT_ARCHIVED`; publishing twice changes nothing."""
    event = await queries.lock(tx, organizer.event_id)
    if event.archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
    if event.publish_status == "published":
        return event
    await queries.set_published(tx, organizer.event_id, now=now)
    await _note(tx, organizer, "event.published", now=now)
    return await _tell(tx, organizer.event_id, ["publish_status"], now=now)


async def tell_form(tx: Tx, event_id: EventId, before: Sequence[FormField], *, now: datetime) -> None:
    """Tells integrations when what they see of the form is other than it was: its questions are the event's."""
    if shapes.definitions(before) != shapes.definitions(await forms.list_fields(tx, event_id)):
        await queries.set_changed(tx, event_id, now=now)
        await _tell(tx, event_id, ["custom_form_field_definitions"], now=now)


async def _tell(tx: Tx, event_id: EventId, changed: list[str], *, now: datetime) -> Event:
    event = await queries.get(tx, event_id)
    if event.publish_status != "draft":
        data = shapes.event_updated(event, await forms.list_fields(tx, event_id), changed)
        await outbox.put(
            tx, topics.EVENT_UPDATED, event_id=event_id, organization_id=event.organization_id, data=data, now=now
        )
    return event


def _check(facts: EventFacts) -> None:
    if not facts.title.strip():
        raise Refused(errors.INVALID_INPUT, "An event needs a title.", field="title")
    if facts.ends_at < facts.starts_at:
        raise Refused(errors.INVALID_INPUT, "An event ends after it starts.", field="ends_at")
    if facts.time_zone not in available_timezones():
        raise Refused(errors.INVALID_INPUT, "Expected an IANA time zone such as Europe/Berlin.", field="time_zone")


async def _note(tx: Tx, organizer: Organizer, action: str, *, now: datetime) -> None:
    await audit.note(
        tx,
        organizer.user_id,
        action,
        organizer.event_id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
    )
