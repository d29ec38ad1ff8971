"""The door through which an event of the sandbox is emptied."""

from datetime import datetime

from revento.contract import errors
from revento.contract.errors import Refused
from revento.events.clearing import queries
from revento.events.events import queries as events
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer
from revento.kernel.db import Tx


async def empty(tx: Tx, organizer: Organizer, *, now: datetime) -> None:
    """Removes everything in a sandbox event; the event itself, its pages and connections stay.

    An archived one becomes a draft again. Raises `WRONG_STATE` for an event of a real organization.
    """
    event = await events.lock(tx, organizer.event_id)
    if not event.is_sandbox:
        raise Refused(errors.WRONG_STATE, "Only events of the sandbox can be emptied.")
    await queries.drop_contents(tx, organizer.event_id)
    if event.archived_at is not None:
        await queries.revive(tx, organizer.event_id)
    await audit.note(
        tx,
        organizer.user_id,
        "event.emptied",
        organizer.event_id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
    )
