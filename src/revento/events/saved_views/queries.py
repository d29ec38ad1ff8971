"""SQL of saved views."""

from datetime import datetime

from revento.events.saved_views.models import SavedView
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId

LIST_VIEWS = """
    SELECT name, query
      FROM saved_views
     WHERE event_id = %(event_id)s AND user_id = %(user_id)s
     ORDER BY name
     LIMIT 20
"""


async def list_views(tx: Tx, event_id: EventId, user_id: UserId) -> list[SavedView]:
    """A person's views of an event's queue, by name."""
    return await tx.all(SavedView, LIST_VIEWS, event_id=event_id, user_id=user_id)


PUT = """
    INSERT INTO saved_views (event_id, user_id, name, query, created_at)
    VALUES (%(event_id)s, %(user_id)s, %(name)s, %(query)s, %(now)s)
        ON CONFLICT (event_id, user_id, name) DO UPDATE SET query = excluded.query
"""


async def put(tx: Tx, event_id: EventId, user_id: UserId, *, name: str, query: str, now: datetime) -> None:
    """Keeps a view; one of the same name gives way."""
    await tx.run(PUT, event_id=event_id, user_id=user_id, name=name, query=query, now=now)


DROP = "DELETE FROM saved_views WHERE event_id = %(event_id)s AND user_id = %(user_id)s AND name = %(name)s"


async def drop(tx: Tx, event_id: EventId, user_id: UserId, name: str) -> int:
    """Forgets a view."""
    return await tx.run(DROP, event_id=event_id, user_id=user_id, name=name)
