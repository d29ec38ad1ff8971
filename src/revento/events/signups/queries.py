"""SQL of sign-ups and favourites.

Whoever changes a sign-up holds the lock on its activity's row, so that counts and rows never disagree.
"""

from datetime import datetime

from revento.events.signups.models import Door, Moved, Seat, State
from revento.kernel.db import Tx
from revento.kernel.ids import ActivityId, EventId, ParticipantId, UserId

# Before the activity's lock, as whoever ends a participation takes them: no sign-up slips in between.
HOLD_APPLICATION = """
    SELECT q.status
      FROM applications q
     WHERE q.event_id = %(event_id)s AND q.user_id = %(user_id)s
       FOR SHARE
"""


async def hold_application(tx: Tx, event_id: EventId, user_id: UserId) -> str | None:
    """How the person's application stands; nobody changes that until the transaction ends."""
    return await tx.maybe(str, HOLD_APPLICATION, event_id=event_id, user_id=user_id)


# The locked row's own columns are the newest once the lock is held; nothing else here changes in a rush.
LOCK_DOOR = """
    SELECT a.id, a.event_id, e.organization_id, e.time_zone, e.archived_at, a.is_published, a.status, a.starts_at,
           a.min_age, a.capacity, a.signups_open, a.signup_count, a.waitlist_count, p.id AS participant_id,
           q.status AS application_status, u.birth_date
      FROM activities a
      JOIN events e ON e.id = a.event_id
      LEFT JOIN users u ON u.id = %(user_id)s
      LEFT JOIN participants p ON p.event_id = a.event_id AND p.user_id = u.id
      LEFT JOIN applications q ON q.event_id = p.event_id AND q.id = p.application_id
     WHERE a.event_id = %(event_id)s AND a.id = %(activity_id)s
       FOR UPDATE OF a
"""


async def lock_door(tx: Tx, event_id: EventId, activity_id: ActivityId, user_id: UserId) -> Door:
    """The activity, locked until the transaction ends, and who knocks. Raises `NoRow`."""
    return await tx.one(Door, LOCK_DOOR, event_id=event_id, activity_id=activity_id, user_id=user_id)


# `place` comes from a sequence under the lock: it grows in the order in which people got through the door.
TAKE = """
    WITH seat AS (
        INSERT INTO activity_signups (event_id, activity_id, participant_id, state, created_at)
        VALUES (%(event_id)s, %(activity_id)s, %(participant_id)s, %(state)s, %(now)s)
        ON CONFLICT DO NOTHING
        RETURNING state
    )
    UPDATE activities a
       SET signup_count = a.signup_count + (seat.state = 'going')::int,
           waitlist_count = a.waitlist_count + (seat.state = 'waiting')::int,
           updated_at = %(now)s
      FROM seat
     WHERE a.event_id = %(event_id)s AND a.id = %(activity_id)s
"""


async def take(
    tx: Tx, event_id: EventId, activity_id: ActivityId, participant_id: ParticipantId, state: State, *, now: datetime
) -> int:
    """Writes the sign-up and counts it; 0 when the person has one already."""
    return await tx.run(
        TAKE,
        event_id=event_id,
        activity_id=activity_id,
        participant_id=participant_id,
        state=state.value,
        now=now,
    )


DROP = """
    WITH seat AS (
        DELETE FROM activity_signups
         WHERE event_id = %(event_id)s AND activity_id = %(activity_id)s AND participant_id = %(participant_id)s
        RETURNING state
    )
    UPDATE activities a
       SET signup_count = a.signup_count - (seat.state = 'going')::int,
           waitlist_count = a.waitlist_count - (seat.state = 'waiting')::int,
           updated_at = %(now)s
      FROM seat
     WHERE a.event_id = %(event_id)s AND a.id = %(activity_id)s
    RETURNING seat.state
"""


async def drop(
    tx: Tx, event_id: EventId, activity_id: ActivityId, participant_id: ParticipantId, *, now: datetime
) -> str | None:
    """Takes a sign-up away; what it was, or `None` when there was none."""
    return await tx.maybe(str, DROP, event_id=event_id, activity_id=activity_id, participant_id=participant_id, now=now)


# Index activity_signups_waiting (event_id, activity_id, place) WHERE state = 'waiting'.
MOVE_UP = """
    WITH turn AS (
        UPDATE activity_signups s
           SET state = 'going', moved_up_at = %(now)s
          FROM (SELECT participant_id FROM activity_signups
                 WHERE event_id = %(event_id)s AND activity_id = %(activity_id)s AND state = 'waiting'
                 ORDER BY place LIMIT %(turns)s) first
         WHERE s.event_id = %(event_id)s AND s.activity_id = %(activity_id)s
           AND s.participant_id = first.participant_id
        RETURNING s.participant_id
    ), counted AS (
        UPDATE activities a
           SET signup_count = a.signup_count + (SELECT count(*) FROM turn),
               waitlist_count = a.waitlist_count - (SELECT count(*) FROM turn),
               updated_at = %(now)s
         WHERE a.event_id = %(event_id)s AND a.id = %(activity_id)s
    )
    SELECT p.id AS participant_id, p.user_id
      FROM turn JOIN participants p ON p.event_id = %(event_id)s AND p.id = turn.participant_id
"""


async def move_up(tx: Tx, event_id: EventId, activity_id: ActivityId, *, turns: int, now: datetime) -> list[Moved]:
    """Gives places to those who have waited longest."""
    return await tx.all(Moved, MOVE_UP, event_id=event_id, activity_id=activity_id, turns=turns, now=now)


LIST_OF_PARTICIPANT = """
    SELECT activity_id FROM activity_signups
     WHERE event_id = %(event_id)s AND participant_id = %(participant_id)s
     ORDER BY activity_id
"""


async def list_of_participant(tx: Tx, event_id: EventId, participant_id: ParticipantId) -> list[ActivityId]:
    """Where a person has signed up, in the order in which everybody locks."""
    return await tx.all(str, LIST_OF_PARTICIPANT, event_id=event_id, participant_id=participant_id)  # pyright: ignore[reportReturnType]


FIND_SEAT = """
    SELECT event_id, activity_id, state, created_at FROM activity_signups
     WHERE event_id = %(event_id)s AND activity_id = %(activity_id)s AND participant_id = %(participant_id)s
"""


async def find_seat(tx: Tx, event_id: EventId, activity_id: ActivityId, participant_id: ParticipantId) -> Seat | None:
    """A person's sign-up for one activity."""
    return await tx.maybe(Seat, FIND_SEAT, event_id=event_id, activity_id=activity_id, participant_id=participant_id)


PUT_FAVOURITE = """
    INSERT INTO favourites (event_id, activity_id, user_id, created_at)
    SELECT a.event_id, a.id, %(user_id)s, %(now)s
      FROM activities a WHERE a.event_id = %(event_id)s AND a.id = %(activity_id)s AND a.is_published
    ON CONFLICT DO NOTHING
"""


async def put_favourite(tx: Tx, event_id: EventId, activity_id: ActivityId, user_id: UserId, *, now: datetime) -> int:
    """Remembers an activity; 0 when it was remembered already or is not published."""
    return await tx.run(PUT_FAVOURITE, event_id=event_id, activity_id=activity_id, user_id=user_id, now=now)


DROP_FAVOURITE = """
    DELETE FROM favourites
     WHERE event_id = %(event_id)s AND user_id = %(user_id)s AND activity_id = %(activity_id)s
"""


async def drop_favourite(tx: Tx, event_id: EventId, activity_id: ActivityId, user_id: UserId) -> int:
    """Forgets an activity."""
    return await tx.run(DROP_FAVOURITE, event_id=event_id, activity_id=activity_id, user_id=user_id)
