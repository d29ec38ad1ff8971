"""SQL that empties an event: everything in it, in the order that references allow."""

from revento.kernel.db import Tx
from revento.kernel.ids import EventId

# Hosts, sign-ups and favourites go with their activities, participants, reviews and notes with their applications.
DROP_ACTIVITIES = "DELETE FROM activities WHERE event_id = %(event_id)s"
DROP_THREADS = "DELETE FROM threads WHERE event_id = %(event_id)s"
DROP_LOCATIONS = "DELETE FROM locations WHERE event_id = %(event_id)s"
DROP_APPLICATIONS = "DELETE FROM applications WHERE event_id = %(event_id)s"
DROP_DRAFTS = "DELETE FROM application_drafts WHERE event_id = %(event_id)s"
DROP_WAVES = "DELETE FROM registration_waves WHERE event_id = %(event_id)s"
DROP_FIELDS = "DELETE FROM form_fields WHERE event_id = %(event_id)s"


async def drop_contents(tx: Tx, event_id: EventId) -> None:
    """Removes program, applications with their participants, waves and form. The event and its connections stay."""
    await tx.run(DROP_ACTIVITIES, event_id=event_id)
    await tx.run(DROP_THREADS, event_id=event_id)
    await tx.run(DROP_LOCATIONS, event_id=event_id)
    await tx.run(DROP_APPLICATIONS, event_id=event_id)
    await tx.run(DROP_DRAFTS, event_id=event_id)
    await tx.run(DROP_WAVES, event_id=event_id)
    await tx.run(DROP_FIELDS, event_id=event_id)


REVIVE = """
    UPDATE events SET publish_status = 'draft', archived_at = NULL, updated_at = updated_at WHERE id = %(event_id)s
"""


async def revive(tx: Tx, event_id: EventId) -> None:
    """Makes an archived event a draft again."""
    await tx.run(REVIVE, event_id=event_id)
