"""Cause 4 of contract §2.5: an integration leaves the catalogue for good."""

from datetime import datetime

from revento.contract.errors import Refused
from revento.endings import connection
from revento.identity.audit import actions as audit
from revento.integrations.catalogue import queries, rules
from revento.integrations.installations import letters
from revento.integrations.installations import queries as installations
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId
from revento.kernel.language import Say

REASON = "integration_unpublished"


async def unpublish(tx: Tx, actor: str, id: IntegrationId, *, note: str, now: datetime) -> int:
    """Takes an integration out of the catalogue and ends all its connections; how many there were.

    `actor`: the operator, or the integration's owner who gives it up. Raises `WRONG_STATE`.
    """
    integration = await queries.lock(tx, id)
    if reason := rules.why_not_unpublish(integration):
        raise Refused(reason)
    active = await installations.lock_active_by_integration(tx, id)
    for each in active:
        await connection.end(tx, each, REASON, actor=actor, why=note, now=now)
    await queries.set_state(tx, id, "unpublished", now=now)
    await audit.note(
        tx,
        actor,
        "integration.unpublished",
        id,
        now=now,
        integration_id=id,
        organization_id=integration.organization_id,
        note=note,
        connections=len(active),
    )
    known, why = {"name": integration.name}, letters.quoted(note, operator=True)
    subject = Say("%(name)s has left the catalogue", **known)
    gone = Say(
        "%(name)s has left the catalogue for good: nobody can connect it, and its connections have ended.", **known
    )
    say = Say(
        "%(name)s has left the catalogue: its access has ended, and it has 30 days to erase what it holds.", **known
    )
    hidden = Say("These pages of your events show nothing any more:")
    await letters.tell_developers(tx, id, subject, gone, why, now=now)
    await letters.tell_organizers(tx, active, subject, say, why, pages=hidden, now=now)
    return len(active)
