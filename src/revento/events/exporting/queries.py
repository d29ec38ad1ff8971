"""SQL of exports."""

from revento.events.events import queries as events
from revento.events.exporting.models import Item, Whole
from revento.events.program.places import queries as places
from revento.kernel.db import Tx
from revento.kernel.ids import EventId

LIST_ITEMS = """
    SELECT a.id, a.title, a.description, a.status, a.starts_at, a.ends_at, a.thread_id, a.location_id, a.min_age,
           a.language, a.capacity, a.signup_count, a.waitlist_count,
           ARRAY(SELECT h.display_name FROM activity_hosts h
                  WHERE h.event_id = a.event_id AND h.activity_id = a.id ORDER BY h.position) AS hosts,
           a.tags, a.source_names, a.updated_at
      FROM activities a
     WHERE a.event_id = %(event_id)s AND a.is_published
     ORDER BY a.starts_at, a.id
"""


async def whole(tx: Tx, event_id: EventId) -> Whole:
    """The published program. Raises `NoRow`."""
    return Whole(
        await events.get(tx, event_id),
        await places.list_threads(tx, event_id),
        await places.list_locations(tx, event_id),
        await tx.all(Item, LIST_ITEMS, event_id=event_id),
    )
