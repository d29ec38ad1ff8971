"""SQL of events."""

from datetime import UTC, datetime
from typing import Final

from revento.events.events.models import Event, EventRow
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, OrganizationId, UserId

BEGINNING: Final = (datetime(1, 1, 1, tzinfo=UTC), "")

FIND = """
    SELECT e.id, e.organization_id, o.name AS organization_name, o.is_sandbox, e.title, e.description,
           e.publish_status, e.starts_at, e.ends_at, e.time_zone, e.min_age, e.location_name, e.website_url,
           e.answer_within_days, e.published_at, e.archived_at, e.created_at, e.updated_at
      FROM events e
      JOIN organizations o ON o.id = e.organization_id
     WHERE e.id = %(event_id)s
"""


async def find(tx: Tx, event_id: EventId) -> Event | None:
    """One event."""
    return await tx.maybe(Event, FIND, event_id=event_id)


async def get(tx: Tx, event_id: EventId) -> Event:
    """One event. Raises `NoRow`."""
    return await tx.one(Event, FIND, event_id=event_id)


LOCK = """
    SELECT e.id, e.organization_id, o.name AS organization_name, o.is_sandbox, e.title, e.description,
           e.publish_status, e.starts_at, e.ends_at, e.time_zone, e.min_age, e.location_name, e.website_url,
           e.answer_within_days, e.published_at, e.archived_at, e.created_at, e.updated_at
      FROM events e
      JOIN organizations o ON o.id = e.organization_id
     WHERE e.id = %(event_id)s
       FOR UPDATE OF e
"""


async def lock(tx: Tx, event_id: EventId) -> Event:
    """One event, locked. Raises `NoRow`."""
    return await tx.one(Event, LOCK, event_id=event_id)


INSERT = """
    INSERT INTO events (id, organization_id, title, description, starts_at, ends_at, time_zone, min_age,
                        location_name, website_url, source_dialect, source_key, created_at, updated_at)
    VALUES (%(id)s, %(organization_id)s, %(title)s, %(description)s, %(starts_at)s, %(ends_at)s, %(time_zone)s,
            %(min_age)s, %(location_name)s, %(website_url)s, %(source_dialect)s, %(source_key)s, %(now)s, %(now)s)
"""


async def insert(
    tx: Tx,
    id: EventId,
    organization_id: OrganizationId,
    *,
    title: str,
    description: str,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    min_age: str,
    location_name: str | None,
    website_url: str | None,
    source_dialect: str | None,
    source_key: str | None,
    now: datetime,
) -> None:
    """Creates a draft event."""
    await tx.run(
        INSERT,
        id=id,
        organization_id=organization_id,
        title=title,
        description=description,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=time_zone,
        min_age=min_age,
        location_name=location_name,
        website_url=website_url,
        source_dialect=source_dialect,
        source_key=source_key,
        now=now,
    )


UPDATE = """
    UPDATE events
       SET title = %(title)s, description = %(description)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s,
           time_zone = %(time_zone)s, min_age = %(min_age)s, location_name = %(location_name)s,
           website_url = %(website_url)s, updated_at = %(now)s
     WHERE id = %(event_id)s
"""


async def update(
    tx: Tx,
    event_id: EventId,
    *,
    title: str,
    description: str,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    min_age: str,
    location_name: str | None,
    website_url: str | None,
    now: datetime,
) -> None:
    """Changes what people read about the event."""
    await tx.run(
        UPDATE,
        event_id=event_id,
        title=title,
        description=description,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=time_zone,
        min_age=min_age,
        location_name=location_name,
        website_url=website_url,
        now=now,
    )


SET_HABITS = """
    UPDATE events SET answer_within_days = %(answer_within_days)s, is_template = %(is_template)s
     WHERE id = %(event_id)s
"""


async def set_habits(tx: Tx, event_id: EventId, *, answer_within_days: int, is_template: bool) -> None:
    """How soon applicants get an answer, and whether new events may be made after this one; no wire shape has it."""
    await tx.run(SET_HABITS, event_id=event_id, answer_within_days=answer_within_days, is_template=is_template)


SET_PUBLISHED = """
    UPDATE events SET publish_status = 'published', published_at = coalesce(published_at, %(now)s), updated_at = %(now)s
     WHERE id = %(event_id)s
"""


async def set_published(tx: Tx, event_id: EventId, *, now: datetime) -> None:
    """Shows the event to everybody."""
    await tx.run(SET_PUBLISHED, event_id=event_id, now=now)


SET_CHANGED = "UPDATE events SET updated_at = %(now)s WHERE id = %(event_id)s"


async def set_changed(tx: Tx, event_id: EventId, *, now: datetime) -> None:
    """Something of the event's resource that lies in another table has changed."""
    await tx.run(SET_CHANGED, event_id=event_id, now=now)


SET_ARCHIVED = """
    UPDATE events SET publish_status = 'archived', archived_at = %(now)s, updated_at = %(now)s WHERE id = %(event_id)s
"""


async def set_archived(tx: Tx, event_id: EventId, *, now: datetime) -> None:
    """Closes the event for good."""
    await tx.run(SET_ARCHIVED, event_id=event_id, now=now)


LIST_BY_MEMBER = """
    SELECT e.id, e.organization_id, o.name AS organization_name, e.title, e.publish_status, e.starts_at, e.ends_at,
           e.time_zone, e.location_name
      FROM memberships m
      JOIN organizations o ON o.id = m.organization_id
      JOIN events e ON e.organization_id = o.id
     WHERE m.user_id = %(user_id)s
       AND (%(organization_id)s::text IS NULL OR o.id = %(organization_id)s)
       AND (%(search)s::text IS NULL OR strpos(lower(e.title), lower(%(search)s)) > 0)
     ORDER BY e.starts_at DESC, e.id
     LIMIT 200
"""


async def list_by_member(
    tx: Tx, user_id: UserId, *, organization_id: OrganizationId | None = None, search: str | None = None
) -> list[EventRow]:
    """The events of the organizations that a person works for, the latest first."""
    return await tx.all(
        EventRow, LIST_BY_MEMBER, user_id=user_id, organization_id=organization_id, search=search or None
    )


LIST_CONNECTABLE = """
    SELECT e.id, e.organization_id, o.name AS organization_name, e.title, e.publish_status, e.starts_at, e.ends_at,
           e.time_zone, e.location_name
      FROM memberships m
      JOIN organizations o ON o.id = m.organization_id
      JOIN events e ON e.organization_id = o.id
     WHERE m.user_id = %(user_id)s AND m.role = ANY (%(roles)s) AND o.is_sandbox = %(is_sandbox)s
       AND o.kind = 'formal' AND o.verification_status = 'verified' AND e.archived_at IS NULL
     ORDER BY e.starts_at, e.id
     LIMIT 200
"""


async def list_connectable(tx: Tx, user_id: UserId, *, roles: list[str], is_sandbox: bool) -> list[EventRow]:
    """The events to which a person may connect an integration of that environment."""
    return await tx.all(EventRow, LIST_CONNECTABLE, user_id=user_id, roles=roles, is_sandbox=is_sandbox)


LIST_PUBLISHED = """
    SELECT e.id, e.organization_id, o.name AS organization_name, e.title, e.publish_status, e.starts_at, e.ends_at,
           e.time_zone, e.location_name
      FROM events e
      JOIN organizations o ON o.id = e.organization_id
     WHERE e.publish_status = 'published' AND e.ends_at > %(now)s
       AND (e.starts_at, e.id) > (%(after_at)s, %(after_id)s)
       AND (%(search)s::text IS NULL OR strpos(lower(e.title || ' ' || coalesce(e.location_name, '')),
                                               lower(%(search)s)) > 0)
     ORDER BY e.starts_at, e.id
     LIMIT %(limit)s
"""


async def list_published(
    tx: Tx, *, search: str | None = None, after: tuple[datetime, str] = BEGINNING, limit: int = 100, now: datetime
) -> list[EventRow]:
    """What is open to everybody and not over yet, the next first, from a position on."""
    return await tx.all(
        EventRow,
        LIST_PUBLISHED,
        search=search or None,
        after_at=after[0],
        after_id=after[1],
        limit=limit,
        now=now,
    )


LIST_BY_PARTICIPANT = """
    SELECT e.id, e.organization_id, o.name AS organization_name, e.title, e.publish_status, e.starts_at, e.ends_at,
           e.time_zone, e.location_name
      FROM participants p
      JOIN events e ON e.id = p.event_id
      JOIN organizations o ON o.id = e.organization_id
     WHERE p.user_id = %(user_id)s
     ORDER BY e.starts_at DESC, e.id
     LIMIT 200
"""


async def list_by_participant(tx: Tx, user_id: UserId) -> list[EventRow]:
    """The events for which a person has an application."""
    return await tx.all(EventRow, LIST_BY_PARTICIPANT, user_id=user_id)
