"""SQL of many activities at once: the statements of one, pipelined."""

from datetime import datetime
from typing import Any, Final

from revento.events.program.models import Activity, ActivityFacts
from revento.events.program.queries import ACTIVITY, DROP_HOSTS, INSERT_HOST
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId
from revento.kernel.reader import join

INSERT = """
    INSERT INTO activities (event_id, id, thread_id, location_id, title, description, status, is_published, starts_at,
                            ends_at, min_age, language, capacity, signups_open, tags, source_dialect, source_key,
                            source_names, source_slot, created_at, updated_at)
    VALUES (%(event_id)s, %(id)s, %(thread_id)s, %(location_id)s, %(title)s, %(description)s, %(status)s,
            %(is_published)s, %(starts_at)s, %(ends_at)s, %(min_age)s, %(language)s, %(capacity)s, %(signups_open)s,
            %(tags)s, %(source_dialect)s, %(source_key)s, %(source_names)s, %(source_slot)s, %(now)s, %(now)s)
"""


async def insert(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Adds activities, without their hosts."""
    await tx.run_many(INSERT, rows)


UPDATE = """
    UPDATE activities
       SET thread_id = %(thread_id)s, location_id = %(location_id)s, title = %(title)s,
           description = %(description)s, status = %(status)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s,
           min_age = %(min_age)s, language = %(language)s, capacity = %(capacity)s,
           signups_open = %(signups_open)s, tags = %(tags)s, source_dialect = %(source_dialect)s,
           source_key = %(source_key)s, source_names = %(source_names)s,
           source_slot = %(source_slot)s, version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND id = %(id)s
"""


async def update(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Changes activities, without their hosts."""
    await tx.run_many(UPDATE, rows)


PUBLISH_DRAFTS = """
    UPDATE activities SET is_published = true, version = version + 1, updated_at = %(now)s
     WHERE event_id = %(event_id)s AND NOT is_published
    RETURNING id
"""


async def publish_drafts(tx: Tx, event_id: EventId, *, now: datetime) -> list[ActivityId]:
    """Shows every draft of the event; which ones there were."""
    return [ActivityId(id) for id in await tx.all(str, PUBLISH_DRAFTS, event_id=event_id, now=now)]


DROP = "DELETE FROM activities WHERE event_id = %(event_id)s AND id = ANY (%(ids)s)"


async def drop(tx: Tx, event_id: EventId, ids: list[ActivityId]) -> int:
    """Takes activities away, with their hosts and sign-ups."""
    return await tx.run(DROP, event_id=event_id, ids=ids)


async def put_hosts(tx: Tx, event_id: EventId, facts: list[tuple[ActivityId, ActivityFacts]], *, replace: bool) -> None:
    """Writes the hosts of many activities; `replace` those that they had."""
    if replace:
        await tx.run_many(DROP_HOSTS, [{"event_id": event_id, "activity_id": id} for id, _ in facts])
    rows: list[dict[str, Any]] = [
        {
            "event_id": event_id,
            "activity_id": id,
            "position": position,
            "participant_id": host.participant_id,
            "display_name": host.display_name,
        }
        for id, each in facts
        for position, host in enumerate(each.hosts)
    ]
    await tx.run_many(INSERT_HOST, rows)


LIST: Final = join(
    ACTIVITY,
    """
     WHERE a.event_id = %(event_id)s AND a.id = ANY (%(ids)s)
     ORDER BY a.id
""",
)


async def list_by_ids(tx: Tx, event_id: EventId, ids: list[ActivityId]) -> list[Activity]:
    """These activities of the event, whichever of them there are."""
    return await tx.all(Activity, LIST, event_id=event_id, ids=ids)
