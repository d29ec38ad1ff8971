"""SQL of threads and locations."""

from datetime import datetime

from revento.events.program.models import Location, Thread
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, LocationId, ThreadId

# Serves GET /events/{event_id}/threads; index threads_page.
PAGE_THREADS = """
    SELECT id, event_id, title, description, color, position, created_at, updated_at
      FROM threads
     WHERE event_id = %(event_id)s
       AND (created_at, id) > (%(after_at)s, %(after_id)s)
       AND (%(updated_since)s::timestamptz IS NULL OR updated_at >= %(updated_since)s)
     ORDER BY created_at, id
     LIMIT %(limit)s
"""


async def page_threads(
    tx: Tx, event_id: EventId, after: tuple[datetime, str], *, updated_since: datetime | None = None, limit: int
) -> list[Thread]:
    """Threads from a position on, in order of creation."""
    return await tx.all(
        Thread,
        PAGE_THREADS,
        event_id=event_id,
        after_at=after[0],
        after_id=after[1],
        updated_since=updated_since,
        limit=limit,
    )


LIST_THREADS = """
    SELECT id, event_id, title, description, color, position, created_at, updated_at
      FROM threads WHERE event_id = %(event_id)s ORDER BY position, created_at, id
"""


async def list_threads(tx: Tx, event_id: EventId) -> list[Thread]:
    """All threads, in the organizer's order."""
    return await tx.all(Thread, LIST_THREADS, event_id=event_id)


PUT_THREAD = """
    INSERT INTO threads (event_id, id, title, description, color, position, created_at, updated_at)
    VALUES (%(event_id)s, %(id)s, %(title)s, %(description)s, %(color)s, %(position)s, %(now)s, %(now)s)
    ON CONFLICT (event_id, id) DO UPDATE
       SET title = EXCLUDED.title, description = EXCLUDED.description, color = EXCLUDED.color,
           position = EXCLUDED.position, updated_at = EXCLUDED.updated_at
"""


async def put_thread(
    tx: Tx,
    event_id: EventId,
    id: ThreadId,
    *,
    title: str,
    description: str,
    color: str,
    position: int,
    now: datetime,
) -> None:
    """Adds a thread or changes it."""
    await tx.run(
        PUT_THREAD,
        event_id=event_id,
        id=id,
        title=title,
        description=description,
        color=color,
        position=position,
        now=now,
    )


DROP_THREAD = "DELETE FROM threads WHERE event_id = %(event_id)s AND id = %(id)s"


async def drop_thread(tx: Tx, event_id: EventId, id: ThreadId) -> int:
    """Takes a thread away. Raises `ForeignKeyViolation` while activities belong to it."""
    return await tx.run(DROP_THREAD, event_id=event_id, id=id)


# Serves GET /events/{event_id}/locations; index locations_page.
PAGE_LOCATIONS = """
    SELECT id, event_id, parent_id, kind, name, capacity, accessibility, position, created_at, updated_at
      FROM locations
     WHERE event_id = %(event_id)s
       AND (created_at, id) > (%(after_at)s, %(after_id)s)
       AND (%(updated_since)s::timestamptz IS NULL OR updated_at >= %(updated_since)s)
     ORDER BY created_at, id
     LIMIT %(limit)s
"""


async def page_locations(
    tx: Tx, event_id: EventId, after: tuple[datetime, str], *, updated_since: datetime | None = None, limit: int
) -> list[Location]:
    """Locations from a position on, in order of creation."""
    return await tx.all(
        Location,
        PAGE_LOCATIONS,
        event_id=event_id,
        after_at=after[0],
        after_id=after[1],
        updated_since=updated_since,
        limit=limit,
    )


LIST_LOCATIONS = """
    SELECT id, event_id, parent_id, kind, name, capacity, accessibility, position, created_at, updated_at
      FROM locations WHERE event_id = %(event_id)s ORDER BY level, position, name, id
"""


async def list_locations(tx: Tx, event_id: EventId) -> list[Location]:
    """All locations, parents before children."""
    return await tx.all(Location, LIST_LOCATIONS, event_id=event_id)


PUT_LOCATION = """
    INSERT INTO locations (event_id, id, parent_id, parent_level, kind, name, capacity, accessibility, position,
                           created_at, updated_at)
    VALUES (%(event_id)s, %(id)s, %(parent_id)s,
            (SELECT level FROM locations WHERE event_id = %(event_id)s AND id = %(parent_id)s),
            %(kind)s, %(name)s, %(capacity)s, %(accessibility)s, %(position)s, %(now)s, %(now)s)
    ON CONFLICT (event_id, id) DO UPDATE
       SET parent_id = EXCLUDED.parent_id, parent_level = EXCLUDED.parent_level, kind = EXCLUDED.kind,
           name = EXCLUDED.name, capacity = EXCLUDED.capacity, accessibility = EXCLUDED.accessibility,
           position = EXCLUDED.position, updated_at = EXCLUDED.updated_at
"""


async def put_location(
    tx: Tx,
    event_id: EventId,
    id: LocationId,
    *,
    parent_id: LocationId | None,
    kind: str,
    name: str,
    capacity: int | None,
    accessibility: str,
    position: int,
    now: datetime,
) -> None:
    """Adds a location or changes it. Raises `CheckViolation` when it would not lie below its parent."""
    await tx.run(
        PUT_LOCATION,
        event_id=event_id,
        id=id,
        parent_id=parent_id,
        kind=kind,
        name=name,
        capacity=capacity,
        accessibility=accessibility,
        position=position,
        now=now,
    )


DROP_LOCATION = "DELETE FROM locations WHERE event_id = %(event_id)s AND id = %(id)s"


async def drop_location(tx: Tx, event_id: EventId, id: LocationId) -> int:
    """Takes a location away. Raises `ForeignKeyViolation` while something is in it."""
    return await tx.run(DROP_LOCATION, event_id=event_id, id=id)
