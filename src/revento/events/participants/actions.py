"""The doors through which participants change."""

from datetime import datetime

from revento.contract import errors, topics
from revento.contract.errors import Refused
from revento.events.events import queries as events
from revento.events.participants import queries, shapes
from revento.events.participants.models import Participant
from revento.events.program import actions as program
from revento.identity.audit import actions as audit
from revento.identity.proofs import Organizer
from revento.kernel.db import Tx
from revento.kernel.ids import EventId, ParticipantId, UserId
from revento.webhooks.outbox import actions as outbox


async def rename(
    tx: Tx, user_id: UserId, event_id: EventId, id: ParticipantId, display_name: str, *, now: datetime
) -> Participant:
    """A person changes her own name in the event. Raises `NOT_FOUND`, `EVENT_ARCHIVED`, `INVALID_INPUT`."""
    participant = await queries.get(tx, event_id, id)
    if participant.user_id != user_id:
        raise Refused(errors.NOT_FOUND)
    if not display_name.strip():
        raise Refused(errors.INVALID_INPUT, "A name cannot be empty.", field="display_name")
    await _refuse_archived(tx, event_id)
    if display_name == participant.display_name:
        return participant
    await queries.set_display_name(tx, event_id, id, display_name.strip(), now=now)
    await audit.note(tx, user_id, "participant.renamed", id, event_id=event_id, now=now)
    return await tell_updated(tx, event_id, id, ["display_name"], now=now)


async def change_role(tx: Tx, organizer: Organizer, id: ParticipantId, role: str, *, now: datetime) -> Participant:
    """An organizer gives a participant another role. Raises `NoRow`, `EVENT_ARCHIVED`."""
    participant = await queries.get(tx, organizer.event_id, id)
    await _refuse_archived(tx, organizer.event_id)
    if participant.role == role:
        return participant
    await queries.set_role(tx, organizer.event_id, id, role, now=now)
    await audit.note(
        tx,
        organizer.user_id,
        "participant.role_changed",
        id,
        event_id=organizer.event_id,
        organization_id=organizer.organization_id,
        now=now,
        role=role,
    )
    return await tell_updated(tx, organizer.event_id, id, ["role"], now=now)


async def tell_registered(tx: Tx, event_id: EventId, ids: list[ParticipantId], *, now: datetime) -> None:
    """Tells integrations that these places are confirmed."""
    event = await events.get(tx, event_id)
    await outbox.put_many(
        tx,
        topics.PARTICIPANT_REGISTERED,
        event_id=event_id,
        organization_id=event.organization_id,
        happenings=[shapes.participant(each) for each in await queries.list_by_id(tx, event_id, ids)],
        now=now,
    )


async def tell_updated(
    tx: Tx, event_id: EventId, id: ParticipantId, changed: list[str], *, now: datetime
) -> Participant:
    """Tells integrations which of name, role and shared answers changed; the participant as it is now.

    A host's new name reaches her activities here, whichever door it came through.
    """
    event = await events.get(tx, event_id)
    participant = await queries.get(tx, event_id, id)
    if "display_name" in changed:
        await program.rename_host(tx, event_id, event.organization_id, id, participant.display_name, now=now)
    await outbox.put(
        tx,
        topics.PARTICIPANT_PROFILE_UPDATED,
        event_id=event_id,
        organization_id=event.organization_id,
        data=shapes.profile_updated(participant, changed),
        now=now,
    )
    return participant


async def _refuse_archived(tx: Tx, event_id: EventId) -> None:
    if (await events.get(tx, event_id)).archived_at is not None:
        raise Refused(errors.EVENT_ARCHIVED)
