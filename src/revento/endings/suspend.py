"""Cause 5 of contract §2.5: the operator suspends an integration. A lifted suspension asks for no new consent."""

from datetime import datetime

from revento.contract import topics
from revento.contract.errors import Refused
from revento.contract.v1.notices import IntegrationResumed, IntegrationSuspended
from revento.contract.v1.wire import stamp
from revento.identity.audit import actions as audit
from revento.integrations.catalogue import queries, rules
from revento.integrations.catalogue.models import Integration
from revento.integrations.installations import letters
from revento.integrations.installations import queries as installations
from revento.kernel.db import Tx
from revento.kernel.ids import IntegrationId
from revento.kernel.language import Say
from revento.oauth.families import actions as families
from revento.webhooks.endpoints import actions as endpoints
from revento.webhooks.outbox import actions as outbox


async def suspend(tx: Tx, actor: str, id: IntegrationId, *, reason: str, now: datetime) -> int:
    """Stops an integration at once: tokens die, deliveries are held, developers and organizers are told.

    Connections and consents stay, and count again when resumed. Returns how many connections are hit. Raises
    `WRONG_STATE`.
    """
    integration = await queries.lock(tx, id)
    if refusal := rules.why_not_suspend(integration):
        raise Refused(refusal)
    await queries.set_suspended(tx, id, reason=reason, now=now)
    await families.suspend_by_integration(tx, id, actor=actor, now=now)
    data = IntegrationSuspended(integration_id=id, reason=reason, suspended_at=stamp(now))
    await outbox.put(
        tx, topics.INTEGRATION_SUSPENDED, event_id=None, organization_id=None, integration_id=id, data=data, now=now
    )
    touched = await installations.lock_active_by_integration(tx, id)
    await _note(tx, actor, "integration.suspended", integration, now=now, reason=reason, connections=len(touched))
    known = {"name": integration.name}
    subject = Say("%(name)s is suspended", **known)
    say = Say("The operator has suspended %(name)s: it reads nothing and gets nothing until this is lifted.", **known)
    why, hidden = letters.quoted(reason, operator=True), Say("These pages of your events show nothing until then:")
    await letters.tell_developers(tx, id, subject, say, why, now=now)
    await letters.tell_organizers(tx, touched, subject, say, why, pages=hidden, now=now)
    return len(touched)


async def resume(tx: Tx, actor: str, id: IntegrationId, *, now: datetime) -> int:
    """Lifts a suspension: refresh tokens count again, held deliveries go out. Access tokens stay dead.

    Returns how many connections come back. Raises `WRONG_STATE`.
    """
    integration = await queries.lock(tx, id)
    if refusal := rules.why_not_resume(integration):
        raise Refused(refusal)
    await queries.set_state(tx, id, integration.state_before_suspension or "draft", now=now)
    await families.resume_by_integration(tx, id, actor=actor, now=now)
    data = IntegrationResumed(
        integration_id=id,
        reason=integration.suspension_reason or "",
        suspended_at=stamp(integration.suspended_at or now),
        resumed_at=stamp(now),
    )
    await outbox.put(
        tx, topics.INTEGRATION_RESUMED, event_id=None, organization_id=None, integration_id=id, data=data, now=now
    )
    await endpoints.recheck_withheld(tx)
    touched = await installations.lock_active_by_integration(tx, id)
    await _note(tx, actor, "integration.resumed", integration, now=now, connections=len(touched))
    known = {"name": integration.name}
    subject = Say("%(name)s works again", **known)
    say = Say("The suspension of %(name)s is lifted: it works again, without a new consent.", **known)
    shown = Say("These pages of your events are shown again:")
    await letters.tell_developers(tx, id, subject, say, now=now)
    await letters.tell_organizers(tx, touched, subject, say, pages=shown, now=now)
    return len(touched)


async def _note(
    tx: Tx, actor: str, action: str, integration: Integration, *, now: datetime, connections: int, reason: str = ""
) -> None:
    await audit.note(
        tx,
        actor,
        action,
        integration.id,
        now=now,
        integration_id=integration.id,
        organization_id=integration.organization_id,
        reason=reason,
        connections=connections,
    )
