"""SQL of activities: reading them, and changing one. Threads and locations are in `places`."""

from datetime import datetime
from typing import Final, LiteralString

from revento.events.program.models import Activity, ActivityFacts, Booking, Host
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId, ParticipantId
from revento.kernel.reader import join

# An activity with its hosts: the columns of `Activity`, for every statement that reads one.
ACTIVITY: Final[LiteralString] = """
    SELECT a.id, a.event_id, a.thread_id, a.location_id, a.title, a.description, a.status, a.is_published, a.starts_at,
           a.ends_at, a.min_age, a.language,
           coalesce((SELECT jsonb_agg(jsonb_build_object('participant_id', h.participant_id,
                                                         'display_name', h.display_name) ORDER BY h.position)
                       FROM activity_hosts h WHERE h.event_id = a.event_id AND h.activity_id = a.id), '[]') AS hosts,
           a.capacity, a.signups_open, a.signup_count, a.waitlist_count, a.version, a.created_at, a.updated_at
      FROM activities a
"""

# Serves GET /events/{event_id}/activities; index activities_page (event_id, created_at, id) WHERE is_published.
PAGE_ACTIVITIES: Final = join(
    ACTIVITY,
    """
     WHERE a.event_id = %(event_id)s AND a.is_published
       AND (a.created_at, a.id) > (%(after_at)s, %(after_id)s)
       AND (%(thread_id)s::text IS NULL OR a.thread_id = %(thread_id)s)
       AND (%(location_id)s::text IS NULL OR a.location_id = %(location_id)s)
       AND (%(status)s::text IS NULL OR a.status = %(status)s)
       AND (%(day_from)s::timestamptz IS NULL OR (a.starts_at >= %(day_from)s AND a.starts_at < %(day_to)s))
       AND (%(updated_since)s::timestamptz IS NULL OR a.updated_at >= %(updated_since)s)
     ORDER BY a.created_at, a.id
     LIMIT %(limit)s
""",
)


async def page_activities(
    tx: Tx,
    event_id: EventId,
    after: tuple[datetime, str],
    *,
    thread_id: str | None = None,
    location_id: str | None = None,
    status: str | None = None,
    day: tuple[datetime, datetime] | None = None,
    updated_since: datetime | None = None,
    limit: int,
) -> list[Activity]:
    """Published activities from a position on, in order of creation. `day` is a half-open span of time."""
    return await tx.all(
        Activity,
        PAGE_ACTIVITIES,
        event_id=event_id,
        after_at=after[0],
        after_id=after[1],
        thread_id=thread_id,
        location_id=location_id,
        status=status,
        day_from=day[0] if day else None,
        day_to=day[1] if day else None,
        updated_since=updated_since,
        limit=limit,
    )


# Serves the program document, the grid and the exports; index activities_by_start.
LIST_ACTIVITIES: Final = join(
    ACTIVITY,
    """
     WHERE a.event_id = %(event_id)s AND (a.is_published OR %(drafts)s)
       AND (%(starts_from)s::timestamptz IS NULL OR (a.starts_at >= %(starts_from)s AND a.starts_at < %(starts_to)s))
     ORDER BY a.starts_at, a.id
""",
)


async def list_activities(
    tx: Tx, event_id: EventId, *, drafts: bool = False, span: tuple[datetime, datetime] | None = None
) -> list[Activity]:
    """The program by start; with `drafts` what nobody else sees yet. `span` is half-open."""
    return await tx.all(
        Activity,
        LIST_ACTIVITIES,
        event_id=event_id,
        drafts=drafts,
        starts_from=span[0] if span else None,
        starts_to=span[1] if span else None,
    )


# Serves what counts and compares all of an event's activities, where reading them whole would cost five times as much.
LIST_BOOKINGS: Final = """
    SELECT a.id, a.title, a.status, a.is_published, a.starts_at, a.ends_at, a.location_id,
           coalesce(h.hosts, '{}') AS hosts
      FROM activities a
      LEFT JOIN (SELECT activity_id, array_agg(coalesce(participant_id, display_name)) AS hosts
                   FROM activity_hosts WHERE event_id = %(event_id)s GROUP BY activity_id) h ON h.activity_id = a.id
     WHERE a.event_id = %(event_id)s
     ORDER BY a.starts_at, a.id
"""


async def list_bookings(tx: Tx, event_id: EventId) -> list[Booking]:
    """What every activity takes up, drafts and cancelled ones too, by start."""
    return await tx.all(Booking, LIST_BOOKINGS, event_id=event_id)


FIND_ACTIVITY: Final = join(
    ACTIVITY,
    """
     WHERE a.event_id = %(event_id)s AND a.id = %(id)s
""",
)


async def find_activity(tx: Tx, event_id: EventId, id: ActivityId) -> Activity | None:
    """One activity, draft or not."""
    return await tx.maybe(Activity, FIND_ACTIVITY, event_id=event_id, id=id)


LOCK_ACTIVITY: Final = join(
    ACTIVITY,
    """
     WHERE a.event_id = %(event_id)s AND a.id = %(id)s
       FOR UPDATE OF a
""",
)


async def lock_activity(tx: Tx, event_id: EventId, id: ActivityId) -> Activity:
    """One activity, locked. Raises `NoRow`."""
    return await tx.one(Activity, LOCK_ACTIVITY, event_id=event_id, id=id)


INSERT_ACTIVITY = """
    INSERT INTO activities (event_id, id, thread_id, location_id, title, description, is_published, starts_at,
                            ends_at, min_age, language, capacity, signups_open, created_at, updated_at)
    VALUES (%(event_id)s, %(id)s, %(thread_id)s, %(location_id)s, %(title)s, %(description)s, %(is_published)s,
            %(starts_at)s, %(ends_at)s, %(min_age)s, %(language)s, %(capacity)s, %(signups_open)s, %(now)s, %(now)s)
"""


async def insert_activity(
    tx: Tx, event_id: EventId, id: ActivityId, facts: ActivityFacts, *, is_published: bool, now: datetime
) -> None:
    """Adds an activity with its hosts."""
    await tx.run(INSERT_ACTIVITY, event_id=event_id, id=id, is_published=is_published, now=now, **_columns(facts))
    await put_hosts(tx, event_id, id, facts.hosts)


UPDATE_ACTIVITY = """
    UPDATE activities
       SET thread_id = %(thread_id)s, location_id = %(location_id)s, title = %(title)s,
           description = %(description)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s, min_age = %(min_age)s,
           language = %(language)s, capacity = %(capacity)s, signups_open = %(signups_open)s,
           version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def update_activity(tx: Tx, event_id: EventId, id: ActivityId, facts: ActivityFacts, *, now: datetime) -> None:
    """Changes an activity and its hosts."""
    await tx.run(UPDATE_ACTIVITY, event_id=event_id, id=id, now=now, **_columns(facts))
    await put_hosts(tx, event_id, id, facts.hosts)


def _columns(facts: ActivityFacts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in facts.__struct_fields__ if name != "hosts"}


SET_STATE = """
    UPDATE activities
       SET status = %(status)s, is_published = %(is_published)s, version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def set_state(
    tx: Tx, event_id: EventId, id: ActivityId, *, status: str, is_published: bool, now: datetime
) -> None:
    """Publishes, cancels, reinstates."""
    await tx.run(SET_STATE, event_id=event_id, id=id, status=status, is_published=is_published, now=now)


DROP_ACTIVITY = "DELETE FROM activities WHERE event_id = %(event_id)s AND id = %(id)s"


async def drop_activity(tx: Tx, event_id: EventId, id: ActivityId) -> int:
    """Takes an activity away, with its hosts and sign-ups."""
    return await tx.run(DROP_ACTIVITY, event_id=event_id, id=id)


DROP_HOSTS = "DELETE FROM activity_hosts WHERE event_id = %(event_id)s AND activity_id = %(activity_id)s"
INSERT_HOST = """
    INSERT INTO activity_hosts (event_id, activity_id, position, participant_id, display_name)
    VALUES (%(event_id)s, %(activity_id)s, %(position)s, %(participant_id)s, %(display_name)s)
"""


async def put_hosts(tx: Tx, event_id: EventId, activity_id: ActivityId, hosts: tuple[Host, ...]) -> None:
    """Replaces the hosts, in this order."""
    await tx.run(DROP_HOSTS, event_id=event_id, activity_id=activity_id)
    rows = [
        {
            "event_id": event_id,
            "activity_id": activity_id,
            "position": position,
            "participant_id": host.participant_id,
            "display_name": host.display_name,
        }
        for position, host in enumerate(hosts)
    ]
    await tx.run_many(INSERT_HOST, rows)


# Index activity_hosts_by_participant.
LOCK_HOSTED: Final = join(
    ACTIVITY,
    """
     WHERE a.event_id = %(event_id)s
       AND a.id IN (SELECT activity_id FROM activity_hosts
                     WHERE event_id = %(event_id)s AND participant_id = %(participant_id)s
                       AND display_name <> %(display_name)s)
     ORDER BY a.id
       FOR UPDATE OF a
""",
)


async def lock_hosted(tx: Tx, event_id: EventId, participant_id: ParticipantId, *, other_than: str) -> list[Activity]:
    """The activities, locked, that show this host under another name than that, drafts too."""
    return await tx.all(
        Activity, LOCK_HOSTED, event_id=event_id, participant_id=participant_id, display_name=other_than
    )


SET_HOST_NAME = """
    WITH renamed AS (
        UPDATE activity_hosts SET display_name = %(display_name)s
         WHERE event_id = %(event_id)s AND participant_id = %(participant_id)s AND display_name <> %(display_name)s
        RETURNING activity_id
    )
    UPDATE activities SET version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id IN (SELECT activity_id FROM renamed)
"""


async def set_host_name(
    tx: Tx, event_id: EventId, participant_id: ParticipantId, display_name: str, *, now: datetime
) -> None:
    """Calls a host otherwise in every activity; to a planner who looks at one, it has changed."""
    await tx.run(SET_HOST_NAME, event_id=event_id, participant_id=participant_id, display_name=display_name, now=now)


UPDATED_AT = """
    SELECT greatest(e.updated_at,
                    (SELECT max(updated_at) FROM activities WHERE event_id = e.id AND is_published),
                    (SELECT max(updated_at) FROM threads WHERE event_id = e.id),
                    (SELECT max(updated_at) FROM locations WHERE event_id = e.id))
      FROM events e WHERE e.id = %(event_id)s
"""


async def updated_at(tx: Tx, event_id: EventId) -> datetime:
    """When anything in the published program last changed."""
    return await tx.one(datetime, UPDATED_AT, event_id=event_id)
