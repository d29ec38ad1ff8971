"""What every end of a connection does, in one transaction: tokens, consents, deliveries, a deletion duty, letters."""

from datetime import datetime
from typing import Final

from revento.events.events import queries as events
from revento.events.events.models import Event
from revento.identity.audit import actions as audit
from revento.integrations.catalogue import queries as integrations
from revento.integrations.deletions import actions as deletions
from revento.integrations.deletions.models import Deletion
from revento.integrations.grants import queries as grants
from revento.integrations.installations import letters
from revento.integrations.installations import queries as installations
from revento.integrations.installations.models import Installation
from revento.kernel.db import Tx
from revento.kernel.language import Day, Say
from revento.oauth.families import actions as families
from revento.webhooks.endpoints import actions as endpoints

_REASONS: Final = {
    "organizer_disconnected": Say("the organizers disconnected it"),
    "event_archived": Say("the event was archived"),
    "organization_status_lost": Say("the organization lost its status"),
    "integration_unpublished": Say("the integration was unpublished"),
    "installation_expired": Say("the connection came to its end"),
}

# Organizers of an archived event know that it is over; an unpublished integration has a letter of its own.
_LEAVE_PAGES: Final = {"organizer_disconnected", "organization_status_lost", "installation_expired"}


async def end(tx: Tx, connection: Installation, reason: str, *, actor: str, why: str = "", now: datetime) -> Deletion:
    """Ends a connection that the caller has locked, for good.

    Its tokens and those of its participants die at once, their consents end, an organizer's pause is lifted so that the
    notice of the deletion duty goes out, the duty is opened, a letter goes to the developers, and to organizers whose
    pages show nothing any more. `why` are the organizer's or the operator's own words, passed on to the developers.
    `reason` is what the API tells (contract §2.5).
    """
    await installations.set_ended(tx, connection.id, reason, now=now)
    await families.revoke_by_installation(tx, connection.id, reason, actor=actor, now=now)
    people = await grants.set_ended_by_installation(tx, connection.id, reason, now=now)
    duty = await deletions.open_for_installation(tx, connection, reason=reason, now=now)
    if connection.paused_at is not None:
        await endpoints.recheck_withheld(tx)
    await audit.note(
        tx,
        actor,
        "integration.ended",
        connection.id,
        now=now,
        organization_id=connection.organization_id,
        event_id=connection.event_id,
        integration_id=connection.integration_id,
        reason=reason,
        why=why,
        consents=people,
        deletion_id=duty.id,
    )
    await _tell(tx, connection, await events.get(tx, connection.event_id), duty, why, now=now)
    return duty


async def _tell(tx: Tx, connection: Installation, event: Event, duty: Deletion, why: str, *, now: datetime) -> None:
    integration = await integrations.get(tx, connection.integration_id)
    known = {"name": integration.name, "event": event.title}
    reason = _REASONS.get(duty.reason, duty.reason)
    ended = Say(
        "%(name)s is no longer connected to %(event)s (%(organization)s): %(reason)s.",
        organization=event.organization_name,
        reason=reason,
        **known,
    )
    erase = Say(
        "Its tokens have ended. Erase what you hold of this event until %(day)s, then confirm %(id)s in the console or "
        "by API.",
        day=Day(duty.deadline_at),
        id=duty.id,
    )
    words = letters.quoted(why, operator=duty.reason == "integration_unpublished")
    subject = Say("%(name)s was disconnected from %(event)s", **known)
    await letters.tell_developers(tx, integration.id, subject, ended, words, erase, now=now)
    if duty.reason in _LEAVE_PAGES:
        title = Say("%(event)s: pages of %(name)s show nothing any more", **known)
        hidden = Say("Visitors of these pages read that they cannot be shown:")
        await letters.tell_organizers(tx, [connection], title, ended, pages=hidden, only_of_pages=True, now=now)
