"""SQL of imports: the event as its sources know it."""

from datetime import datetime

from revento.events.importing.models import KnownActivity, KnownPlace, KnownThread
from revento.kernel.db import Tx
from revento.kernel.ids import EventId

# What people made by hand has no source, so no import ever touches it.
LIST_SOURCED = """
    SELECT a.id, a.title, a.description, a.status, a.is_published, a.starts_at, a.ends_at, a.thread_id, a.location_id,
           a.min_age, a.language, a.capacity, a.signups_open, a.signup_count,
           ARRAY(SELECT h.display_name FROM activity_hosts h
                  WHERE h.event_id = a.event_id AND h.activity_id = a.id ORDER BY h.position) AS hosts,
           a.tags, a.source_key, a.source_names, a.source_slot AS source_room
      FROM activities a
     WHERE a.event_id = %(event_id)s AND a.source_dialect IS NOT NULL
     ORDER BY a.starts_at, a.id
"""


async def list_sourced(tx: Tx, event_id: EventId) -> list[KnownActivity]:
    """The activities that imports made."""
    return await tx.all(KnownActivity, LIST_SOURCED, event_id=event_id)


PATIENCE = "SET LOCAL statement_timeout = '300s'"
PATIENCE_BETWEEN = "SET LOCAL idle_in_transaction_session_timeout = '300s'"


async def be_patient(tx: Tx) -> None:
    """Five minutes for this transaction: a large file takes longer than a click may."""
    await tx.run(PATIENCE)
    await tx.run(PATIENCE_BETWEEN)


# NO KEY: what is added to the event meanwhile refers to it and need not wait.
LOCK_EVENT = "SELECT id FROM events WHERE id = %(event_id)s FOR NO KEY UPDATE"


async def lock_event(tx: Tx, event_id: EventId) -> None:
    """Lets the next import of the event wait for this one."""
    await tx.run(LOCK_EVENT, event_id=event_id)


LOCK_SOURCED = """
    SELECT id FROM activities WHERE event_id = %(event_id)s AND source_dialect IS NOT NULL ORDER BY id FOR UPDATE
"""


async def lock_sourced(tx: Tx, event_id: EventId) -> None:
    """Lets edits of imported activities wait."""
    await tx.run(LOCK_SOURCED, event_id=event_id)


LIST_PLACES = """
    SELECT id, parent_id, kind, name, source_key FROM locations WHERE event_id = %(event_id)s ORDER BY level, id
"""


async def list_places(tx: Tx, event_id: EventId) -> list[KnownPlace]:
    """The event's locations with the source's names for them."""
    return await tx.all(KnownPlace, LIST_PLACES, event_id=event_id)


LIST_THREADS = "SELECT id, title, source_key FROM threads WHERE event_id = %(event_id)s ORDER BY position, id"


async def list_threads(tx: Tx, event_id: EventId) -> list[KnownThread]:
    """The event's threads with the source's names for them."""
    return await tx.all(KnownThread, LIST_THREADS, event_id=event_id)


NAME_PLACES = """
    UPDATE locations SET source_key = %(source_key)s WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def name_places(tx: Tx, event_id: EventId, names: dict[str, str]) -> None:
    """Keeps what the source calls locations, by their ids."""
    rows: list[dict[str, object]] = [{"event_id": event_id, "id": id, "source_key": key} for id, key in names.items()]
    await tx.run_many(NAME_PLACES, rows)


NAME_THREADS = """
    UPDATE threads SET source_key = %(source_key)s WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def name_threads(tx: Tx, event_id: EventId, names: dict[str, str]) -> None:
    """Keeps what the source calls threads, by their ids."""
    rows: list[dict[str, object]] = [{"event_id": event_id, "id": id, "source_key": key} for id, key in names.items()]
    await tx.run_many(NAME_THREADS, rows)


SET_SOURCE = """
    UPDATE events SET source_dialect = %(dialect)s, source_key = %(key)s, updated_at = %(now)s WHERE id = %(event_id)s
"""


async def set_source(tx: Tx, event_id: EventId, *, dialect: str, key: str | None, now: datetime) -> None:
    """Keeps where the event's program came from last."""
    await tx.run(SET_SOURCE, event_id=event_id, dialect=dialect, key=key, now=now)
