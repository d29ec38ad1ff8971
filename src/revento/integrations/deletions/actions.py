"""Opening deletion duties and taking receipts (contract §6.6)."""

from datetime import datetime

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.contract.v1.notices import DeletionRequired
from revento.contract.v1.wire import stamp
from revento.identity.audit import actions as audit
from revento.integrations.deletions import queries, rules
from revento.integrations.deletions.models import Deletion, Subject
from revento.integrations.installations.models import Installation
from revento.kernel import ids
from revento.kernel.db import Tx
from revento.kernel.ids import DeletionId, IntegrationId, ParticipantId, UserId
from revento.webhooks.outbox import actions as outbox


async def open_for_installation(tx: Tx, installation: Installation, *, reason: str, now: datetime) -> Deletion:
    """Everything of the event has to go within 30 days; told by webhook although the connection has ended."""
    return await _open(tx, installation, "event", None, None, reason=reason, now=now)


async def open_for_participant(
    tx: Tx,
    installation: Installation,
    *,
    user_id: UserId,
    participant_id: ParticipantId | None,
    reason: str,
    now: datetime,
) -> Deletion:
    """Everything about one person has to go within 30 days, at the integration of this connection."""
    return await _open(tx, installation, "participant", participant_id, user_id, reason=reason, now=now)


async def confirm(tx: Tx, integration_id: IntegrationId, id: DeletionId, *, by: str, now: datetime) -> Deletion:
    """Keeps the integration's word that it has erased. Confirming again gives the first receipt. Raises `NOT_FOUND`.

    `by` is the client (`cli_…`) or the developer (`usr_…`) who confirms.
    """
    duty = await queries.find(tx, integration_id, id)
    if duty is None:
        raise Refused(errors.NOT_FOUND)
    if await queries.set_confirmed(tx, integration_id, id, by=by, now=now):
        await audit.note(
            tx,
            by,
            "deletion.confirmed",
            id,
            now=now,
            organization_id=duty.organization_id,
            event_id=duty.event_id,
            integration_id=integration_id,
        )
    return await queries.find(tx, integration_id, id) or duty


async def _open(
    tx: Tx,
    installation: Installation,
    subject: Subject,
    participant_id: ParticipantId | None,
    user_id: UserId | None,
    *,
    reason: str,
    now: datetime,
) -> Deletion:
    duty = Deletion(
        id=DeletionId(ids.new("del")),
        event_id=installation.event_id,
        organization_id=installation.organization_id,
        integration_id=installation.integration_id,
        installation_id=installation.id,
        subject=subject,
        participant_id=participant_id,
        user_id=user_id,
        reason=reason,
        opened_at=now,
        deadline_at=now + rules.LIFE,
        confirmed_at=None,
        confirmed_by=None,
    )
    await queries.insert(tx, duty)
    await outbox.put(
        tx,
        topics.DELETION_REQUIRED,
        event_id=duty.event_id,
        organization_id=duty.organization_id,
        installation_id=duty.installation_id,
        data=DeletionRequired(
            deletion_id=duty.id,
            subject=subject,
            participant_id=participant_id,
            user_id=user_id,
            reason=reason,
            deadline_at=stamp(duty.deadline_at),
        ),
        now=now,
    )
    return duty
