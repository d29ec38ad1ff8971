"""Those who wait: who has a place now, and that they are told. Called by everything that frees or adds places."""

from datetime import datetime
from typing import Final

from revento.events.signups import queries
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId
from revento.kernel.jobs import queue

TELL_MOVED_UP: Final = "signups.tell_moved_up"


async def move_up(tx: Tx, event_id: EventId, activity_id: ActivityId, *, turns: int, now: datetime) -> int:
    """Gives that many places to those who have waited longest and queues a letter to each; how many moved.

    The caller holds the lock on the activity.
    """
    if turns <= 0:
        return 0
    moved = await queries.move_up(tx, event_id, activity_id, turns=turns, now=now)
    for each in moved:
        await queue.defer(
            tx, TELL_MOVED_UP, event_id=event_id, activity_id=activity_id, participant_id=each.participant_id
        )
    return len(moved)
