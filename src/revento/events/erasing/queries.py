"""SQL of erasing a person from her events."""

from datetime import datetime

from revento.events.erasing.models import Trace
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, UserId

LIST_TRACES = """
    SELECT event_id, id AS participant_id, application_id, display_name
      FROM participants WHERE user_id = %(user_id)s ORDER BY event_id
"""


async def list_traces(tx: Tx, user_id: UserId) -> list[Trace]:
    """The events that know the person; index participants_by_user."""
    return await tx.all(Trace, LIST_TRACES, user_id=user_id)


PSEUDONYMISE = """
    WITH own AS (
        UPDATE participants SET display_name = %(pseudonym)s, updated_at = %(now)s
         WHERE user_id = %(user_id)s
        RETURNING event_id, id, application_id
    ), hosted AS (
        UPDATE activity_hosts h SET display_name = %(pseudonym)s
          FROM own WHERE h.event_id = own.event_id AND h.participant_id = own.id
        RETURNING h.event_id, h.activity_id
    ), touched AS (
        UPDATE activities a SET updated_at = %(now)s
         WHERE (a.event_id, a.id) IN (SELECT event_id, activity_id FROM hosted)
    ), silenced AS (
        UPDATE application_reviews r SET note = ''
          FROM own WHERE r.event_id = own.event_id AND r.application_id = own.application_id
    )
    UPDATE applications a
       SET answers = '{}', status = 'withdrawn', withdrawn_at = coalesce(a.withdrawn_at, %(now)s),
           version = a.version + 1, updated_at = %(now)s
      FROM own
     WHERE a.event_id = own.event_id AND a.id = own.application_id
"""


async def pseudonymise(tx: Tx, user_id: UserId, *, pseudonym: str, now: datetime) -> None:
    """Empties her applications, and leaves a pseudonym where her name stood."""
    await tx.run(PSEUDONYMISE, user_id=user_id, pseudonym=pseudonym, now=now)


# A host who was entered by name alone, in an event that she takes part in.
PSEUDONYMISE_HOSTS = """
    UPDATE activity_hosts SET display_name = %(pseudonym)s
     WHERE event_id = ANY (%(event_ids)s) AND participant_id IS NULL AND display_name = ANY (%(names)s)
"""


async def pseudonymise_hosts(tx: Tx, event_ids: list[EventId], names: list[str], *, pseudonym: str) -> None:
    """Takes her name off activities whose host was entered by name."""
    await tx.run(PSEUDONYMISE_HOSTS, event_ids=event_ids, names=names, pseudonym=pseudonym)


DROP_NOTES = """
    DELETE FROM application_notes n USING applications a
     WHERE a.user_id = %(user_id)s AND n.event_id = a.event_id AND n.application_id = a.id
"""
DROP_DRAFTS = "DELETE FROM application_drafts WHERE user_id = %(user_id)s"
DROP_FAVOURITES = "DELETE FROM favourites WHERE user_id = %(user_id)s"
DROP_VIEWS = "DELETE FROM saved_views WHERE user_id = %(user_id)s"
DROP_UPLOADS = "DELETE FROM uploads WHERE user_id = %(user_id)s"
UNASSIGN = "UPDATE applications SET assigned_to = NULL WHERE assigned_to = %(user_id)s"


async def drop_personal(tx: Tx, user_id: UserId) -> None:
    """What only she or only reviewers saw of her: drafts, favourites, saved views, files, remarks about her."""
    await tx.run(DROP_NOTES, user_id=user_id)
    await tx.run(DROP_DRAFTS, user_id=user_id)
    await tx.run(DROP_FAVOURITES, user_id=user_id)
    await tx.run(DROP_VIEWS, user_id=user_id)
    await tx.run(DROP_UPLOADS, user_id=user_id)
    await tx.run(UNASSIGN, user_id=user_id)
